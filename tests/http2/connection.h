/* A connection: TLS and nghttp2's session above a socket. */
#ifndef HTTP2_CONNECTION_H
#define HTTP2_CONNECTION_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>

#include "base/list.h"
#include "flood.h"
#include "server.h"

enum connection_state {
    CONNECTION_HANDSHAKE,
    CONNECTION_OPEN,
    CONNECTION_ENDING, /* sends its output, and takes no more requests */
    CONNECTION_ENDED,  /* waits until the client closes its side */
};

struct connection {
    struct server *server;
    struct options options; /* of this connection */
    ev_io io;
    SSL *ssl;
    nghttp2_session *session;
    enum connection_state state;
    struct buffer output;
    struct list streams;
    int requests;              /* processed */
    int responses;             /* whole */
    int active;                /* processed, and not at their end */
    int32_t last_stream;       /* that was processed, or is by a GOAWAY */
    bool went_away;            /* a GOAWAY was sent */
    const struct flood *flood; /* that goes on; NULL for none */
    int32_t flood_stream;
    bool skips_close_notify;
    bool ends_after_output; /* whatever is active */
    bool aborted;           /* is to be freed at the next chance, with a reset of TCP */
};

/* Serves SOCKET, which it closes at its end. */
void connection_start(struct server *server, int socket);

/* Sends and receives as much as possible, and may free the connection. Not to be called within
 * nghttp2's callbacks. */
void connection_advance(struct connection *connection);

/* No stream behind LAST is processed. Ends once those before it have. */
void connection_go_away(struct connection *connection, int32_t last, uint32_t error);

/* Sends the output that is there, then ends TLS and TCP. */
void connection_end(struct connection *connection);

/* Ends with a reset of TCP, and sends nothing more. */
void connection_abort(struct connection *connection);

#endif
