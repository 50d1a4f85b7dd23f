/* Internal interface of streams: a socket, a queue in each direction, and the tasks that wait for
 * them. */
#ifndef ASYNC_STREAM_H
#define ASYNC_STREAM_H

#include <afetch/stream.h>

#include "async/byte_queue.h"
#include "async/waiters.h"

struct af_stream {
    af_loop *loop;
    int fd;    /* -1 once closed */
    int error; /* the error that closed the connection; 0: none */

    struct byte_queue input;
    size_t limit;
    struct watch readable; /* remains active between reads, until it fires without a reader */
    af_future *reader;     /* in the stack frame of the task that waits for input; NULL: none */
    unsigned reads;        /* number of reads since the poll last reported input */
    bool try_read;         /* there may be input in the socket */
    bool eof;

    struct byte_queue output;
    size_t high_water;
    size_t low_water;
    struct watch writable;  /* active while output is queued */
    struct waiters waiters; /* waiting until the queue drains or the connection is closed */
    bool paused; /* the queue exceeded the high-water mark, and did not reach the low-water mark
                  * since */
    bool write_eof;
    bool closing;
};

/* Handles queued by the poll: stream_read.c and stream_write.c. */
extern const struct handle_type stream_readable_type, stream_writable_type;

/* Creates a stream on a connected non-blocking socket.
 * Errors: -ENOMEM.
 * Ownership: the stream takes over the socket, except on error. */
int stream_new(af_loop *loop, int fd, af_stream **ret_stream);

/* Closes the connection because of CODE (0: not an error) and wakes all waiting tasks. */
void stream_disconnect(af_stream *stream, int code);

/* Closes the connection because of CODE, raises CODE and returns it. */
int stream_fail(af_stream *stream, int code);

/* Raises the error that closed the connection; 0 if there was none. */
int stream_final_error(const af_stream *stream);

/* Wake the task that waits for input, and those that wait for a change, to check again. */
void stream_wake_reader(af_stream *stream);
void stream_wake_waiters(af_stream *stream);

/* Suspends until the output has drained or the connection is closed. May return early: check again.
 * Errors: AF_CANCELLED. */
int stream_wait_for_change(af_stream *stream);

#endif
