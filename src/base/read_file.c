#include "base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 };

static int read_blocks(int fd, struct buffer *content)
{
    for (;;) {
        int r = buffer_reserve(content, BLOCK);
        if (r < 0)
            return r;
        ssize_t size = read(fd, content->data + content->length, BLOCK);
        if (size == 0)
            return 0;
        if (size < 0 && errno != EINTR)
            return -errno;
        content->length += size > 0 ? (size_t)size : 0;
    }
}

int read_file(const char *name, struct buffer *content)
{
    bool standard = strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = read_blocks(fd, content);
    if (!standard)
        close(fd);
    return r;
}
