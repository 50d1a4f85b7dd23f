/* Writes to streams: sends as much as the system accepts, and queues the rest. */
#include <errno.h>
#include <sys/socket.h>

#include "async/stream.h"

/* Sends once: the number of bytes, which may be 0. */
static ssize_t transmit(af_stream *stream, const void *data, size_t size)
{
    ssize_t sent = send(stream->fd, data, size, MSG_NOSIGNAL);
    if (sent >= 0)
        return sent;
    return errno == EAGAIN || errno == EINTR ? 0 : stream_fail(stream, -errno);
}

/* Updates paused after a change of the queue or of the marks. */
static void update_paused(af_stream *stream)
{
    size_t size = byte_queue_size(&stream->output);
    if (size > stream->high_water) {
        stream->paused = true;
    } else if (stream->paused && size <= stream->low_water) {
        stream->paused = false;
        stream_wake_waiters(stream);
    }
}

/* Closes the connection, or its sending direction, if that was requested: the queue is empty. */
static int finish_writing(af_stream *stream)
{
    if (stream->closing)
        stream_disconnect(stream, 0);
    else if (stream->write_eof && shutdown(stream->fd, SHUT_WR) < 0)
        return stream_fail(stream, -errno);
    return 0;
}

static int run_writable(struct handle *handle)
{
    af_stream *stream = container_of(handle, af_stream, writable.handle);
    struct byte_queue *output = &stream->output;
    ssize_t sent = transmit(stream, byte_queue_front(output), byte_queue_size(output));
    if (sent < 0)
        return 0; /* returned by the next write, drain or wait_closed */
    byte_queue_take(output, (size_t)sent);
    update_paused(stream);
    if (byte_queue_size(output) == 0) {
        byte_queue_free(output);
        watch_stop(&stream->writable);
        finish_writing(stream);
    }
    return 0;
}

const struct handle_type stream_writable_type = {.run = run_writable};

static int check_open(const af_stream *stream)
{
    int r = stream_final_error(stream);
    return r >= 0 && stream->closing ? af_raise(-ECONNRESET, "the stream is closed") : r;
}

int af_stream_write(af_stream *stream, const void *data, size_t size)
{
    int r = check_open(stream);
    if (r < 0)
        return r;
    if (stream->write_eof)
        return af_raise(AF_RUNTIME_ERROR, "nothing can be written after write_eof");
    struct byte_queue *output = &stream->output;
    size_t sent = 0;
    if (byte_queue_size(output) == 0) {
        ssize_t n = transmit(stream, data, size);
        if (n < 0)
            return (int)n;
        sent = (size_t)n;
    }
    if (sent == size)
        return 0;
    r = byte_queue_reserve(output, size - sent);
    if (r < 0)
        return stream_fail(stream, r);
    buffer_append(&output->buffer, (const char *)data + sent, size - sent);
    update_paused(stream);
    return watch_start(&stream->writable);
}

int af_stream_drain(af_stream *stream)
{
    int r = check_open(stream);
    while (r >= 0 && stream->paused && stream->fd >= 0)
        r = stream_wait_for_change(stream);
    return r < 0 ? r : stream_final_error(stream);
}

int af_stream_set_write_limits(af_stream *stream, size_t high, size_t low)
{
    if (low > high)
        return af_raise(AF_VALUE_ERROR, "low-water mark %zu is above high-water mark %zu", low,
                        high);
    stream->high_water = high;
    stream->low_water = low;
    update_paused(stream);
    return 0;
}

int af_stream_write_eof(af_stream *stream)
{
    int r = check_open(stream);
    if (r < 0 || stream->write_eof)
        return r;
    stream->write_eof = true;
    return byte_queue_size(&stream->output) == 0 ? finish_writing(stream) : 0;
}
