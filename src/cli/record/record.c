#include "cli/record/record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "base/list.h"
#include "cli/text/redact.h"
#include "cli/text/suggest.h"

static struct value get_string(const void *member)
{
    const char *string = *(const char *const *)member;
    return (struct value){string ? VALUE_STRING : VALUE_NULL, .string = string};
}

static struct value get_url(const void *member)
{
    const char *string = *(const char *const *)member;
    return (struct value){string ? VALUE_URL : VALUE_NULL, .string = string};
}

/* libcurl may have changed an invalid URL so that its password is not recognized. */
static struct value get_url_effective(const void *member)
{
    const struct record *record = container_of(member, struct record, url);
    if (!record->response)
        return (struct value){.type = VALUE_NULL};
    const af_response *response = record->response;
    bool is_hidden = response->redirects == 0 && response->url && url_has_password(record->url) &&
                     !url_has_password(response->url);
    return get_url(is_hidden ? (const void *)&record->url : &response->url);
}

static struct value get_id(const void *member)
{
    const struct record_id *id = member;
    if (!id->text)
        return (struct value){.type = VALUE_NULL};
    return (struct value){id->is_number ? VALUE_NUMBER : VALUE_STRING, .string = id->text};
}

static struct value get_ok(const void *member)
{
    return (struct value){VALUE_BOOLEAN, .boolean = *(const enum outcome *)member == OUTCOME_OK};
}

static struct value get_error(const void *member)
{
    const char *word = outcome_words[*(const enum outcome *)member];
    return (struct value){word ? VALUE_STRING : VALUE_NULL, .string = word};
}

static struct value get_size(const void *member)
{
    return (struct value){VALUE_INTEGER, .integer = (int64_t) * (const size_t *)member};
}

static struct value get_int(const void *member)
{
    return (struct value){VALUE_INTEGER, .integer = *(const int *)member};
}

static struct value get_long(const void *member)
{
    return (struct value){VALUE_INTEGER, .integer = *(const long *)member};
}

/* A status or a port; 0: none. */
static struct value get_number(const void *member)
{
    long number = *(const long *)member;
    return (struct value){number ? VALUE_INTEGER : VALUE_NULL, .integer = number};
}

static struct value get_bytes(const void *member)
{
    return (struct value){VALUE_INTEGER, .integer = *(const int64_t *)member};
}

static struct value get_duration(const void *member)
{
    return (struct value){VALUE_MICROSECONDS, .integer = *(const int64_t *)member};
}

/* The end of a phase; 0: it did not end. */
static struct value get_phase(const void *member)
{
    int64_t time = *(const int64_t *)member;
    return (struct value){time ? VALUE_MICROSECONDS : VALUE_NULL, .integer = time};
}

static struct value get_timestamp(const void *member)
{
    int64_t time = *(const int64_t *)member;
    return (struct value){time ? VALUE_TIMESTAMP : VALUE_NULL, .integer = time};
}

static struct value get_seconds(const void *member)
{
    double seconds = *(const double *)member;
    if (isnan(seconds))
        return (struct value){.type = VALUE_NULL};
    return (struct value){VALUE_MICROSECONDS, .integer = (int64_t)(seconds * 1e6 + 0.5)};
}

/* As curl writes it. */
static struct value get_http_version(const void *member)
{
    const char *string;
    switch (*(const int *)member) {
    case 10:
        string = "1.0";
        break;
    case 11:
        string = "1.1";
        break;
    case 20:
        string = "2";
        break;
    case 30:
        string = "3";
        break;
    default:
        return (struct value){.type = VALUE_NULL};
    }
    return (struct value){VALUE_STRING, .string = string};
}

static struct value headers_value(const af_header *list, size_t count)
{
    return (struct value){list ? VALUE_HEADERS : VALUE_NULL, .headers = {list, count}};
}

static struct value get_headers(const void *member)
{
    const af_response *response = member;
    return headers_value(response->headers, response->header_count);
}

static struct value get_trailers(const void *member)
{
    const af_response *response = member;
    return headers_value(response->trailers, response->trailer_count);
}

static struct value get_filename(const void *member)
{
    return get_string(member);
}

static struct value get_body(const void *member)
{
    const af_response *response = member;
    return (struct value){response->body ? VALUE_BODY : VALUE_NULL, .response = response};
}

const char *const outcome_words[] = {
    [OUTCOME_OK] = NULL,
    [OUTCOME_URL] = "url",
    [OUTCOME_RESOLVE] = "resolve",
    [OUTCOME_CONNECT] = "connect",
    [OUTCOME_TLS] = "tls",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_RESET] = "reset",
    [OUTCOME_PROTOCOL] = "protocol",
    [OUTCOME_REDIRECT] = "redirect",
    [OUTCOME_TOO_LARGE] = "too_large",
    [OUTCOME_IO] = "io",
    [OUTCOME_CANCELLED] = "cancelled",
    [OUTCOME_OTHER] = "other",
    [OUTCOME_STATUS] = "http",
};

#define RECORD(member) false, offsetof(struct record, member)
#define RESPONSE(member) true, offsetof(af_response, member)

const struct field record_fields[] = {
    {"index", get_size, RECORD(index), "position in the input, from 0"},
    {"url", get_url, RECORD(url), "the URL as given"},
    {"id", get_id, RECORD(id), "the 'id' of a request in JSON"},
    {"ok", get_ok, RECORD(outcome), "true if complete and the status is accepted"},
    {"error", get_error, RECORD(outcome),
     "null, or the kind of failure; see 'afetch --help errors'"},
    {"errormsg", get_string, RECORD(errormsg), "null, or the error message"},
    {"exitcode", get_int, RECORD(exitcode), "curl's exit status for this error; 0: none"},
    {"method", get_string, RECORD(method), "the request method"},
    {"url_effective", get_url_effective, RECORD(url), "the URL after redirects"},
    {"scheme", get_string, RESPONSE(scheme), "the scheme of url_effective"},
    {"http_version", get_http_version, RESPONSE(http_version), "1.0, 1.1, 2 or 3"},
    {"response_code", get_number, RESPONSE(status), "the status of the response"},
    {"content_type", get_string, RESPONSE(content_type), "the Content-Type of the response"},
    {"redirect_url", get_url, RESPONSE(redirect_url),
     "the target of a redirect that was not followed"},
    {"num_redirects", get_long, RESPONSE(redirects), "number of redirects followed"},
    {"num_retries", get_long, RECORD(retries), "number of retries (--retry)"},
    {"num_connects", get_long, RESPONSE(connects), "number of new connections; 0: one was reused"},
    {"remote_ip", get_string, RESPONSE(remote_ip), "address of the server"},
    {"remote_port", get_number, RESPONSE(remote_port), "port of the server"},
    {"local_ip", get_string, RESPONSE(local_ip), "local address"},
    {"local_port", get_number, RESPONSE(local_port), "local port"},
    {"size_download", get_bytes, RESPONSE(size_download),
     "bytes of the body received, before decompression"},
    {"size_header", get_bytes, RESPONSE(size_header), "bytes of the response headers"},
    {"size_request", get_bytes, RESPONSE(size_request), "bytes sent without the request body"},
    {"size_upload", get_bytes, RESPONSE(size_upload), "bytes of the request body sent"},
    {"speed_download", get_bytes, RESPONSE(speed_download),
     "average download rate, in bytes per second"},
    {"time_namelookup", get_phase, RESPONSE(time_namelookup), "until the host name was resolved"},
    {"time_connect", get_phase, RESPONSE(time_connect), "until the connection was established"},
    {"time_appconnect", get_phase, RESPONSE(time_appconnect),
     "until the TLS handshake was complete"},
    {"time_pretransfer", get_phase, RESPONSE(time_pretransfer), "until the request could be sent"},
    {"time_starttransfer", get_phase, RESPONSE(time_starttransfer),
     "until the first byte of the response"},
    {"time_redirect", get_duration, RESPONSE(time_redirect), "total time of the redirects"},
    {"time_total", get_duration, RESPONSE(time_total),
     "until the end; these times are those of the last attempt"},
    {"started_at", get_timestamp, RESPONSE(started_at), "date and time of the start, in UTC"},
    {"time_start", get_seconds, RECORD(time_start),
     "start of the request, in seconds from the start of the run"},
    {"time_end", get_seconds, RECORD(time_end),
     "end of the request, in seconds from the start of the run"},
    {"headers", get_headers, true, 0, "with --include-headers: names with lists of values"},
    {"trailers", get_trailers, true, 0, "with --include-headers: the trailers, after the body"},
    {"body", get_body, true, 0, "with --include-body: the body; body_base64 if it is not UTF-8"},
    {"filename", get_filename, RECORD(filename),
     "with --output-dir: file name of the body; null if there is none (HEAD, 204, 304)"},
    {.name = NULL},
};

bool field_is_body(const struct field *field)
{
    return field->get == get_body;
}

static bool is_selected(const struct fields *fields, const struct field *field)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->list[i] == field)
            return true;
    return false;
}

static int raise_unknown(const char *word, size_t length)
{
    struct suggestion suggestion = suggestion_for(word, length);
    for (const struct field *field = record_fields; field->name; field++)
        suggestion_offer(&suggestion, field->name);
    if (suggestion.nearest)
        return af_raise(-EINVAL, "--fields: unknown field '%.*s'; did you mean '%s'?", (int)length,
                        word, suggestion.nearest);
    return af_raise(-EINVAL, "--fields: unknown field '%.*s'; 'afetch --help fields' lists them",
                    (int)length, word);
}

static int select_named(const char *word, size_t length, struct fields *fields)
{
    for (const struct field *field = record_fields; field->name; field++) {
        if (strncmp(field->name, word, length) != 0 || field->name[length])
            continue;
        if (is_selected(fields, field))
            return af_raise(-EINVAL, "--fields: duplicate field '%s'", field->name);
        fields->list[fields->count++] = field;
        return 0;
    }
    return raise_unknown(word, length);
}

static int select_list(const char *list, struct fields *fields)
{
    for (;;) {
        list += strspn(list, " ");
        size_t length = strcspn(list, ","), end = length;
        while (end > 0 && list[end - 1] == ' ')
            end--;
        int r = select_named(list, end, fields);
        if (r < 0 || !list[length])
            return r;
        list += length + 1;
    }
}

int fields_select(const char *list, bool headers, bool body, bool filename,
                  struct fields *ret_fields)
{
    size_t count = sizeof record_fields / sizeof record_fields[0] - 1;
    struct fields fields = {.list = calloc(count, sizeof *fields.list)};
    if (!fields.list)
        return -ENOMEM;
    int r = list ? select_list(list, &fields) : 0;
    if (r < 0) {
        fields_free(&fields);
        return r;
    }
    for (const struct field *field = record_fields; field->name; field++) {
        bool wanted = !list;
        if (field->get == get_headers || field->get == get_trailers)
            wanted = headers;
        else if (field->get == get_body)
            wanted = body;
        else if (field->get == get_filename)
            wanted = !list && filename;
        if (wanted && !is_selected(&fields, field))
            fields.list[fields.count++] = field;
    }
    *ret_fields = fields;
    return 0;
}

void fields_free(struct fields *fields)
{
    free(fields->list);
    *fields = (struct fields){0};
}
