/* CSV (RFC 4180). Null is empty, and an empty string is "". On a terminal control characters are
 * escaped. */
#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"
#include "cli/record/json.h"
#include "cli/text/escape.h"

static bool needs_quotes(const char *text, size_t length)
{
    return length == 0 || memchr(text, ',', length) || memchr(text, '"', length) ||
           memchr(text, '\r', length) || memchr(text, '\n', length);
}

/* Appends TEXT with its quotes doubled; bytes that are not UTF-8 become U+FFFD. */
static int write_quoted(struct buffer *buffer, const char *text, size_t length)
{
    int r = 0;
    for (size_t size; length > 0 && r >= 0; text += size, length -= size) {
        size = utf8_character(text, length);
        if (size == 0)
            r = buffer_append_string(buffer, "\xEF\xBF\xBD");
        else if (*text == '"')
            r = buffer_append_string(buffer, "\"\"");
        else
            r = buffer_append(buffer, text, size);
        size += size == 0;
    }
    return r;
}

static int write_text(struct buffer *buffer, const char *text, size_t length)
{
    if (!needs_quotes(text, length))
        return utf8_valid(text, length) ? buffer_append(buffer, text, length)
                                        : write_quoted(buffer, text, length);
    int r = buffer_append_char(buffer, '"');
    if (r >= 0)
        r = write_quoted(buffer, text, length);
    return r < 0 ? r : buffer_append_char(buffer, '"');
}

/* The same, escaped for a terminal. */
static int show_text(struct buffer *buffer, const char *text, size_t length)
{
    struct buffer shown;
    buffer_init(&shown, buffer->maximum);
    int r = text_write_escaped(&shown, text, length);
    if (r >= 0)
        r = write_text(buffer, shown.data ? shown.data : "", shown.length);
    buffer_free(&shown);
    return r;
}

static int write_body(struct buffer *buffer, const af_response *response, text_writer *write)
{
    if (body_is_text(response)) {
        int r = write(buffer, response->body, response->body_size);
        return r < 0 ? r : buffer_append_char(buffer, ',');
    }
    int r = buffer_append_char(buffer, ',');
    return r < 0 ? r : base64_append(buffer, response->body, response->body_size);
}

static int write_cell(struct buffer *buffer, const struct field *field, const struct record *record,
                      text_writer *write)
{
    struct value value = field_value(field, record);
    switch (value.type) {
    case VALUE_NULL:
        return field_is_body(field) ? buffer_append_char(buffer, ',') : 0;
    case VALUE_NUMBER:
    case VALUE_STRING:
        return write(buffer, value.string, strlen(value.string));
    case VALUE_URL:
        return url_append(buffer, value.string, write);
    case VALUE_HEADERS:
        return json_embed_headers(buffer, value.headers, write);
    case VALUE_BODY:
        return write_body(buffer, value.response, write);
    default:
        return scalar_append(buffer, value);
    }
}

static int write_row(const struct formatter *formatter, const struct record *record,
                     struct buffer *buffer)
{
    const struct fields *fields = &formatter->fields;
    text_writer *write = formatter->options.terminal ? show_text : write_text;
    int r = 0;
    for (size_t i = 0; i < fields->count && r >= 0; i++) {
        r = i > 0 ? buffer_append_char(buffer, ',') : 0;
        if (r >= 0)
            r = write_cell(buffer, fields->list[i], record, write);
    }
    return r < 0 ? r : buffer_append_string(buffer, "\r\n");
}

static int write_names(const struct formatter *formatter, struct buffer *buffer)
{
    const struct fields *fields = &formatter->fields;
    int r = 0;
    for (size_t i = 0; i < fields->count && r >= 0; i++) {
        r = buffer_append_format(buffer, "%s%s", i > 0 ? "," : "", fields->list[i]->name);
        if (r >= 0 && field_is_body(fields->list[i]))
            r = buffer_append_string(buffer, ",body_base64");
    }
    return r < 0 ? r : buffer_append_string(buffer, "\r\n");
}

const struct formatter_type csv_format = {.begin = write_names, .record = write_row};
