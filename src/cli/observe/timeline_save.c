/* Writes the file of the timeline. */
#include <errno.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "cli/observe/timeline.h"

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

int timeline_save(const struct timeline *timeline)
{
    struct atomic_file file;
    int r = atomic_file_open(&file, timeline->path);
    if (r < 0)
        return r;
    r = write_all(timeline, file.fd);
    if (close(file.fd) < 0 && r >= 0)
        r = -errno;
    if (r >= 0)
        r = atomic_file_commit(&file);
    atomic_file_close(&file);
    return r;
}
