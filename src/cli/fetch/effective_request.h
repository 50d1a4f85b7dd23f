/* The request of an entry: the members of its line, and the options for what the line lacks. */
#ifndef CLI_FETCH_EFFECTIVE_REQUEST_H
#define CLI_FETCH_EFFECTIVE_REQUEST_H

#include <afetch/http.h>

#include "cli/input/json_request.h"
#include "cli/options/options.h"

struct effective_request {
    const char *method; /* NULL: POST with content, else GET */
    bool keep_method;   /* after redirects too, as with -X */
    const char *const *headers;
    const void *content; /* NULL: none */
    size_t content_size;
    double timeout;      /* seconds for all attempts; 0: no limit */
    bool timeout_is_own; /* of the line, not of the options */
};

/* LINE may be NULL. Ownership: all strings are borrowed from the arguments. */
struct effective_request effective_request_make(const struct options *options,
                                                const struct json_request *line);

/* The method that is sent. */
const char *effective_request_method(const struct effective_request *request);

/* Sets the members of *REQUEST that the effective request determines. */
void effective_request_apply(const struct effective_request *effective, af_request *request);

#endif
