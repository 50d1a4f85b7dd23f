/* A stream is a socket, a queue each way, and whoever waits for one of them. Nothing is read before
 * it is asked for: a peer that sends without end fills the buffers of the system and not ours. */
#include "async/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "async/address.h"
#include "async/byte_queue.h"
#include "async/waiters.h"

enum {
    DEFAULT_LIMIT = 64 * 1024,
    DEFAULT_HIGH_WATER = 64 * 1024,
    DEFAULT_LOW_WATER = DEFAULT_HIGH_WATER / 4,
    READ_SIZE = 4 * 1024,
    LONGEST_RUN = 16, /* how many reads may follow each other without a turn for anybody else */
};

struct af_stream {
    af_loop *loop;
    int fd;    /* -1 once closed */
    int error; /* what ended the connection; 0 where nothing did, or we did */

    struct byte_queue input;
    size_t limit;
    struct watch readable; /* stays started between reads, until it fires and nobody reads */
    af_future *reader;     /* in the frame of the task that waits for input, or NULL */
    unsigned reads;        /* since the poll last found something */
    bool try_read;         /* reading may give something without waiting */
    bool eof;

    struct byte_queue output;
    size_t high_water;
    size_t low_water;
    struct watch writable;  /* started while something is queued */
    struct waiters waiters; /* for the queue to drain, and for the connection to be closed */
    bool paused; /* the queue went over the high-water mark, and not yet to the low one */
    bool write_eof;
    bool closing;
};

static void wake_reader(af_stream *stream)
{
    if (stream->reader)
        future_release(stream->reader);
}

static void wake_waiters(af_stream *stream)
{
    while (waiters_wake(&stream->waiters))
        ;
}

static void close_socket(af_stream *stream)
{
    if (stream->fd < 0)
        return;
    watch_stop(&stream->readable);
    watch_stop(&stream->writable);
    close(stream->fd);
    stream->fd = -1;
    byte_queue_free(&stream->output);
}

/* The connection is over, because of CODE, or 0. Whoever waits looks again. */
static void disconnect(af_stream *stream, int code)
{
    close_socket(stream);
    stream->error = code;
    stream->eof = stream->eof || code == 0;
    stream->closing = true;
    wake_reader(stream);
    wake_waiters(stream);
}

static int fail(af_stream *stream, int code)
{
    disconnect(stream, code);
    return error_raise_code(code);
}

/* The error that ended the connection, raised once more; 0 where there was none. */
static int final_error(const af_stream *stream)
{
    return stream->error != 0 ? error_raise_code(stream->error) : 0;
}

/* Suspends until the queue drained or the connection was closed, or for nothing: look again. */
static int wait_for_change(af_stream *stream)
{
    bool woken;
    return waiters_wait(&stream->waiters, &woken);
}

/* ----------------------------------------------------------------- reading */

static int run_readable(struct handle *handle)
{
    af_stream *stream = container_of(handle, af_stream, readable.handle);
    stream->try_read = true;
    stream->reads = 0;
    if (stream->reader)
        wake_reader(stream);
    else
        watch_stop(&stream->readable);
    return 0;
}

static const struct handle_type readable_type = {.run = run_readable};

static int wait_for_input(af_stream *stream)
{
    if (stream->reader)
        return af_raise(AF_RUNTIME_ERROR, "another task is reading the stream");
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
    /* Before this task had its turn the poll may have found the same bytes again. */
    handle_cancel(&stream->readable.handle);
    return r;
}

/* Whether there is something to be had from the system: 1, 0 at the end, or the error that ended
 * the connection. Suspends until one of them. */
static int find_input(af_stream *stream)
{
    while (!stream->eof && stream->fd >= 0) {
        if (stream->try_read)
            return 1;
        int r = wait_for_input(stream);
        if (r < 0)
            return r;
    }
    return final_error(stream);
}

/* One read(2): how many bytes, 0 at the end, -EAGAIN where it has to wait. */
static ssize_t receive(af_stream *stream, void *buffer, size_t size)
{
    ssize_t received = recv(stream->fd, buffer, size, 0);
    if (received < 0 && errno != EAGAIN && errno != EINTR)
        return fail(stream, -errno);
    /* Less than there was room for was all there is: ask the poll before the next read. So do after
     * a while of plenty, or a fast peer would have the loop for itself. */
    stream->try_read = received == (ssize_t)size && ++stream->reads < LONGEST_RUN;
    stream->eof = received == 0;
    return received < 0 ? -EAGAIN : received;
}

/* Adds to the input what there is; SIZE bytes are wanted, and more will do. 1, or 0 at the end. */
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

/* Moves what the input has, up to SIZE bytes, to the caller. */
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
    if (size == 0)
        return 0;
    /* Who reads little reads on: only a large buffer is worth a system call of its own. */
    if (byte_queue_size(&stream->input) == 0 && size < READ_SIZE) {
        int r = fill(stream, size);
        if (r <= 0)
            return r;
    }
    if (byte_queue_size(&stream->input) > 0)
        return (ssize_t)take(stream, buffer, size);
    ssize_t received;
    do {
        int r = find_input(stream);
        if (r <= 0)
            return r;
        received = receive(stream, buffer, size);
    } while (received == -EAGAIN);
    return received;
}

int af_stream_read_exactly(af_stream *stream, void *buffer, size_t size)
{
    if (size == 0)
        return 0;
    /* Gathered in the stream and not in the caller's buffer: a cancellation then loses nothing. */
    size_t ready;
    while ((ready = byte_queue_size(&stream->input)) < size) {
        int r = fill(stream, size - ready);
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
    if (width == 0)
        return af_raise(AF_VALUE_ERROR, "a separator has at least one byte");
    size_t searched = 0; /* so many bytes from the front, no separator begins */
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
        int r = fill(stream, 1);
        if (r < 0)
            return r;
        if (r == 0)
            return af_raise(AF_INCOMPLETE_READ, "the stream ended before the separator");
    }
}

/* All that has come. */
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
    while (byte_queue_size(&stream->input) <= maximum) {
        int r = fill(stream, READ_SIZE);
        if (r < 0)
            return r;
        if (r == 0) {
            take_input(stream, ret_data, ret_length);
            return 0;
        }
    }
    return af_raise(AF_LIMIT_OVERRUN, "no end within %zu bytes", maximum);
}

bool af_stream_at_eof(const af_stream *stream)
{
    return stream->eof && byte_queue_size(&stream->input) == 0;
}

void af_stream_set_limit(af_stream *stream, size_t limit)
{
    stream->limit = limit;
}

/* ----------------------------------------------------------------- writing */

/* One write(2): how many bytes, which may be none. */
static ssize_t transmit(af_stream *stream, const void *data, size_t size)
{
    ssize_t sent = send(stream->fd, data, size, MSG_NOSIGNAL);
    if (sent >= 0)
        return sent;
    return errno == EAGAIN || errno == EINTR ? 0 : fail(stream, -errno);
}

/* The queue has grown or shrunk, or the marks have moved. */
static void look_at_marks(af_stream *stream)
{
    size_t size = byte_queue_size(&stream->output);
    if (size > stream->high_water) {
        stream->paused = true;
    } else if (stream->paused && size <= stream->low_water) {
        stream->paused = false;
        wake_waiters(stream);
    }
}

/* The queue is empty: what was to come after it comes now. */
static int finish_writing(af_stream *stream)
{
    if (stream->closing)
        disconnect(stream, 0);
    else if (stream->write_eof && shutdown(stream->fd, SHUT_WR) < 0)
        return fail(stream, -errno);
    return 0;
}

static int run_writable(struct handle *handle)
{
    af_stream *stream = container_of(handle, af_stream, writable.handle);
    struct byte_queue *output = &stream->output;
    ssize_t sent = transmit(stream, byte_queue_front(output), byte_queue_size(output));
    if (sent < 0)
        return 0; /* the next to write, drain or wait hears of it */
    byte_queue_take(output, (size_t)sent);
    look_at_marks(stream);
    if (byte_queue_size(output) == 0) {
        byte_queue_free(output);
        watch_stop(&stream->writable);
        finish_writing(stream);
    }
    return 0;
}

static const struct handle_type writable_type = {.run = run_writable};

static int check_open(const af_stream *stream)
{
    int r = final_error(stream);
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
        return fail(stream, r);
    buffer_append(&output->buffer, (const char *)data + sent, size - sent);
    look_at_marks(stream);
    return watch_start(&stream->writable);
}

int af_stream_drain(af_stream *stream)
{
    int r = check_open(stream);
    while (r >= 0 && stream->paused && stream->fd >= 0)
        r = wait_for_change(stream);
    return r < 0 ? r : final_error(stream);
}

int af_stream_set_write_limits(af_stream *stream, size_t high, size_t low)
{
    if (low > high)
        return af_raise(AF_VALUE_ERROR, "the low mark, %zu, is above the high one, %zu", low, high);
    stream->high_water = high;
    stream->low_water = low;
    look_at_marks(stream);
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

/* ----------------------------------------------------------------- closing */

void af_stream_close(af_stream *stream)
{
    if (stream->closing)
        return;
    stream->closing = true;
    stream->eof = true;
    watch_stop(&stream->readable);
    wake_reader(stream);
    if (byte_queue_size(&stream->output) == 0)
        disconnect(stream, 0);
}

int af_stream_wait_closed(af_stream *stream)
{
    int r = 0;
    while (r >= 0 && stream->fd >= 0)
        r = wait_for_change(stream);
    return r < 0 ? r : final_error(stream);
}

void af_stream_abort(af_stream *stream)
{
    if (stream->fd < 0)
        return;
    /* Where this fails the peer sees an end after all; there is nobody to tell. */
    struct linger reset = {.l_onoff = 1};
    setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    disconnect(stream, 0);
}

void af_stream_free(af_stream *stream)
{
    if (!stream)
        return;
    close_socket(stream);
    byte_queue_free(&stream->input);
    free(stream);
}

/* ----------------------------------------------------------------- looking */

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

/* ------------------------------------------------------------------ making */

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
    watch_init(&stream->readable, loop, fd, EV_READ, &readable_type);
    watch_init(&stream->writable, loop, fd, EV_WRITE, &writable_type);
    waiters_init(&stream->waiters);
    *ret_stream = stream;
    return 0;
}
