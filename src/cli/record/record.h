/* The record of a fetch, and the table of its fields. */
#ifndef CLI_RECORD_RECORD_H
#define CLI_RECORD_RECORD_H

#include <afetch/http.h>

/* The id of a JSON request. */
struct record_id {
    const char *text; /* NULL: none */
    bool is_number;   /* the text is one, as JSON writes it */
};

/* The outcome of a fetch. Up to OUTCOME_OTHER it has the values of enum af_http_error. */
enum outcome {
    OUTCOME_OK = AF_HTTP_OK,
    OUTCOME_URL = AF_HTTP_URL,
    OUTCOME_RESOLVE = AF_HTTP_RESOLVE,
    OUTCOME_CONNECT = AF_HTTP_CONNECT,
    OUTCOME_TLS = AF_HTTP_TLS,
    OUTCOME_TIMEOUT = AF_HTTP_TIMEOUT,
    OUTCOME_RESET = AF_HTTP_RESET,
    OUTCOME_PROTOCOL = AF_HTTP_PROTOCOL,
    OUTCOME_REDIRECT = AF_HTTP_REDIRECT,
    OUTCOME_TOO_LARGE = AF_HTTP_TOO_LARGE,
    OUTCOME_IO = AF_HTTP_IO,
    OUTCOME_CANCELLED = AF_HTTP_CANCELLED,
    OUTCOME_OTHER = AF_HTTP_OTHER,
    OUTCOME_STATUS, /* a complete response whose status is not accepted */
    OUTCOMES,
};

/* The word for each in the field 'error'; NULL for OUTCOME_OK. */
extern const char *const outcome_words[OUTCOMES];

/* Strings are borrowed. The URL may have a password, which is not written. */
struct record {
    size_t index;
    const char *url; /* as given */
    struct record_id id;
    enum outcome outcome;
    const char *errormsg; /* NULL if ok */
    int exitcode;         /* libcurl's, 0 for none */
    const char *method;   /* of the request; NULL if there was none */
    const af_response *response;
    const char *filename; /* of the body in --output-dir, or NULL */
    long retries;         /* of the request, after its first attempt */
    double time_start;    /* seconds since the start of the run; NAN if nothing was sent */
    double time_end;
};

enum value_type {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_MICROSECONDS, /* written as seconds with six decimals */
    VALUE_TIMESTAMP,    /* microseconds since 1970, written as RFC 3339 with milliseconds */
    VALUE_NUMBER,       /* a string, which is a number as JSON writes it */
    VALUE_STRING,       /* any bytes but NUL */
    VALUE_URL,          /* a string, written without its password */
    VALUE_HEADERS,
    VALUE_BODY, /* the response's */
};

struct headers {
    const af_header *list;
    size_t count;
};

struct value {
    enum value_type type;
    union {
        bool boolean;
        int64_t integer; /* microseconds too */
        const char *string;
        struct headers headers;
        const af_response *response;
    };
};

struct field {
    const char *name;
    struct value (*get)(const void *member);
    bool of_response; /* the member is the response's, not the record's */
    size_t offset;
    const char *help;
};

/* The value of a field; null if not known. */
static inline struct value field_value(const struct field *field, const struct record *record)
{
    const char *base = field->of_response ? (const char *)record->response : (const char *)record;
    return base ? field->get(base + field->offset) : (struct value){.type = VALUE_NULL};
}

/* True for the body, which has two columns in CSV: text and base64. */
bool field_is_body(const struct field *field);

/* The fields to write, in this order. */
struct fields {
    const struct field **list;
    size_t count;
};

/* The fields of the contract in its order. NULL-named at the end. */
extern const struct field record_fields[];

/* Selects the fields named in LIST ("url,response_code"), or, if it is NULL, all but headers,
 * trailers, body and filename. Appends headers and trailers, the body, and, without LIST, filename,
 * as asked for. Errors: -EINVAL with a text that names the field, -ENOMEM. */
int fields_select(const char *list, bool headers, bool body, bool filename,
                  struct fields *ret_fields);
void fields_free(struct fields *fields);

static inline bool record_is_ok(const struct record *record)
{
    return record->outcome == OUTCOME_OK;
}

/* True if the run ended before the fetch did. It counts neither as ok nor as failed. */
static inline bool record_is_cancelled(const struct record *record)
{
    return record->outcome == OUTCOME_CANCELLED;
}

static inline bool record_is_failed(const struct record *record)
{
    return !record_is_ok(record) && !record_is_cancelled(record);
}

#endif
