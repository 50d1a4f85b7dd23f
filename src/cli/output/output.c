#include "cli/output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/descriptor.h>

int output_lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK ? -errno : 0;
}

/* Fails as if locked if the file of this name is another one now: a run that had locked it may have
 * replaced it. */
static int lock_file(int fd, const char *path)
{
    struct stat opened, named;
    int r = output_lock(fd);
    bool same = fstat(fd, &opened) == 0 && stat(path, &named) == 0 &&
                opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
    return r < 0 || same ? r : -EWOULDBLOCK;
}

int output_open(struct output *output, const char *path, bool resumed)
{
    int fd = STDOUT_FILENO;
    if (path) {
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        int r = fd < 0 ? -errno : resumed ? lock_file(fd, path) : 0;
        if (r < 0) {
            if (fd >= 0)
                close(fd);
            return r;
        }
    }
    struct stat status;
    output->fd = fd;
    output->never_waits = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    output->is_file = path && output->never_waits;
    output->stale = output->is_file && !resumed;
    output->watched = false;
    output->name = path ? path : "stdout";
    buffer_init(&output->buffer, SIZE_MAX);
    return 0;
}

/* A pipe that polls as writable accepts PIPE_BUF bytes without blocking. It is left in blocking
 * mode, which it shares with other processes. */
static int wait_for_room(const struct output *output, size_t *size)
{
    if (output->never_waits)
        return 0;
    if (*size > PIPE_BUF)
        *size = PIPE_BUF;
    struct pollfd ready = {.fd = output->fd, .events = POLLOUT};
    return poll(&ready, 1, 0) == 0 ? af_wait_writable(output->fd) : 0;
}

/* Removes the old content of a file. */
static int drop_old_content(struct output *output)
{
    if (output->stale && ftruncate(output->fd, 0) < 0)
        return -errno;
    output->stale = false;
    return 0;
}

/* Removes the part of a record that was written before an error. */
static void truncate_back(const struct output *output, size_t written)
{
    off_t end = lseek(output->fd, 0, SEEK_CUR);
    if (end >= (off_t)written && ftruncate(output->fd, end - (off_t)written) == 0)
        lseek(output->fd, end - (off_t)written, SEEK_SET);
}

int output_flush(struct output *output)
{
    size_t written = 0;
    int r = output->buffer.length > 0 ? drop_old_content(output) : 0;
    while (r >= 0 && written < output->buffer.length) {
        size_t size = output->buffer.length - written;
        r = wait_for_room(output, &size);
        if (r < 0)
            break;
        ssize_t n = write(output->fd, output->buffer.data + written, size);
        if (n >= 0) {
            written += (size_t)n;
        } else if (errno != EINTR && errno != EAGAIN) {
            r = -errno;
            break;
        }
    }
    if (r < 0 && output->is_file)
        truncate_back(output, written);
    buffer_consume(&output->buffer, written);
    return r;
}

int output_finish(struct output *output)
{
    int r = drop_old_content(output);
    return r < 0 ? r : output_flush(output);
}

/* The write end of a pipe becomes readable only on an error. */
static int on_readable(void *arg)
{
    struct output *output = arg;
    struct pollfd end = {.fd = output->fd};
    output_unwatch(output);
    return poll(&end, 1, 0) > 0 && end.revents & POLLERR ? output->on_gone(output->on_gone_arg) : 0;
}

int output_watch(struct output *output, af_callback *on_gone, void *arg)
{
    struct stat status;
    if (fstat(output->fd, &status) < 0 || !S_ISFIFO(status.st_mode))
        return 0;
    output->on_gone = on_gone;
    output->on_gone_arg = arg;
    int r = af_loop_add_reader(af_running_loop(), output->fd, on_readable, output);
    output->watched = r >= 0;
    return r;
}

void output_unwatch(struct output *output)
{
    if (output->watched)
        af_loop_remove_reader(af_running_loop(), output->fd);
    output->watched = false;
}

int output_close(struct output *output)
{
    buffer_free(&output->buffer);
    return output->fd != STDOUT_FILENO && close(output->fd) < 0 ? -errno : 0;
}
