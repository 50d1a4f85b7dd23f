/* Streams: connections to read from and write to, and servers that accept them. What asyncio splits
 * in a reader and a writer is one object here.
 *
 * One task may read while others write. An error of the system (-ECONNRESET, -EPIPE, -ETIMEDOUT
 * ...) ends the connection, both ways, and is returned from then on by whatever needs the
 * connection; what had been received before can still be read. On a loop with its own poll,
 * whatever would have to wait is -ENOTSUP. */
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

/* Connects to HOST, a numeric address of IPv4 or IPv6, or a name, which is looked up in the loop's
 * executor, and whose addresses are tried one after the other. Suspends until the connection
 * stands. AF_RESOLVE_ERROR where the name has no address, -ECONNREFUSED and the system's other
 * errors, AF_CANCELLED, AF_RUNTIME_ERROR outside a task, -ENOMEM. Where all addresses fail, the
 * code is the first one's, and the text names them all. The caller owns the stream. */
int af_open_connection(const char *host, uint16_t port, af_stream **ret_stream);

/* The same to the Unix socket at PATH. AF_VALUE_ERROR where the path is empty or too long for one.
 */
int af_open_unix_connection(const char *path, af_stream **ret_stream);

/* ----------------------------------------------------------------- reading */

/* Reads at least one and up to SIZE bytes, suspending until there are any. Returns how many; 0 at
 * the end, and where SIZE is 0. AF_CANCELLED, and then nothing is lost; AF_RUNTIME_ERROR where
 * another task is reading, or outside a task where it would have to wait; -ENOMEM. These hold for
 * all that read. */
ssize_t af_stream_read(af_stream *stream, void *buffer, size_t size);

/* Reads exactly SIZE bytes. AF_INCOMPLETE_READ where the stream ends before; whatever the error,
 * what has come stays in the stream to be read. */
int af_stream_read_exactly(af_stream *stream, void *buffer, size_t size);

/* Reads up to and with SEPARATOR, a string that is not empty. The data is borrowed from the stream
 * until it is read from again. AF_LIMIT_OVERRUN where more bytes than the limit come before the
 * separator, AF_INCOMPLETE_READ where the stream ends before it, AF_VALUE_ERROR for an empty
 * separator; whatever the error, what has come stays in the stream to be read. */
int af_stream_read_until(af_stream *stream, const char *separator, const char **ret_data,
                         size_t *ret_length);

/* Reads a line with its newline. The last may have none; at the end the length is 0. AF_VALUE_ERROR
 * for a line over the limit, which is then dropped as far as it came; else as read_until. */
int af_stream_read_line(af_stream *stream, const char **ret_line, size_t *ret_length);

/* Reads all up to the end. The data is borrowed from the stream until it is read from again.
 * AF_LIMIT_OVERRUN where more than MAXIMUM bytes come, -ENOMEM; whatever the error, what has come
 * stays in the stream to be read. */
int af_stream_read_all(af_stream *stream, size_t maximum, const char **ret_data,
                       size_t *ret_length);

/* Whether a read has found the end, and all that came before it has been read. Does not suspend. */
bool af_stream_at_eof(const af_stream *stream);

/* How many bytes read_until and read_line take before the separator: 64 KiB unless set. */
void af_stream_set_limit(af_stream *stream, size_t limit);

/* ----------------------------------------------------------------- writing */

/* Sends SIZE bytes, or as many as the system takes at once, and queues a copy of the rest, however
 * much: drain is what keeps the queue short. Never suspends. AF_RUNTIME_ERROR after write_eof,
 * -ECONNRESET after close; -ENOMEM, which ends the connection, for its peer would miss a part. */
int af_stream_write(af_stream *stream, const void *data, size_t size);

/* Once more than the high mark is queued, suspends until no more than the low one is; otherwise
 * does not suspend. -ECONNRESET after close, AF_CANCELLED, AF_RUNTIME_ERROR outside a task where it
 * would have to wait. */
int af_stream_drain(af_stream *stream);

/* The marks in bytes, 64 KiB and 16 KiB unless set. 0 and 0: drain waits until all is sent.
 * AF_VALUE_ERROR where low is above high. */
int af_stream_set_write_limits(af_stream *stream, size_t high, size_t low);

/* Ends what is written, once the queue is sent; reading goes on. Never suspends. -ECONNRESET after
 * close. */
int af_stream_write_eof(af_stream *stream);

/* ----------------------------------------------------------------- closing */

/* Ends reading at once and closes the connection as soon as the queue is sent. Never suspends. */
void af_stream_close(af_stream *stream);

/* Suspends until the connection is closed, by close, abort or an error, which is then returned.
 * AF_CANCELLED, AF_RUNTIME_ERROR outside a task where it would have to wait. */
int af_stream_wait_closed(af_stream *stream);

/* Closes at once, drops what is queued, and resets the connection, so that the peer sees an error
 * and no end. Never suspends. */
void af_stream_abort(af_stream *stream);

/* Frees the stream. What is still open is closed, and what is still queued dropped: close it and
 * wait before. No task may be waiting in it. NULL is fine. */
void af_stream_free(af_stream *stream);

/* ----------------------------------------------------------------- looking */

/* One end of a connection. */
typedef struct af_address {
    char host[108]; /* numeric, or the path of a Unix socket, which is empty where it has none */
    uint16_t port;  /* 0 for a Unix socket */
} af_address;

/* The other end, and this one. -ENOTCONN, -EBADF once closed. */
int af_stream_peer_address(const af_stream *stream, af_address *ret_address);
int af_stream_local_address(const af_stream *stream, af_address *ret_address);

/* The descriptor, borrowed; -1 once closed. */
int af_stream_fd(const af_stream *stream);

/* ----------------------------------------------------------------- serving */

/* What a server does with a connection, in a task of its own; it may suspend. The stream is the
 * server's, which closes and frees it afterwards; where the task is cancelled, without waiting for
 * what is queued. A negative code goes to the loop's exception handler, unless it says that the
 * peer went (-ECONNRESET, -EPIPE, -ECONNABORTED) or that the task was cancelled. */
typedef int af_client_connected(af_stream *stream, void *arg);

/* Begins to accept connections at HOST, a numeric address ("0.0.0.0" and "::" are all) or
 * "localhost", which is 127.0.0.1, and PORT (0: a free one). Other names are not looked up, for
 * that would suspend: AF_VALUE_ERROR. BACKLOG is how many may wait to be accepted. Where the
 * process runs out of descriptors, memory or stacks, which goes to the loop's exception handler,
 * accepting pauses for a second. -EADDRINUSE and the system's other errors, AF_RUNTIME_ERROR where
 * no loop is running, -ENOMEM. Does not suspend. The caller owns the server. */
int af_start_server(const char *host, uint16_t port, int backlog,
                    af_client_connected *client_connected, void *arg, af_server **ret_server);

/* The same at PATH. A socket that was left there is replaced; ours goes when the server is closed,
 * unless another has replaced it. */
int af_start_unix_server(const char *path, int backlog, af_client_connected *client_connected,
                         void *arg, af_server **ret_server);

/* The port it listens at; 0 for a Unix socket and once closed. */
uint16_t af_server_port(const af_server *server);

/* Stops listening. Connections that stand go on. Does not suspend. */
void af_server_close(af_server *server);

/* Suspends until the server is closed and its last connection is too. AF_CANCELLED,
 * AF_RUNTIME_ERROR outside a task where it would have to wait. */
int af_server_wait_closed(af_server *server);

/* As wait_closed, but cancelled it closes the server, waits for the last connection or a second
 * cancellation, and only then returns AF_CANCELLED; at once where it was closed already. */
int af_server_serve_forever(af_server *server);

/* Closes the server and frees it; connections that stand go on. No task may be waiting in it. NULL
 * is fine. */
void af_server_free(af_server *server);

AF_END_DECLARATIONS

#endif
