/* A request of the list that is more than its URL: a line with a JSON object. */
#ifndef CLI_INPUT_JSON_REQUEST_H
#define CLI_INPUT_JSON_REQUEST_H

#include "base/buffer.h"
#include "cli/options/options.h"

/* What the line does not have is NULL. */
struct request {
    unsigned references;
    char *error; /* why it is none; what else could be read is there all the same */
    char *url;
    char *method;
    struct words headers; /* lines as af_request takes them; its strings are the request's */
    bool has_body;
    bool has_default_type; /* the last header is that of a body in JSON, and not the line's own */
    struct buffer body;
    char *filename; /* under which the answer's body is to be saved */
    double timeout; /* seconds, 0 for no limit; NAN where the line has none */
    char *id;
    bool id_is_number; /* id is then as it was written */
};

/* Reads a line that begins with '{'. -ENOMEM; whatever else is wrong is the request's error. */
int request_parse(const char *line, size_t length, struct request **ret_request);

struct request *request_ref(struct request *request);
void request_unref(struct request *request);

/* Lets go of the Content-Type that the line does not have itself, where another holds for all. */
void request_drop_default_type(struct request *request);

/* Lets go of what is large and not wanted after the last attempt. */
void request_drop_body(struct request *request);

#endif
