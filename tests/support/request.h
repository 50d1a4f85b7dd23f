/* One HTTP request: read, taken apart, and bounded in every direction. */
#ifndef SUPPORT_REQUEST_H
#define SUPPORT_REQUEST_H

#include <afetch/error.h>
#include <afetch/stream.h>

enum {
    MAX_HEAD = 64 * 1024,
    MAX_BODY = 16 * 1024 * 1024,
    MAX_FIELDS = 100,
};

/* The result of request_read() for a request that is to be refused with an HTTP status. */
#define REFUSED(status) (AF_USER_ERROR - (status))

struct field {
    const char *name;
    const char *value;
};

struct fields {
    size_t count;
    struct field list[MAX_FIELDS];
};

/* The strings live in the request, and as long. */
struct request {
    const char *method;
    const char *target; /* from the slash on, as it was sent */
    const char *path;   /* the target without its query */
    struct fields args; /* of the query, decoded; in the order of the query */
    struct fields headers;
    bool keep_alive;
    char *body; /* NULL where there is none */
    size_t body_size;
    char text[]; /* the head, taken apart in place, and a second copy of the target */
};

/* Reads the next request: 1 and the request, which the caller owns; 0 where the client has gone; or
 * REFUSED(status), -ENOMEM, and the errors of the stream. */
int request_read(af_stream *stream, struct request **ret_request);
void request_free(struct request *request);

/* The first of that name, in any case of letters; NULL where there is none. */
const char *request_header(const struct request *request, const char *name);

/* The first argument of that name, or NULL. */
const char *request_arg(const struct request *request, const char *name);

#endif
