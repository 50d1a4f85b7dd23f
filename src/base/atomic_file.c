#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t choose_rights(const char *place)
{
    struct stat status;
    if (stat(place, &status) == 0)
        return status.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int open_beside(struct replacement *replacement)
{
    if (!replacement->place ||
        asprintf(&replacement->beside, "%s.XXXXXX", replacement->place) < 0) {
        replacement->beside = NULL;
        return -ENOMEM;
    }
    replacement->fd = mkostemp(replacement->beside, O_CLOEXEC);
    if (replacement->fd < 0) {
        free(replacement->beside);
        replacement->beside = NULL;
        return -errno;
    }
    return fchmod(replacement->fd, choose_rights(replacement->place)) < 0 ? -errno : 0;
}

int replacement_open(struct replacement *replacement, const char *path)
{
    *replacement = (struct replacement){.fd = -1, .place = realpath(path, NULL)};
    if (!replacement->place)
        replacement->place = strdup(path);
    int r = open_beside(replacement);
    if (r < 0) {
        if (replacement->fd >= 0)
            close(replacement->fd);
        replacement_free(replacement);
    }
    return r;
}

int replacement_put(struct replacement *replacement)
{
    if (rename(replacement->beside, replacement->place) < 0)
        return -errno;
    free(replacement->beside);
    replacement->beside = NULL;
    return 0;
}

void replacement_free(struct replacement *replacement)
{
    if (replacement->beside)
        unlink(replacement->beside);
    free(replacement->beside);
    free(replacement->place);
    replacement->beside = replacement->place = NULL;
}
