/* JSON (RFC 8259): one array, or an object per line. */
#include "cli/record/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/decimal.h"
#include "cli/text/escape.h"

int json_make_keys(const struct fields *fields, struct json_key **ret_keys)
{
    struct json_key *keys = calloc(fields->count, sizeof *keys);
    if (!keys)
        return -ENOMEM;
    for (size_t i = 0; i < fields->count; i++)
        keys[i].length =
            (unsigned char)snprintf(keys[i].text, sizeof keys[i].text,
                                    "%c\"%s\":", i == 0 ? '{' : ',', fields->list[i]->name);
    *ret_keys = keys;
    return 0;
}

static int compare_headers(const void *a, const void *b)
{
    const af_header *const *one = a, *const *other = b;
    int order = strcmp((*one)->name, (*other)->name);
    return order != 0 ? order : (*one > *other) - (*one < *other);
}

/* PREVIOUS is NULL for the first. */
static int write_header(struct buffer *buffer, const af_header *header, const af_header *previous)
{
    int r;
    if (previous && strcmp(previous->name, header->name) == 0) {
        r = buffer_append_char(buffer, ',');
    } else {
        r = buffer_append_string(buffer, previous ? "]," : "");
        if (r >= 0)
            r = json_write_string(buffer, header->name, strlen(header->name));
        if (r >= 0)
            r = buffer_append_string(buffer, ":[");
    }
    return r < 0 ? r : header_append(buffer, header, json_write_string);
}

static int json_write_headers(struct buffer *buffer, struct headers headers)
{
    size_t count = headers.count;
    /* Sort to group equal names: a server may send any number of them. */
    const af_header **sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &headers.list[i];
    qsort(sorted, count, sizeof *sorted, compare_headers);

    int r = buffer_append_char(buffer, '{');
    for (size_t i = 0; i < count && r >= 0; i++)
        r = write_header(buffer, sorted[i], i > 0 ? sorted[i - 1] : NULL);
    if (r >= 0)
        r = buffer_append_string(buffer, count > 0 ? "]}" : "}");
    free(sorted);
    return r;
}

int json_embed_headers(struct buffer *buffer, struct headers headers, text_writer *write)
{
    struct buffer json;
    buffer_init(&json, buffer->maximum);
    int r = json_write_headers(&json, headers);
    if (r >= 0)
        r = write(buffer, json.data, json.length);
    buffer_free(&json);
    return r;
}

/* Appends the body after its key, `,"body":`, which becomes body_base64 if needed. */
static int write_body(struct buffer *buffer, const af_response *response)
{
    if (body_is_text(response))
        return json_write_string(buffer, response->body, response->body_size);
    static const char end[] = "\":", base64_end[] = "_base64\":\"";
    buffer->length -= strlen(end);
    int r = buffer_append_string(buffer, base64_end);
    if (r >= 0)
        r = base64_append(buffer, response->body, response->body_size);
    return r < 0 ? r : buffer_append_char(buffer, '"');
}

/* Writes a value of at most DECIMAL_LONGEST bytes and two quotes. */
static char *write_scalar(char *to, struct value value)
{
    if (value.type == VALUE_NULL)
        return stpcpy(to, "null");
    if (value.type != VALUE_TIMESTAMP)
        return scalar_write(to, value);
    *to++ = '"';
    to = scalar_write(to, value);
    *to++ = '"';
    return to;
}

static int write_member(struct buffer *buffer, const struct json_key *key, struct value value)
{
    int r = buffer_reserve(buffer, sizeof key->text + DECIMAL_LONGEST + 2);
    if (r < 0)
        return r;
    /* A copy of fixed size takes a few instructions. */
    char *end = buffer->data + buffer->length;
    memcpy(end, key->text, sizeof key->text);
    end += key->length;
    buffer->length += key->length;

    switch (value.type) {
    case VALUE_NUMBER:
        return buffer_append_string(buffer, value.string);
    case VALUE_STRING:
        return json_write_string(buffer, value.string, strlen(value.string));
    case VALUE_URL:
        return url_append(buffer, value.string, json_write_string);
    case VALUE_HEADERS:
        return json_write_headers(buffer, value.headers);
    case VALUE_BODY:
        return write_body(buffer, value.response);
    default:
        buffer->length = (size_t)(write_scalar(end, value) - buffer->data);
        return 0;
    }
}

static int write_object(const struct formatter *formatter, const struct record *record,
                        struct buffer *buffer)
{
    for (size_t i = 0; i < formatter->fields.count; i++) {
        struct value value = field_value(formatter->fields.list[i], record);
        int r = write_member(buffer, &formatter->keys[i], value);
        if (r < 0)
            return r;
    }
    return buffer_append_char(buffer, '}');
}

static int write_line(const struct formatter *formatter, const struct record *record,
                      struct buffer *buffer)
{
    int r = write_object(formatter, record, buffer);
    return r < 0 ? r : buffer_append_char(buffer, '\n');
}

const struct formatter_type jsonl_format = {.record = write_line};

static int begin_array(const struct formatter *formatter, struct buffer *buffer)
{
    (void)formatter;
    return buffer_append_char(buffer, '[');
}

static int write_element(const struct formatter *formatter, const struct record *record,
                         struct buffer *buffer)
{
    int r = buffer_append_string(buffer, formatter->count > 0 ? ",\n" : "\n");
    return r < 0 ? r : write_object(formatter, record, buffer);
}

static int end_array(const struct formatter *formatter, struct buffer *buffer)
{
    return buffer_append_string(buffer, formatter->count > 0 ? "\n]\n" : "]\n");
}

const struct formatter_type json_format = {
    .begin = begin_array,
    .record = write_element,
    .end = end_array,
};
