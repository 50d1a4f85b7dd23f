/* A stream is a socket, a queue each way, and whoever waits for one of them: what its files share.
 */
#ifndef ASYNC_STREAM_H
#define ASYNC_STREAM_H

#include <afetch/stream.h>

#include "async/byte_queue.h"
#include "async/waiters.h"

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

/* stream_read.c and stream_write.c: what the poll has found. */
extern const struct handle_type stream_readable_type, stream_writable_type;

/* A stream on a connected socket that does not block, which it takes. -ENOMEM, and then the socket
 * is still the caller's. */
int stream_new(af_loop *loop, int fd, af_stream **ret_stream);

/* The connection is over, because of CODE, or 0. Whoever waits looks again. */
void stream_disconnect(af_stream *stream, int code);

/* The same, and raises CODE, which is returned. */
int stream_fail(af_stream *stream, int code);

/* The error that ended the connection, raised once more; 0 where there was none. */
int stream_final_error(const af_stream *stream);

/* Whoever waits for input, or for a change, looks again. */
void stream_wake_reader(af_stream *stream);
void stream_wake_waiters(af_stream *stream);

/* Suspends until the output drained or the connection was closed, or for nothing: look again.
 * AF_CANCELLED. */
int stream_wait_for_change(af_stream *stream);

#endif
