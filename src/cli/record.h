/* The record: what is said of one request, as a table of fields. */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include <afetch/http.h>

#include "base/buffer.h"

/* All that a record is made of. Strings are borrowed; response is NULL where there was no transfer. */
struct record {
    size_t index;
    const char *url; /* as it was given, without its password */
    const char *id;  /* the request's own, or NULL */
    bool ok;
    const char *error; /* one of the words of the contract, or NULL */
    const char *errormsg;
    const af_response *response;
    double time_start; /* seconds since the run began; NAN where it was never started */
    double time_end;
};

enum value_type {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_MICROSECONDS, /* written as seconds with six decimals */
    VALUE_TIMESTAMP,    /* microseconds since 1970, written as RFC 3339 with milliseconds */
    VALUE_STRING,       /* any bytes but NUL */
    VALUE_HEADERS,      /* the response's */
    VALUE_BODY,         /* the response's */
};

struct value {
    enum value_type type;
    union {
        bool boolean;
        int64_t integer;
        const char *string;
        const af_response *response;
    };
};

struct field {
    const char *name;
    struct value (*get)(const struct record *record);
};

/* The fields to write, in this order. */
struct fields {
    const struct field **list;
    size_t count;
};

/* The fields of the contract in its order; headers and body only where asked for. NULL-named at the
 * end. */
extern const struct field record_fields[];

/* Picks the fields: those named in LIST ("url,response_code"), or all where it is NULL. -EINVAL with
 * a text that names the word, -ENOMEM. */
int fields_select(const char *list, bool headers, bool body, struct fields *ret_fields);
void fields_free(struct fields *fields);

#endif
