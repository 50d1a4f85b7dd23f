/* Opens connections. */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "async/address.h"
#include "async/lookup.h"
#include "async/stream.h"
#include "async/task.h"
#include "base/buffer.h"

/* A connection attempt, in the stack frame of the task that awaits it. */
struct attempt {
    af_future future;
    struct watch watch;
    int error;
};

/* Gets the result of the attempt at once, as asyncio does: the peer may reset the connection before
 * the next iteration. */
static int run_connected(struct handle *handle)
{
    struct attempt *attempt = container_of(handle, struct attempt, watch.handle);
    socklen_t size = sizeof attempt->error;
    if (getsockopt(attempt->watch.io.fd, SOL_SOCKET, SO_ERROR, &attempt->error, &size) < 0)
        attempt->error = errno;
    watch_stop(&attempt->watch);
    future_release(&attempt->future);
    return 0;
}

static const struct handle_type connected_type = {.run = run_connected};

/* Waits until connect() has succeeded or failed; *ret_error is its errno, or 0. */
static int await_connect(int fd, int *ret_error)
{
    struct attempt attempt = {0};
    af_task *task = task_running();
    future_init_local(&attempt.future, task->loop);
    watch_init(&attempt.watch, task->loop, fd, EV_WRITE, &connected_type);
    int r = watch_start(&attempt.watch);
    if (r >= 0)
        r = task_wait(&attempt.future);
    watch_stop(&attempt.watch);
    *ret_error = attempt.error;
    return r;
}

static int connect_socket(int fd, const struct address *address)
{
    int on = 1;
    if (address->any.sa_family != AF_UNIX &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
        return address_raise(address, errno);
    if (connect(fd, &address->any, address->length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return address_raise(address, errno);
    int error;
    int r = await_connect(fd, &error);
    if (r < 0)
        return r;
    return error == 0 ? 0 : address_raise(address, error);
}

static int open_stream(const struct address *address, af_stream **ret_stream)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return address_raise(address, errno);
    int r = connect_socket(fd, address);
    if (r >= 0)
        r = stream_new(task->loop, fd, ret_stream);
    if (r < 0)
        close(fd);
    return r;
}

/* ------------------------------------------------------- addresses of a name */

/* Errors of the addresses tried: the code of the first, which is preferred, and the texts of all.
 */
struct failures {
    int code;
    struct buffer text;
};

static int add_failure(struct failures *failures, af_error error)
{
    const char *text = af_error_text(error);
    if (failures->code == 0)
        failures->code = error.code;
    else if (strstr(failures->text.data, text))
        return 0;
    const char *separator = failures->text.length > 0 ? "; " : "";
    return buffer_append_format(&failures->text, "%s%s", separator, text);
}

static int open_any(const struct addrinfo *found, struct failures *failures, af_stream **ret_stream)
{
    for (const struct addrinfo *info = found; info; info = info->ai_next) {
        struct address address;
        address_from_info(info, &address);
        int r = open_stream(&address, ret_stream);
        if (r >= 0 || r == AF_CANCELLED)
            return r;
        r = add_failure(failures, af_raised(r));
        if (r < 0)
            return r;
    }
    return af_raise(failures->code, "%s", failures->text.data);
}

static int open_by_name(const char *host, uint16_t port, af_stream **ret_stream)
{
    if (!task_running())
        return AF_RUNTIME_ERROR;
    af_future *lookup;
    int r = lookup_host(host, port, &lookup);
    if (r < 0)
        return r;
    void *found;
    r = af_await(lookup, &found);
    if (r >= 0) {
        struct failures failures = {0};
        buffer_init(&failures.text, SIZE_MAX);
        r = open_any(found, &failures, ret_stream);
        buffer_free(&failures.text);
    }
    af_future_unref(lookup);
    return r;
}

int af_open_connection(const char *host, uint16_t port, af_stream **ret_stream)
{
    struct address address;
    int r = address_from_host(host, port, &address);
    if (r == AF_VALUE_ERROR)
        return open_by_name(host, port, ret_stream);
    return r < 0 ? r : open_stream(&address, ret_stream);
}

int af_open_unix_connection(const char *path, af_stream **ret_stream)
{
    struct address address;
    int r = address_from_path(path, &address);
    return r < 0 ? r : open_stream(&address, ret_stream);
}
