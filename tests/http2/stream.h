/* A stream: a request, and the response that its path selects. */
#ifndef HTTP2_STREAM_H
#define HTTP2_STREAM_H

#include "connection.h"

struct route;

/* An event at a point of the body. */
enum break_kind {
    BREAK_NOTHING,
    BREAK_RESET,  /* RST_STREAM with the code */
    BREAK_GOAWAY, /* GOAWAY; the rest follows */
    BREAK_END,    /* the end of the connection */
    BREAK_STALL,  /* nothing more */
    BREAK_FLOOD,
};

struct stream {
    struct list link;
    struct connection *connection;
    int32_t id;
    char method[16];
    char path[512];
    const struct route *route;
    const char *rest;  /* of the path, behind the route's */
    size_t times;      /* this path was asked for, this time included */
    bool is_processed; /* is in the connection's counts */
    size_t received;   /* bytes of the request's body */
    size_t body_size;  /* of the response */
    bool hides_length; /* of the response */
    size_t body_sent;
    size_t break_at; /* bytes of the body, before what follows */
    enum break_kind break_kind;
    uint32_t code;  /* of the reset */
    ev_timer timer; /* before the response */
};

/* A session of the connection's, with its SETTINGS submitted. */
nghttp2_session *stream_session(struct connection *connection);

/* The final response, with a body of SIZE bytes of which the length is said, and after COUNT
 * headers more. */
void stream_respond(struct stream *stream, const char *status, const nghttp2_nv *more, size_t count,
                    size_t size);

void stream_free(struct stream *stream);

void stream_reset(struct stream *stream, uint32_t code);

/* Counts the request as processed, and answers once all of it is there: early routes as /ok. */
void stream_process(struct stream *stream);

#endif
