/* A request and its answer. */
#ifndef SUPPORT_EXCHANGE_H
#define SUPPORT_EXCHANGE_H

#include <stdint.h>

#include "request.h"
#include "text.h"

/* Counters of the whole server, returned by /stats, which is not counted itself. */
struct origin {
    size_t connections;
    size_t requests;
    size_t active; /* requests being answered now */
    size_t peak;   /* the most there ever were at once */
    struct flake *flakes;
};

struct exchange {
    struct origin *origin;
    af_stream *stream;
    struct request *request; /* NULL where it was refused */
    bool keep_alive;
};

/* For bodies whose length is not known before. */
enum { CHUNKED = -1 };

/* Sends a status line and headers. EXTRA are more headers, each line with its end, or NULL. LENGTH
 * is the body's or CHUNKED. As all that write, it returns 0 or the error of the stream. */
int send_head(struct exchange *exchange, int status, const char *type, const char *extra,
              int64_t length);

/* Sends an answer whose body is there. */
int send_answer(struct exchange *exchange, int status, const char *type, const char *extra,
                const void *body, size_t size);

/* The same with a body of text, which is freed. */
int send_text(struct exchange *exchange, int status, const char *type, struct text *body);

/* Sends a part of a body, and waits where the client is slow. Nothing is sent for HEAD. */
int send_part(struct exchange *exchange, const void *data, size_t size);

/* Sends a chunk of a CHUNKED body; one of size 0 is the last. */
int send_chunk(struct exchange *exchange, const void *data, size_t size);

/* Sends an answer with no more than the reason for it. */
int send_status(struct exchange *exchange, int status);

/* A number that is all of TEXT, from 0 to MAXIMUM. False where it is none; nothing is set then. */
bool read_count(const char *text, int64_t maximum, int64_t *ret_count);
bool read_seconds(const char *text, double *ret_seconds);

#endif
