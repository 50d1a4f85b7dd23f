#include "connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream.h"

/* Bytes that are made at once, and sent before other connections have their turn. */
enum { PORTION = 64 * 1024, TURN = 1024 * 1024 };

static void free_connection(struct connection *connection)
{
    if (connection->aborted) {
        struct linger none = {.l_onoff = 1};
        setsockopt(connection->io.fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    }
    ev_io_stop(connection->server->loop, &connection->io);
    struct list *link;
    while ((link = list_pop(&connection->streams)))
        stream_free(container_of(link, struct stream, link));
    nghttp2_session_del(connection->session);
    SSL_free(connection->ssl);
    close(connection->io.fd);
    buffer_free(&connection->output);
    free(connection);
}

void connection_go_away(struct connection *connection, int32_t last, uint32_t error)
{
    connection->went_away = true;
    connection->last_stream = last;
    check_nghttp2(
        nghttp2_submit_goaway(connection->session, NGHTTP2_FLAG_NONE, last, error, NULL, 0));
}

void connection_end(struct connection *connection)
{
    if (connection->state < CONNECTION_ENDING)
        connection->state = CONNECTION_ENDING;
}

void connection_abort(struct connection *connection)
{
    connection->aborted = true;
}

/* --------------------------------------------------------------- receiving */

/* False at the end of the connection. */
static bool receive(struct connection *connection)
{
    static unsigned char block[PORTION];
    int size;
    while ((size = SSL_read(connection->ssl, block, sizeof block)) > 0) {
        if (connection->state != CONNECTION_OPEN)
            continue;
        if (nghttp2_session_mem_recv(connection->session, block, (size_t)size) < 0)
            return false;
        if (connection->aborted)
            return false;
    }
    return SSL_get_error(connection->ssl, size) == SSL_ERROR_WANT_READ;
}

/* ----------------------------------------------------------------- sending */

/* Takes the whole frames that nghttp2 has to send, then those of a flood. */
static void make_output(struct connection *connection)
{
    struct buffer *output = &connection->output;
    const uint8_t *data;
    ssize_t size = 0;
    while (output->length < PORTION && connection->state == CONNECTION_OPEN &&
           (size = nghttp2_session_mem_send(connection->session, &data)) > 0)
        append(output, data, (size_t)size);
    if (size < 0)
        connection_abort(connection);
    if (connection->flood && output->length < PORTION)
        flood_append(connection->flood, connection->flood_stream, PORTION, output);
}

/* False where the connection has broken. */
static bool send_some(struct connection *connection)
{
    struct buffer *output = &connection->output;
    size_t sent = 0;
    while (sent < TURN) {
        if (connection->state == CONNECTION_OPEN)
            make_output(connection);
        if (connection->aborted)
            return false;
        if (output->length == 0)
            return true;
        int size = SSL_write(connection->ssl, output->data, (int)output->length);
        if (size <= 0)
            return SSL_get_error(connection->ssl, size) == SSL_ERROR_WANT_WRITE;
        buffer_consume(output, (size_t)size);
        sent += (size_t)size;
    }
    return true;
}

/* ----------------------------------------------------------------- the end */

static void check_end(struct connection *connection)
{
    if (connection->state == CONNECTION_OPEN) {
        bool is_served =
            (connection->went_away && connection->active == 0) || connection->ends_after_output;
        bool is_over = !nghttp2_session_want_read(connection->session) &&
                       !nghttp2_session_want_write(connection->session);
        if (is_served || is_over)
            connection_end(connection);
    }
    if (connection->state == CONNECTION_ENDING && connection->output.length == 0) {
        connection->state = CONNECTION_ENDED;
        if (!connection->skips_close_notify)
            SSL_shutdown(connection->ssl);
        shutdown(connection->io.fd, SHUT_WR);
    }
}

static void set_events(struct connection *connection)
{
    bool writes = connection->output.length > 0 || connection->flood;
    ev_io_stop(connection->server->loop, &connection->io);
    ev_io_set(&connection->io, connection->io.fd, EV_READ | (writes ? EV_WRITE : 0));
    ev_io_start(connection->server->loop, &connection->io);
}

/* True once the handshake is done; aborts where it cannot be. */
static bool shake_hands(struct connection *connection)
{
    int r = SSL_accept(connection->ssl);
    if (r == 1) {
        connection->state = CONNECTION_OPEN;
        return true;
    }
    if (SSL_get_error(connection->ssl, r) != SSL_ERROR_WANT_READ)
        connection_abort(connection);
    return false;
}

void connection_advance(struct connection *connection)
{
    bool goes_on = true;
    /* SSL_get_error() would take the errors of another connection for this one's. */
    ERR_clear_error();
    if (connection->state != CONNECTION_HANDSHAKE || shake_hands(connection))
        goes_on = receive(connection) && send_some(connection);
    if (!goes_on || connection->aborted) {
        free_connection(connection);
        return;
    }
    check_end(connection);
    set_events(connection);
}

/* ---------------------------------------------------------------- starting */

static void on_event(struct ev_loop *loop, ev_io *io, int events)
{
    (void)loop, (void)events;
    connection_advance(io->data);
}

static void choose_options(struct connection *connection, size_t number)
{
    struct options *options = &connection->options;
    *options = connection->server->options;
    if (options->first_connections && number > (size_t)options->first_connections)
        options->most_streams = options->goaway_after = options->close_after = 0;
}

void connection_start(struct server *server, int socket)
{
    struct connection *connection = must(calloc(1, sizeof *connection));
    connection->server = server;
    choose_options(connection, counters_add(&server->counters, "connections"));
    buffer_init(&connection->output, SIZE_MAX);
    connection->ssl = must(SSL_new(server->context));
    SSL_set_fd(connection->ssl, socket);
    list_init(&connection->streams);
    connection->session = stream_session(connection);
    ev_io_init(&connection->io, on_event, socket, EV_READ);
    connection->io.data = connection;
    ev_io_start(server->loop, &connection->io);
}
