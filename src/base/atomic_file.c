#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t choose_permissions(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return status.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int create_temporary(struct atomic_file *file)
{
    if (!file->path || asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0) {
        file->temporary = NULL;
        return -ENOMEM;
    }
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd < 0) {
        free(file->temporary);
        file->temporary = NULL;
        return -errno;
    }
    return fchmod(file->fd, choose_permissions(file->path)) < 0 ? -errno : 0;
}

int atomic_file_open(struct atomic_file *file, const char *path)
{
    *file = (struct atomic_file){.fd = -1, .path = realpath(path, NULL)};
    if (!file->path)
        file->path = strdup(path);
    int r = create_temporary(file);
    if (r < 0) {
        if (file->fd >= 0)
            close(file->fd);
        atomic_file_close(file);
    }
    return r;
}

int atomic_file_commit(struct atomic_file *file)
{
    if (rename(file->temporary, file->path) < 0)
        return -errno;
    free(file->temporary);
    file->temporary = NULL;
    return 0;
}

void atomic_file_close(struct atomic_file *file)
{
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    file->temporary = file->path = NULL;
}
