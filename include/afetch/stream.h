/* Streams: connections, and servers that accept them. asyncio's StreamReader and StreamWriter are
 * one object here.
 *
 * One task may read while others write. A system error (-ECONNRESET, -EPIPE, -ETIMEDOUT ...) closes
 * the connection in both directions, and is returned by every later call that needs the connection;
 * data received before can still be read. On a loop with its own poll, calls that would have to
 * wait fail with -ENOTSUP. */
#ifndef AFETCH_STREAM_H
#define AFETCH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_stream af_stream;
typedef struct af_server af_server;

/* ----------------------------------------------------------------- opening */

/* Connects to HOST, a numeric IPv4 or IPv6 address or a name. Names are looked up in the loop's
 * executor, and their addresses tried one after another.
 * Errors: AF_RESOLVE_ERROR if the name has no address; -ECONNREFUSED and other system errors;
 * AF_CANCELLED; AF_RUNTIME_ERROR outside a task; -ENOMEM. If all addresses fail, the code is that
 * of the first, and the text names all.
 * Suspends: until connected.
 * Ownership: the caller owns the stream. */
int af_open_connection(const char *host, uint16_t port, af_stream **ret_stream);

/* Connects to the Unix socket at PATH.
 * Errors: those of af_open_connection(); AF_VALUE_ERROR if PATH is empty or too long for a socket.
 * Suspends: until connected.
 * Ownership: the caller owns the stream. */
int af_open_unix_connection(const char *path, af_stream **ret_stream);

/* ----------------------------------------------------------------- reading */

/* Reads at least one byte and at most SIZE. Returns the number of bytes; 0 at the end of the
 * stream, or if SIZE is 0.
 * Errors: AF_CANCELLED, and no data is lost; AF_RUNTIME_ERROR if another task is reading, or
 * outside a task if it would have to suspend; -ENOMEM; system errors.
 * Suspends: until there is data or the stream ends. */
ssize_t af_stream_read(af_stream *stream, void *buffer, size_t size);

/* Reads exactly SIZE bytes.
 * Errors: those of af_stream_read(); AF_INCOMPLETE_READ if the stream ends before. On every error,
 * the data received so far can still be read.
 * Suspends: until there is enough data or the stream ends. */
int af_stream_read_exactly(af_stream *stream, void *buffer, size_t size);

/* Reads up to and including SEPARATOR.
 * Errors: those of af_stream_read(); AF_LIMIT_OVERRUN if the separator does not come within the
 * limit; AF_INCOMPLETE_READ if the stream ends before it; AF_VALUE_ERROR if it is an empty string.
 * On every error, the data received so far can still be read.
 * Suspends: until there is enough data or the stream ends.
 * Ownership: the data is borrowed until the next read from the stream. */
int af_stream_read_until(af_stream *stream, const char *separator, const char **ret_data,
                         size_t *ret_length);

/* Reads a line including its newline. The last line may lack one. At the end of the stream the
 * length is 0.
 * Errors: those of af_stream_read(); AF_VALUE_ERROR if the line exceeds the limit; the part of it
 * that was received is discarded.
 * Suspends: until there is enough data or the stream ends.
 * Ownership: the line is borrowed until the next read from the stream. */
int af_stream_read_line(af_stream *stream, const char **ret_line, size_t *ret_length);

/* Reads everything up to the end of the stream.
 * Errors: those of af_stream_read(); AF_LIMIT_OVERRUN if that is more than MAXIMUM bytes. On every
 * error, the data received so far can still be read.
 * Suspends: until the stream ends.
 * Ownership: the data is borrowed until the next read from the stream. */
int af_stream_read_all(af_stream *stream, size_t maximum, const char **ret_data,
                       size_t *ret_length);

/* True if a read has reached the end of the stream and all data before it was read.
 * Suspends: never. */
bool af_stream_at_eof(const af_stream *stream);

/* Sets the maximum number of bytes before a separator or newline, for read_until and read_line.
 * Default: 64 KiB. */
void af_stream_set_limit(af_stream *stream, size_t limit);

/* ----------------------------------------------------------------- writing */

/* Sends as much of the data as the system accepts at once, and queues a copy of the rest, without a
 * limit: call af_stream_drain() to keep the queue short.
 * Errors: AF_RUNTIME_ERROR after write_eof; -ECONNRESET after close; -ENOMEM, which also closes the
 * connection, since the peer would miss a part of the data; system errors.
 * Suspends: never. */
int af_stream_write(af_stream *stream, const void *data, size_t size);

/* Waits, if more bytes are queued than the high-water mark, until the low-water mark is reached.
 * Errors: -ECONNRESET after close; AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have
 * to suspend; system errors.
 * Suspends: only after the queue exceeded the high-water mark. */
int af_stream_drain(af_stream *stream);

/* Sets the high-water and low-water marks in bytes; default: 64 KiB and 16 KiB. If both are 0,
 * af_stream_drain() waits until everything is sent.
 * Errors: AF_VALUE_ERROR if LOW is above HIGH. */
int af_stream_set_write_limits(af_stream *stream, size_t high, size_t low);

/* Closes the sending direction once the queue is sent. Reading remains possible.
 * Errors: -ECONNRESET after close; system errors.
 * Suspends: never. */
int af_stream_write_eof(af_stream *stream);

/* ----------------------------------------------------------------- closing */

/* Stops reading, and closes the connection once the queue is sent.
 * Suspends: never. */
void af_stream_close(af_stream *stream);

/* Waits until the connection is closed by af_stream_close(), af_stream_abort() or an error.
 * Errors: the error that closed the connection; AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it
 * would have to suspend.
 * Suspends: unless it is closed. */
int af_stream_wait_closed(af_stream *stream);

/* Discards the queue and resets the connection, so that the peer gets an error and not an end of
 * stream.
 * Suspends: never. */
void af_stream_abort(af_stream *stream);

/* Frees the stream. Closes the connection if it is open and discards the queue; to send it, call
 * af_stream_close() and af_stream_wait_closed() before. No task may be waiting for the stream. */
void af_stream_free(af_stream *stream);

/* ----------------------------------------------------------------- addresses */

/* The address of one end of a connection. */
typedef struct af_address {
    char host[108]; /* numeric; for a Unix socket its path, empty if it has none */
    uint16_t port;  /* 0 for a Unix socket */
} af_address;

/* Get the addresses of the remote and the local end.
 * Errors: -ENOTCONN; -EBADF once closed. */
int af_stream_peer_address(const af_stream *stream, af_address *ret_address);
int af_stream_local_address(const af_stream *stream, af_address *ret_address);

/* Returns the file descriptor; -1 once closed.
 * Ownership: borrowed. */
int af_stream_fd(const af_stream *stream);

/* ----------------------------------------------------------------- serving */

/* A server's handler of one connection, run in a task of its own. Negative codes are passed to the
 * loop's exception handler, except those of a lost connection (-ECONNRESET, -EPIPE, -ECONNABORTED)
 * and AF_CANCELLED.
 * Suspends: it may.
 * Ownership: the server owns the stream. After the handler returns it closes the stream, waits
 * until the queue is sent, and frees the stream; if the task is cancelled, it does not wait. */
typedef int af_client_connected(af_stream *stream, void *arg);

/* Starts to accept connections. HOST is a numeric address ("0.0.0.0" and "::" are all addresses) or
 * "localhost", which is 127.0.0.1; other names would need a lookup, which suspends. PORT 0 is any
 * free port. BACKLOG is the maximum number of connections waiting to be accepted. If descriptors,
 * memory or stacks run out, that is reported to the loop's exception handler, and accepting pauses
 * for one second.
 * Errors: AF_VALUE_ERROR if HOST is another name; -EADDRINUSE and other system errors;
 * AF_RUNTIME_ERROR if no loop is running; -ENOMEM.
 * Suspends: never.
 * Ownership: the caller owns the server. */
int af_start_server(const char *host, uint16_t port, int backlog,
                    af_client_connected *client_connected, void *arg, af_server **ret_server);

/* Starts to accept connections at the Unix socket PATH. An existing socket there is replaced.
 * Closing the server removes the socket, unless another server has replaced it.
 * Errors: those of af_start_server(); AF_VALUE_ERROR if PATH is empty or too long.
 * Suspends: never.
 * Ownership: the caller owns the server. */
int af_start_unix_server(const char *path, int backlog, af_client_connected *client_connected,
                         void *arg, af_server **ret_server);

/* Returns the port that it listens on; 0 for a Unix socket and once closed. */
uint16_t af_server_port(const af_server *server);

/* Stops listening. Open connections are kept.
 * Suspends: never. */
void af_server_close(af_server *server);

/* Waits until the server and its last connection are closed.
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: unless they are closed. */
int af_server_wait_closed(af_server *server);

/* Waits like af_server_wait_closed(), but if it is cancelled it closes the server and waits for the
 * last connection, or a second cancellation, before it returns AF_CANCELLED. If the server is
 * closed already, a cancellation is returned at once.
 * Errors: those of af_server_wait_closed().
 * Suspends: unless the server and its last connection are closed. */
int af_server_serve_forever(af_server *server);

/* Closes the server and frees it. Open connections are kept. No task may be waiting for it. */
void af_server_free(af_server *server);

AF_END_DECLARATIONS

#endif
