/* Opening a connection. */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <afetch/descriptor.h>

#include "async/address.h"
#include "async/stream.h"
#include "async/task.h"

static int connect_socket(int fd, const struct address *address)
{
    int on = 1;
    if (address->any.sa_family != AF_UNIX &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
        return error_raise_code(-errno);
    if (connect(fd, &address->any, address->length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return error_raise_code(-errno);
    int r = af_wait_writable(fd);
    if (r < 0)
        return r;
    int error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error}) < 0)
        return error_raise_code(-errno);
    return error == 0 ? 0 : error_raise_code(-error);
}

static int open_stream(const struct address *address, af_stream **ret_stream)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_raise_code(-errno);
    int r = connect_socket(fd, address);
    if (r >= 0)
        r = stream_new(task->loop, fd, ret_stream);
    if (r < 0)
        close(fd);
    return r;
}

int af_open_connection(const char *host, uint16_t port, af_stream **ret_stream)
{
    struct address address;
    int r = address_from_host(host, port, &address);
    return r < 0 ? r : open_stream(&address, ret_stream);
}

int af_open_unix_connection(const char *path, af_stream **ret_stream)
{
    struct address address;
    int r = address_from_path(path, &address);
    return r < 0 ? r : open_stream(&address, ret_stream);
}
