/* The timeline's file: written beside its place, and put there only whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/timeline.h"

static int flush(struct buffer *buffer, void *arg)
{
    int fd = *(int *)arg;
    size_t written = 0;
    while (written < buffer->length) {
        ssize_t size = write(fd, buffer->data + written, buffer->length - written);
        if (size >= 0)
            written += (size_t)size;
        else if (errno != EINTR)
            return -errno;
    }
    buffer->length = 0;
    return 0;
}

static int write_all(const struct timeline *timeline, int fd)
{
    struct buffer buffer;
    buffer_init(&buffer, SIZE_MAX);
    int r = timeline->format == TIMELINE_PAGE ? timeline_write_page(timeline, &buffer, flush, &fd)
                                              : timeline_write_trace(timeline, &buffer, flush, &fd);
    buffer_free(&buffer);
    return r;
}

/* With the rights that a new file has. */
static int open_beside(char *path)
{
    int fd = mkostemp(path, O_CLOEXEC);
    mode_t mask = umask(0);
    umask(mask);
    if (fd < 0 || fchmod(fd, 0666 & ~mask) < 0)
        return -errno;
    return fd;
}

int timeline_save(const struct timeline *timeline)
{
    char *path;
    if (asprintf(&path, "%s.XXXXXX", timeline->path) < 0)
        return -ENOMEM;
    int fd = open_beside(path);
    int r = fd < 0 ? fd : write_all(timeline, fd);
    if (fd >= 0 && close(fd) < 0 && r >= 0)
        r = -errno;
    if (r >= 0 && rename(path, timeline->path) < 0)
        r = -errno;
    if (fd >= 0 && r < 0)
        unlink(path);
    free(path);
    return r;
}
