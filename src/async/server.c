/* Servers: a listening socket, and a task for each connection. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/address.h"
#include "async/stream.h"
#include "async/waiters.h"

/* Connections accepted before other callbacks run. */
static const int ACCEPTED_AT_ONCE = 128;

/* Seconds, as asyncio's ACCEPT_RETRY_DELAY. */
static const double ACCEPT_RETRY_DELAY = 1;

/* Kept until its owner has freed it and the last connection is closed. */
struct af_server {
    af_loop *loop;
    int fd;      /* -1 once closed */
    ino_t inode; /* inode of a Unix socket; 0: none */
    bool freed;
    size_t connections;
    struct watch acceptable;
    struct timer retry;
    struct waiters waiters; /* waiting until it is closed */
    af_client_connected *client_connected;
    void *arg;
};

struct connection {
    af_server *server;
    af_stream *stream;
};

static bool is_finished(const af_server *server)
{
    return server->fd < 0 && server->connections == 0;
}

/* While the loop is being closed, the waiting tasks are destroyed and must not be woken. */
static void wake_if_finished(af_server *server)
{
    if (is_finished(server) && !server->loop->closed)
        while (waiters_wake(&server->waiters))
            ;
}

static void free_if_finished(af_server *server)
{
    if (is_finished(server) && server->freed)
        free(server);
}

/* ------------------------------------------------------------- connections */

static void connection_free(void *arg)
{
    struct connection *connection = arg;
    af_server *server = connection->server;
    af_stream_free(connection->stream);
    free(connection);
    server->connections--;
    wake_if_finished(server);
    free_if_finished(server);
}

/* True if an error is reported. Lost connections and cancellations are normal. */
static bool is_reported(int code)
{
    return code < 0 && code != AF_CANCELLED && code != -ECONNRESET && code != -EPIPE &&
           code != -ECONNABORTED;
}

static int serve_connection(void *arg, void **ret_result)
{
    (void)ret_result;
    struct connection *connection = arg;
    af_server *server = connection->server;
    int r = server->client_connected(connection->stream, server->arg);
    if (is_reported(r))
        loop_report(server->loop, "unhandled exception in client_connected", af_raised(r),
                    af_current_task());
    if (r == AF_CANCELLED)
        return r;
    af_stream_close(connection->stream);
    r = af_stream_wait_closed(connection->stream);
    return r == AF_CANCELLED ? r : 0;
}

/* --------------------------------------------------------------- accepting */

/* Takes over the descriptor, also on error. */
static int start_connection(af_server *server, int fd)
{
    struct connection *connection = malloc(sizeof *connection);
    int r = connection ? stream_new(server->loop, fd, &connection->stream) : -ENOMEM;
    if (r < 0) {
        free(connection);
        close(fd);
        return r;
    }
    connection->server = server;
    server->connections++;
    r = af_loop_create_task(server->loop, serve_connection, connection, connection_free, NULL);
    if (r < 0)
        connection_free(connection);
    return r;
}

/* Stops watching the socket for a while, since it remains readable. */
static int pause_accepting(af_server *server, af_error error)
{
    double when = af_loop_time(server->loop) + ACCEPT_RETRY_DELAY;
    int r = timers_add(&server->loop->timers, &server->retry, when);
    if (r < 0)
        return r;
    watch_stop(&server->acceptable);
    return af_raise(error.code, "cannot accept connections, retrying in 1 s: %s",
                    af_error_text(error));
}

static int accept_failed(af_server *server, int error)
{
    switch (error) {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
        return 0;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return pause_accepting(server, (af_error){.code = -error});
    default:
        return error_raise_code(-error);
    }
}

static int run_acceptable(struct handle *handle)
{
    af_server *server = container_of(handle, af_server, acceptable.handle);
    int accepted = 0;
    do {
        int fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return accept_failed(server, errno);
        int r = start_connection(server, fd);
        if (r < 0)
            return pause_accepting(server, af_raised(r));
    } while (++accepted < ACCEPTED_AT_ONCE);
    return 0;
}

static int run_retry(struct handle *handle)
{
    return watch_start(&container_of(handle, af_server, retry.handle)->acceptable);
}

static const struct handle_type acceptable_type = {.run = run_acceptable};
static const struct handle_type retry_type = {.run = run_retry};

/* ------------------------------------------------------------------ servers */

static int listen_at(int fd, const struct address *address, int backlog)
{
    int on = 1;
    /* Accepted connections inherit it. */
    if (address->any.sa_family != AF_UNIX &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
        return address_raise(address, errno);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, &address->any, address->length) < 0 || listen(fd, backlog) < 0)
        return address_raise(address, errno);
    return 0;
}

static int open_listener(const struct address *address, int backlog)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return address_raise(address, errno);
    int r = listen_at(fd, address, backlog);
    if (r < 0) {
        close(fd);
        return r;
    }
    return fd;
}

static int server_new(const struct address *address, int backlog,
                      af_client_connected *client_connected, void *arg, af_server **ret_server)
{
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
    af_server *server = malloc(sizeof *server);
    if (!server)
        return -ENOMEM;
    int r = open_listener(address, backlog);
    if (r < 0) {
        free(server);
        return r;
    }
    *server = (af_server){
        .loop = loop,
        .fd = r,
        .client_connected = client_connected,
        .arg = arg,
    };
    waiters_init(&server->waiters);
    timer_init(&server->retry, &retry_type);
    watch_init(&server->acceptable, loop, server->fd, EV_READ, &acceptable_type);
    r = watch_start(&server->acceptable);
    if (r < 0) {
        af_server_free(server);
        return r;
    }
    *ret_server = server;
    return 0;
}

int af_start_server(const char *host, uint16_t port, int backlog,
                    af_client_connected *client_connected, void *arg, af_server **ret_server)
{
    struct address address;
    /* Names are not looked up, since that would suspend. Only "localhost" is known. */
    const char *number = strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    int r = address_from_host(number, port, &address);
    return r < 0 ? r : server_new(&address, backlog, client_connected, arg, ret_server);
}

int af_start_unix_server(const char *path, int backlog, af_client_connected *client_connected,
                         void *arg, af_server **ret_server)
{
    struct address address;
    int r = address_from_path(path, &address);
    if (r < 0)
        return r;
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode) && unlink(path) < 0)
        return address_raise(&address, errno);
    r = server_new(&address, backlog, client_connected, arg, ret_server);
    if (r >= 0 && stat(path, &status) == 0)
        (*ret_server)->inode = status.st_ino;
    return r;
}

/* Removes the socket, unless another server has replaced it. */
static void remove_path(const af_server *server)
{
    af_address address;
    struct stat status;
    if (server->inode != 0 && address_of_socket(server->fd, &address) >= 0 &&
        stat(address.host, &status) == 0 && status.st_ino == server->inode)
        unlink(address.host);
}

uint16_t af_server_port(const af_server *server)
{
    af_address address;
    return address_of_socket(server->fd, &address) < 0 ? 0 : address.port;
}

void af_server_close(af_server *server)
{
    if (server->fd < 0)
        return;
    watch_stop(&server->acceptable);
    timer_stop(server->loop, &server->retry);
    remove_path(server);
    close(server->fd);
    server->fd = -1;
    wake_if_finished(server);
}

int af_server_wait_closed(af_server *server)
{
    while (!is_finished(server)) {
        bool woken;
        int r = waiters_wait(&server->waiters, &woken);
        if (r < 0)
            return r;
    }
    return 0;
}

int af_server_serve_forever(af_server *server)
{
    int r = af_server_wait_closed(server);
    if (r == AF_CANCELLED && server->fd >= 0) {
        af_server_close(server);
        af_server_wait_closed(server); /* a second cancellation ends the wait; the result is the
                                        * same */
    }
    return r;
}

void af_server_free(af_server *server)
{
    if (!server)
        return;
    af_server_close(server);
    server->freed = true;
    free_if_finished(server);
}
