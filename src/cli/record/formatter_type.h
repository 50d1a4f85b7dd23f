/* What format.c shares with the formats. */
#ifndef CLI_RECORD_FORMATTER_TYPE_H
#define CLI_RECORD_FORMATTER_TYPE_H

#include "cli/record/formatter.h"

/* A format. begin and end may be NULL; what failed is taken back by the caller. */
struct formatter_type {
    int (*begin)(const struct formatter *formatter, struct buffer *buffer);
    int (*record)(const struct formatter *formatter, const struct record *record,
                  struct buffer *buffer);
    int (*end)(const struct formatter *formatter, struct buffer *buffer);
};

/* A field's name as JSON has it: `,"url":`, the first one with a brace for the comma. */
struct json_key {
    char text[31];
    unsigned char length;
};

struct formatter {
    const struct formatter_type *type;
    struct fields fields;
    struct json_key *keys; /* of the fields */
    size_t count;          /* of the records since begin */
    bool color;
    bool terminal;
    bool headers; /* after the line of a person's text */
    bool body;
};

extern const struct formatter_type json_format, jsonl_format, csv_format;
extern const struct formatter_type text_format;        /* lines for a person */
extern const struct formatter_type dry_run_format;     /* requests that are not made */
extern const struct formatter_type text_fields_format; /* fields with tabs between them */

/* Writes a boolean, a number or a time, and nothing for null, at TO, where NUMBER_LONGEST bytes
 * fit. Returns its end. */
char *scalar_write(char *to, struct value value);

/* The same at the end of a buffer. -ENOMEM, -EMSGSIZE. */
int scalar_append(struct buffer *buffer, struct value value);

/* How a format appends text. */
typedef int text_writer(struct buffer *buffer, const char *text, size_t length);

/* Appends a URL by WRITE, without its password. */
int url_append(struct buffer *buffer, const char *url, text_writer *write);

/* Appends a header's value by WRITE, without the password of the URL that it may be. */
int header_append(struct buffer *buffer, const af_header *header, text_writer *write);

/* True if the body is UTF-8, whatever characters it has. Otherwise it is written in base64. */
bool body_is_text(const af_response *response);

/* The keys of the fields. -ENOMEM. The caller frees them. */
int json_make_keys(const struct fields *fields, struct json_key **ret_keys);

/* The same for another format, which appends the JSON by WRITE. */
int json_embed_headers(struct buffer *buffer, struct headers headers, text_writer *write);

#endif
