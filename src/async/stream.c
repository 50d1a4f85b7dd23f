/* Creates and closes streams, and returns their properties. */
#include "async/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "async/address.h"

enum {
    DEFAULT_LIMIT = 64 * 1024,
    DEFAULT_HIGH_WATER = 64 * 1024,
    DEFAULT_LOW_WATER = DEFAULT_HIGH_WATER / 4,
};

void stream_wake_reader(af_stream *stream)
{
    if (stream->reader)
        future_release(stream->reader);
}

void stream_wake_waiters(af_stream *stream)
{
    while (waiters_wake(&stream->waiters))
        ;
}

/* Reads and discards input: closing a socket with unread input resets the connection, which may
 * discard data that the peer has not read yet. */
static void drop_input(af_stream *stream)
{
    char buffer[4096];
    for (int i = 0; i < 32; i++)
        if (recv(stream->fd, buffer, sizeof buffer, 0) <= 0)
            break;
}

static void close_socket(af_stream *stream)
{
    if (stream->fd < 0)
        return;
    watch_stop(&stream->readable);
    watch_stop(&stream->writable);
    if (stream->closing && !stream->error)
        drop_input(stream);
    close(stream->fd);
    stream->fd = -1;
    byte_queue_free(&stream->output);
}

void stream_disconnect(af_stream *stream, int code)
{
    close_socket(stream);
    stream->error = code;
    stream->eof = stream->eof || code == 0;
    stream->closing = true;
    stream_wake_reader(stream);
    stream_wake_waiters(stream);
}

int stream_fail(af_stream *stream, int code)
{
    stream_disconnect(stream, code);
    return error_raise_code(code);
}

int stream_final_error(const af_stream *stream)
{
    return stream->error != 0 ? error_raise_code(stream->error) : 0;
}

int stream_wait_for_change(af_stream *stream)
{
    bool woken;
    return waiters_wait(&stream->waiters, &woken);
}

/* ----------------------------------------------------------------- closing */

void af_stream_close(af_stream *stream)
{
    if (stream->closing)
        return;
    stream->closing = true;
    stream->eof = true;
    watch_stop(&stream->readable);
    stream_wake_reader(stream);
    if (byte_queue_size(&stream->output) == 0)
        stream_disconnect(stream, 0);
}

int af_stream_wait_closed(af_stream *stream)
{
    int r = 0;
    while (r >= 0 && stream->fd >= 0)
        r = stream_wait_for_change(stream);
    return r < 0 ? r : stream_final_error(stream);
}

void af_stream_abort(af_stream *stream)
{
    if (stream->fd < 0)
        return;
    /* If this fails, the peer gets an end of stream instead; it is not reported. */
    struct linger reset = {.l_onoff = 1};
    setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    stream_disconnect(stream, 0);
}

void af_stream_free(af_stream *stream)
{
    if (!stream)
        return;
    close_socket(stream);
    byte_queue_free(&stream->input);
    free(stream);
}

/* -------------------------------------------------------------- properties */

int af_stream_peer_address(const af_stream *stream, af_address *ret_address)
{
    return address_of_peer(stream->fd, ret_address);
}

int af_stream_local_address(const af_stream *stream, af_address *ret_address)
{
    return address_of_socket(stream->fd, ret_address);
}

int af_stream_fd(const af_stream *stream)
{
    return stream->fd;
}

/* ---------------------------------------------------------------- creating */

int stream_new(af_loop *loop, int fd, af_stream **ret_stream)
{
    af_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return -ENOMEM;
    *stream = (af_stream){
        .loop = loop,
        .fd = fd,
        .limit = DEFAULT_LIMIT,
        .try_read = true,
        .high_water = DEFAULT_HIGH_WATER,
        .low_water = DEFAULT_LOW_WATER,
    };
    byte_queue_init(&stream->input);
    byte_queue_init(&stream->output);
    watch_init(&stream->readable, loop, fd, EV_READ, &stream_readable_type);
    watch_init(&stream->writable, loop, fd, EV_WRITE, &stream_writable_type);
    waiters_init(&stream->waiters);
    *ret_stream = stream;
    return 0;
}
