/* An HTTP/2 server on the loopback with the faults of real ones: the path of a request selects what
 * is done with it, the options what is done with a connection. It has one thread, and exits if
 * memory runs out. */
#ifndef HTTP2_SERVER_H
#define HTTP2_SERVER_H

#include <ev.h>
#include <openssl/types.h>

#include "counters.h"

/* Limits of each connection; 0 for none. */
struct options {
    int most_streams;      /* SETTINGS_MAX_CONCURRENT_STREAMS */
    int goaway_after;      /* requests, the last that are processed */
    int close_after;       /* responses, without a GOAWAY */
    int first_connections; /* these alone have the three above */
    double delay;          /* seconds before each response */
};

struct server {
    struct ev_loop *loop;
    SSL_CTX *context;
    struct options options;
    struct counters counters;
};

/* POINTER, or the end of the program where it is NULL. */
void *must(void *pointer);

/* Appends bytes, a string; or ends the program. */
void append(struct buffer *buffer, const void *data, size_t size);
void append_string(struct buffer *buffer, const char *string);

/* Ends the program if nghttp2 has returned an error that is none of the client's. */
void check_nghttp2(int r);

/* Ends the program with a message. */
_Noreturn void die(const char *what);

#endif
