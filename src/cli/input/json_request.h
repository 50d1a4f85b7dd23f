/* A request with more than a URL: a line of the list that is a JSON object. */
#ifndef CLI_INPUT_JSON_REQUEST_H
#define CLI_INPUT_JSON_REQUEST_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/string_list.h"

/* Members that the line does not have are NULL. */
struct json_request {
    unsigned references;
    char *error; /* why it is not valid; members that could be read are set nevertheless */
    char *url;
    char *method;
    struct string_list headers; /* lines as af_request takes them; owned */
    bool has_body;
    bool has_default_type; /* the last header is the default Content-Type of a JSON body */
    struct buffer body;
    char *filename; /* for --output-dir */
    double timeout; /* seconds, 0 for no limit; NAN if the line has none */
    char *id;
    bool id_is_number; /* id has the digits of the line */
};

/* Parses a line that begins with '{'. Ownership: a reference for the caller.
 * Errors: -ENOMEM; whatever else is wrong becomes the request's error. */
int json_request_parse(const char *line, size_t length, struct json_request **ret_request);

/* NULL is allowed in all functions below. */
struct json_request *json_request_ref(struct json_request *request);
void json_request_unref(struct json_request *request);

/* Removes the default Content-Type, if -H sets one for all requests. */
void json_request_drop_default_type(struct json_request *request);

/* Frees the body, which is not needed after the last attempt. */
void json_request_drop_body(struct json_request *request);

#endif
