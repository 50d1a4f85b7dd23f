/* Formatters: the formats behind one face. */
#include "cli/record/formatter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/utf8.h"
#include "cli/record/formatter_type.h"
#include "cli/text/redact.h"

static const struct formatter_type *format_type(const struct options *options)
{
    switch (options->format) {
    case FORMAT_JSON:
        return &json_format;
    case FORMAT_JSONL:
        return &jsonl_format;
    case FORMAT_CSV:
        return &csv_format;
    default:
        if (options->fields)
            return &text_fields_format;
        return options->dry_run ? &dry_run_format : &text_format;
    }
}

int formatter_new(const struct options *options, struct destination destination,
                  struct formatter **ret_formatter)
{
    struct formatter *formatter = calloc(1, sizeof *formatter);
    if (!formatter)
        return -ENOMEM;
    formatter->type = format_type(options);
    formatter->color = destination.color;
    formatter->terminal = destination.terminal;
    formatter->headers = options->include_headers;
    formatter->body = options->include_body;
    int r = fields_select(options->fields, options->include_headers, options->include_body,
                          options->output_dir != NULL, &formatter->fields);
    if (r >= 0)
        r = json_make_keys(&formatter->fields, &formatter->keys);
    if (r < 0) {
        formatter_free(formatter);
        return r;
    }
    *ret_formatter = formatter;
    return 0;
}

void formatter_free(struct formatter *formatter)
{
    if (!formatter)
        return;
    fields_free(&formatter->fields);
    free(formatter->keys);
    free(formatter);
}

/* Takes back what a format wrote before it failed. */
static int complete(struct buffer *buffer, size_t length, int r)
{
    if (r < 0)
        buffer->length = length;
    return r;
}

int formatter_begin(struct formatter *formatter, struct buffer *buffer)
{
    formatter->count = 0;
    if (!formatter->type->begin)
        return 0;
    size_t length = buffer->length;
    return complete(buffer, length, formatter->type->begin(formatter, buffer));
}

int formatter_record(struct formatter *formatter, const struct record *record,
                     struct buffer *buffer)
{
    size_t length = buffer->length;
    int r = complete(buffer, length, formatter->type->record(formatter, record, buffer));
    formatter->count += r >= 0;
    return r;
}

int formatter_end(struct formatter *formatter, struct buffer *buffer)
{
    if (!formatter->type->end)
        return 0;
    size_t length = buffer->length;
    return complete(buffer, length, formatter->type->end(formatter, buffer));
}

char *scalar_write(char *to, struct value value)
{
    switch (value.type) {
    case VALUE_BOOLEAN:
        return stpcpy(to, value.boolean ? "true" : "false");
    case VALUE_INTEGER:
        return number_write(to, value.integer);
    case VALUE_MICROSECONDS:
        return number_write_seconds(to, value.integer);
    case VALUE_TIMESTAMP:
        return number_write_timestamp(to, value.integer);
    default:
        return to;
    }
}

int scalar_append(struct buffer *buffer, struct value value)
{
    int r = buffer_reserve(buffer, NUMBER_LONGEST);
    if (r < 0)
        return r;
    char *end = scalar_write(buffer->data + buffer->length, value);
    buffer->length = (size_t)(end - buffer->data);
    return 0;
}

/* Appends TEXT without the passwords that REDACT finds in it. */
static int append_redacted(struct buffer *buffer, const char *text,
                           int (*redact)(const char *text, char **ret_text), text_writer *write)
{
    char *copy;
    int r = redact(text, &copy);
    if (r <= 0)
        return r < 0 ? r : write(buffer, text, strlen(text));
    r = write(buffer, copy, strlen(copy));
    free(copy);
    return r;
}

int url_append(struct buffer *buffer, const char *url, text_writer *write)
{
    return append_redacted(buffer, url, url_without_password, write);
}

int header_append(struct buffer *buffer, const af_header *header, text_writer *write)
{
    if (strcmp(header->name, "location") == 0 || strcmp(header->name, "content-location") == 0)
        return url_append(buffer, header->value, write);
    if (strcmp(header->name, "link") == 0 || strcmp(header->name, "refresh") == 0)
        return append_redacted(buffer, header->value, text_without_passwords, write);
    return write(buffer, header->value, strlen(header->value));
}

bool body_is_text(const af_response *response)
{
    return utf8_valid(response->body, response->body_size);
}
