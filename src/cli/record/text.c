/* Text: a line per record for people, or fields separated by tabs. Untrusted text is escaped, for
 * terminals. */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "cli/console/terminal.h"
#include "cli/record/json.h"
#include "cli/text/escape.h"
#include "cli/text/units.h"

/* Green for success, yellow for redirects and cancelled fetches, red for the rest. */
static const char *record_color(const struct record *record, long status)
{
    if (record_is_ok(record))
        return status / 100 == 3 ? COLOR_YELLOW : COLOR_GREEN;
    return record_is_cancelled(record) ? COLOR_YELLOW : COLOR_RED;
}

/* True if the status says it all: no error is written then. */
static bool status_decides(const struct record *record)
{
    return record_is_ok(record) || record->outcome == OUTCOME_STATUS;
}

/* Appends status, time and size, in columns. */
static int write_columns(struct buffer *buffer, const struct record *record, bool color)
{
    const af_response *response = record->response;
    long status = response && status_decides(record) ? response->status : 0;
    char code[24] = "---", time[32] = "-", size[16] = "-";
    if (status > 0)
        snprintf(code, sizeof code, "%3ld", status);
    if (response) {
        snprintf(time, sizeof time, "%.3f s", (double)response->time_total / 1e6);
        units_size(size, (double)response->size_download);
    }
    if (color)
        return buffer_append_format(buffer, "%s%s" COLOR_NONE " %10s %9s  ",
                                    record_color(record, status), code, time, size);
    return buffer_append_format(buffer, "%s %10s %9s  ", code, time, size);
}

/* Appends OPENING and TEXT, escaped; nothing if TEXT is NULL. */
static int write_part(struct buffer *buffer, const char *opening, const char *text)
{
    if (!text)
        return 0;
    int r = buffer_append_string(buffer, opening);
    return r < 0 ? r : text_write_escaped(buffer, text, strlen(text));
}

static int write_line(struct buffer *buffer, const struct record *record, bool color)
{
    const af_response *response = record->response;
    bool redirected = response && response->redirects > 0 && response->url;
    bool failed = !status_decides(record);
    int r = write_columns(buffer, record, color);
    if (r >= 0)
        r = url_append(buffer, record->url, text_write_escaped);
    if (r >= 0 && redirected)
        r = buffer_append_string(buffer, color ? " " COLOR_YELLOW "->" COLOR_NONE " " : " -> ");
    if (r >= 0 && redirected)
        r = url_append(buffer, response->url, text_write_escaped);
    if (r >= 0 && failed)
        r = write_part(buffer, "  ", outcome_words[record->outcome]);
    if (r >= 0 && failed)
        r = write_part(buffer, ": ", record->errormsg);
    if (r >= 0 && record->retries > 0)
        r = buffer_append_format(buffer, "  (%ld %s)", record->retries,
                                 record->retries == 1 ? "retry" : "retries");
    return r < 0 ? r : buffer_append_char(buffer, '\n');
}

/* As curl -v shows them. */
static int write_headers(struct buffer *buffer, const af_header *list, size_t count)
{
    int r = 0;
    for (size_t i = 0; i < count && r >= 0; i++) {
        const af_header *header = &list[i];
        r = write_part(buffer, "< ", header->name);
        if (r >= 0)
            r = buffer_append_string(buffer, ": ");
        if (r >= 0)
            r = header_append(buffer, header, text_write_escaped);
        if (r >= 0)
            r = buffer_append_char(buffer, '\n');
    }
    return r;
}

/* Appends the body, unless it has a NUL: as in curl, it is binary then. */
static int write_body(struct buffer *buffer, const af_response *response)
{
    const char *body = response->body;
    size_t size = response->body_size;
    if (!body || size == 0)
        return 0;
    if (memchr(body, '\0', size))
        return buffer_append_string(buffer, "(binary body)\n");
    int r = text_write_lines(buffer, body, size);
    return r < 0 || body[size - 1] == '\n' ? r : buffer_append_char(buffer, '\n');
}

static int write_for_person(const struct formatter *formatter, const struct record *record,
                            struct buffer *buffer)
{
    const af_response *response = record->response;
    int r = write_line(buffer, record, formatter->options.color);
    if (r < 0 || !response || !(formatter->options.headers || formatter->options.body))
        return r;
    if (formatter->options.headers)
        r = write_headers(buffer, response->headers, response->header_count);
    if (r >= 0 && formatter->options.body)
        r = write_body(buffer, response);
    if (r >= 0 && formatter->options.headers)
        r = write_headers(buffer, response->trailers, response->trailer_count);
    /* An empty line before the next record. */
    return r < 0 ? r : buffer_append_char(buffer, '\n');
}

const struct formatter_type text_format = {.record = write_for_person};

static int write_field(struct buffer *buffer, struct value value)
{
    switch (value.type) {
    case VALUE_NUMBER:
    case VALUE_STRING:
        return text_write_escaped(buffer, value.string, strlen(value.string));
    case VALUE_URL:
        return url_append(buffer, value.string, text_write_escaped);
    case VALUE_HEADERS:
        return json_embed_headers(buffer, value.headers, text_write_escaped);
    case VALUE_BODY:
        if (!body_is_text(value.response))
            return base64_append(buffer, value.response->body, value.response->body_size);
        return text_write_escaped(buffer, value.response->body, value.response->body_size);
    default:
        return scalar_append(buffer, value);
    }
}

static int write_fields(const struct formatter *formatter, const struct record *record,
                        struct buffer *buffer)
{
    const struct fields *fields = &formatter->fields;
    int r = 0;
    for (size_t i = 0; i < fields->count && r >= 0; i++) {
        r = i > 0 ? buffer_append_char(buffer, '\t') : 0;
        if (r >= 0)
            r = write_field(buffer, field_value(fields->list[i], record));
    }
    return r < 0 ? r : buffer_append_char(buffer, '\n');
}

const struct formatter_type text_fields_format = {.record = write_fields};
