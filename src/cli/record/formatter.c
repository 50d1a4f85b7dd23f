#include "cli/record/formatter.h"

#include <errno.h>
#include <stdlib.h>

#include "cli/record/formatter_type.h"
#include "cli/record/json.h"

static const struct formatter_type *format_type(const struct formatter_options *options)
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
        return options->plan ? &plan_format : &text_format;
    }
}

int formatter_new(const struct formatter_options *options, struct formatter **ret_formatter)
{
    struct formatter *formatter = calloc(1, sizeof *formatter);
    if (!formatter)
        return -ENOMEM;
    formatter->type = format_type(options);
    formatter->options = *options;
    int r = fields_select(options->fields, options->headers, options->body, options->filename,
                          &formatter->fields);
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

/* Truncates BUFFER to LENGTH if writing failed, and passes R on. */
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
