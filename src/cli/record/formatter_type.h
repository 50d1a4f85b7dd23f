/* The interface between the formatter and its formats. */
#ifndef CLI_RECORD_FORMATTER_TYPE_H
#define CLI_RECORD_FORMATTER_TYPE_H

#include "base/buffer.h"
#include "cli/record/format.h"
#include "cli/record/record.h"

struct formatter;

/* begin and end may be NULL. If a function fails, the formatter removes what it has appended. */
struct formatter_type {
    int (*begin)(const struct formatter *formatter, struct buffer *buffer);
    int (*record)(const struct formatter *formatter, const struct record *record,
                  struct buffer *buffer);
    int (*end)(const struct formatter *formatter, struct buffer *buffer);
};

/* The name of a field as a JSON key: `,"url":`, the first with a brace instead of the comma. */
struct json_key {
    char text[31];
    unsigned char length;
};

struct formatter {
    const struct formatter_type *type;
    struct formatter_options options;
    struct fields fields;
    struct json_key *keys; /* of the fields */
    size_t count;          /* records since begin */
};

extern const struct formatter_type json_format, jsonl_format, csv_format;
extern const struct formatter_type text_format;        /* a line per record, for a person */
extern const struct formatter_type text_fields_format; /* the fields, separated by tabs */
extern const struct formatter_type plan_format;        /* a line per request that is not sent */

#endif
