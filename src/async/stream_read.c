/* Reads from streams. Data is received only on request: a peer that sends without end fills the
 * system's buffers, not the program's memory. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "async/stream.h"
#include "async/task.h"

enum {
    READ_SIZE = 4 * 1024,
    LONGEST_RUN = 16, /* consecutive reads before other callbacks run */
};

static int run_readable(struct handle *handle)
{
    af_stream *stream = container_of(handle, af_stream, readable.handle);
    stream->try_read = true;
    stream->reads = 0;
    if (stream->reader)
        stream_wake_reader(stream);
    else
        watch_stop(&stream->readable);
    return 0;
}

const struct handle_type stream_readable_type = {.run = run_readable};

/* Only one task may read, since it may have received a part of the data already. */
static int check_reader(const af_stream *stream)
{
    return stream->reader ? af_raise(AF_RUNTIME_ERROR, "another task is reading the stream") : 0;
}

static int wait_for_input(af_stream *stream)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    int r = watch_start(&stream->readable);
    if (r < 0)
        return r;
    if (byte_queue_size(&stream->input) == 0)
        byte_queue_free(&stream->input);
    af_future arrival;
    future_init_local(&arrival, stream->loop);
    stream->reader = &arrival;
    r = task_wait(&arrival);
    stream->reader = NULL;
    /* The poll may have queued the handle again before this task resumed. */
    handle_cancel(&stream->readable.handle);
    return r;
}

/* Waits until the socket may have input: 1, or 0 at the end of the stream.
 * Errors: the error that closed the connection. */
static int find_input(af_stream *stream)
{
    while (!stream->eof && stream->fd >= 0) {
        if (stream->try_read)
            return 1;
        int r = wait_for_input(stream);
        if (r < 0)
            return r;
    }
    return stream_final_error(stream);
}

/* Receives once: the number of bytes, 0 at the end, -EAGAIN if it has to wait. */
static ssize_t receive(af_stream *stream, void *buffer, size_t size)
{
    ssize_t received = recv(stream->fd, buffer, size, 0);
    if (received < 0 && errno != EAGAIN && errno != EINTR)
        return stream_fail(stream, -errno);
    /* A partial read means that the socket is empty: poll before the next read. Poll as well after
     * many full reads, or a fast peer would not let other callbacks run. */
    stream->try_read = received == (ssize_t)size && ++stream->reads < LONGEST_RUN;
    stream->eof = received == 0;
    return received < 0 ? -EAGAIN : received;
}

/* Receives into the input queue; SIZE is the number of bytes wanted, but it may receive more. 1, or
 * 0 at the end of the stream. */
static int fill(af_stream *stream, size_t size)
{
    struct buffer *buffer = &stream->input.buffer;
    ssize_t received;
    do {
        int r = find_input(stream);
        if (r <= 0)
            return r;
        r = byte_queue_reserve(&stream->input, size > READ_SIZE ? size : READ_SIZE);
        if (r < 0)
            return r;
        received =
            receive(stream, buffer->data + buffer->length, buffer->capacity - buffer->length);
    } while (received == -EAGAIN);
    if (received <= 0)
        return (int)received;
    buffer->length += (size_t)received;
    return 1;
}

/* Moves up to SIZE bytes from the input queue to the caller. */
static size_t take(af_stream *stream, void *buffer, size_t size)
{
    size_t ready = byte_queue_size(&stream->input);
    if (size > ready)
        size = ready;
    memcpy(buffer, byte_queue_front(&stream->input), size);
    byte_queue_take(&stream->input, size);
    return size;
}

ssize_t af_stream_read(af_stream *stream, void *buffer, size_t size)
{
    int r = check_reader(stream);
    if (r < 0 || size == 0)
        return r;
    /* Small reads go through the input queue, as more of them will follow. A large buffer is filled
     * directly. */
    if (byte_queue_size(&stream->input) == 0 && size < READ_SIZE) {
        r = fill(stream, size);
        if (r <= 0)
            return r;
    }
    if (byte_queue_size(&stream->input) > 0)
        return (ssize_t)take(stream, buffer, size);
    ssize_t received;
    do {
        r = find_input(stream);
        if (r <= 0)
            return r;
        received = receive(stream, buffer, size);
    } while (received == -EAGAIN);
    return received;
}

int af_stream_read_exactly(af_stream *stream, void *buffer, size_t size)
{
    int r = check_reader(stream);
    if (r < 0 || size == 0)
        return r;
    /* Collected in the input queue and not in the caller's buffer, so that a cancellation loses
     * nothing. */
    size_t ready;
    while ((ready = byte_queue_size(&stream->input)) < size) {
        r = fill(stream, size - ready);
        if (r < 0)
            return r;
        if (r == 0)
            return af_raise(AF_INCOMPLETE_READ, "the stream ended after %zu of %zu bytes", ready,
                            size);
    }
    take(stream, buffer, size);
    return 0;
}

int af_stream_read_until(af_stream *stream, const char *separator, const char **ret_data,
                         size_t *ret_length)
{
    size_t width = strlen(separator);
    int r = check_reader(stream);
    if (r < 0)
        return r;
    if (width == 0)
        return af_raise(AF_VALUE_ERROR, "the separator is empty");
    size_t searched = 0; /* no separator begins in these first bytes */
    for (;;) {
        size_t size = byte_queue_size(&stream->input);
        if (size >= searched + width) {
            const char *data = byte_queue_front(&stream->input);
            const char *found = memmem(data + searched, size - searched, separator, width);
            searched = found ? (size_t)(found - data) : size + 1 - width;
            if (searched > stream->limit)
                return af_raise(AF_LIMIT_OVERRUN, "no separator within %zu bytes", stream->limit);
            if (found) {
                *ret_data = data;
                *ret_length = searched + width;
                byte_queue_take(&stream->input, *ret_length);
                return 0;
            }
        }
        r = fill(stream, 1);
        if (r < 0)
            return r;
        if (r == 0)
            return af_raise(AF_INCOMPLETE_READ, "the stream ended before the separator");
    }
}

/* Takes the whole input queue. */
static void take_input(af_stream *stream, const char **ret_data, size_t *ret_length)
{
    *ret_length = byte_queue_size(&stream->input);
    *ret_data = *ret_length > 0 ? byte_queue_front(&stream->input) : "";
    byte_queue_take(&stream->input, *ret_length);
}

int af_stream_read_line(af_stream *stream, const char **ret_line, size_t *ret_length)
{
    int r = af_stream_read_until(stream, "\n", ret_line, ret_length);
    if (r == AF_INCOMPLETE_READ) {
        take_input(stream, ret_line, ret_length);
        return 0;
    }
    if (r == AF_LIMIT_OVERRUN) {
        size_t size = byte_queue_size(&stream->input);
        const char *line = byte_queue_front(&stream->input), *newline = memchr(line, '\n', size);
        byte_queue_take(&stream->input, newline ? (size_t)(newline + 1 - line) : size);
        return af_raise(AF_VALUE_ERROR, "the line is longer than %zu bytes", stream->limit);
    }
    return r;
}

int af_stream_read_all(af_stream *stream, size_t maximum, const char **ret_data, size_t *ret_length)
{
    int r = check_reader(stream);
    if (r < 0)
        return r;
    while (byte_queue_size(&stream->input) <= maximum) {
        r = fill(stream, READ_SIZE);
        if (r < 0)
            return r;
        if (r == 0) {
            take_input(stream, ret_data, ret_length);
            return 0;
        }
    }
    return af_raise(AF_LIMIT_OVERRUN, "the stream is longer than %zu bytes", maximum);
}

bool af_stream_at_eof(const af_stream *stream)
{
    return stream->eof && byte_queue_size(&stream->input) == 0;
}

void af_stream_set_limit(af_stream *stream, size_t limit)
{
    stream->limit = limit;
}
