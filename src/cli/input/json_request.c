#include "cli/input/json_request.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/blank.h"
#include "base/header_line.h"
#include "base/utf8.h"
#include "cli/options/table.h"
#include "cli/text/http_syntax.h"
#include "cli/text/suggest.h"

enum {
    LINE_MAXIMUM = 1 << 20,
    HEADERS_MAXIMUM = 1000,
    /* A request has three levels. cJSON recurses, on the stack of a coroutine. */
    DEPTH_MAXIMUM = 16,
};

/* -------------------------------------------------------------------- life */

struct json_request *json_request_ref(struct json_request *request)
{
    if (request)
        request->references++;
    return request;
}

void json_request_unref(struct json_request *request)
{
    if (!request || --request->references > 0)
        return;
    string_list_free(&request->headers);
    buffer_free(&request->body);
    free(request->error);
    free(request->url);
    free(request->method);
    free(request->filename);
    free(request->id);
    free(request);
}

void json_request_drop_default_type(struct json_request *request)
{
    if (!request || !request->has_default_type || request->headers.count == 0)
        return;
    free((char *)request->headers.strings[--request->headers.count]);
    request->headers.strings[request->headers.count] = NULL;
    request->has_default_type = false;
}

void json_request_drop_body(struct json_request *request)
{
    if (request)
        buffer_free(&request->body);
}

/* Sets the error, unless there is one. */
__attribute__((format(printf, 2, 3))) static int refuse(struct json_request *request,
                                                        const char *format, ...)
{
    if (request->error)
        return 0;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&request->error, format, arguments);
    va_end(arguments);
    if (length >= 0)
        return 0;
    request->error = NULL;
    return -ENOMEM;
}

/* -------------------------------------------------- what cJSON does not say */

struct scan {
    bool is_deep; /* the rest was not scanned */
    bool has_nul; /* in a string: cJSON would truncate it */
    /* The start of these values in the line, or NULL. */
    const char *id;
    const char *body;
    const char *body_end; /* NULL: neither an object nor an array */
};

/* The end of the string at AT, after its quote. */
static const char *scan_string(struct scan *scan, const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++) {
        if (*at != '\\')
            continue;
        if (end - at >= 6 && memcmp(at, "\\u0000", 6) == 0)
            scan->has_nul = true;
        at++;
    }
    return at < end ? at + 1 : end;
}

/* Checks if the string from START to AT is the name of a member. */
static void scan_member(struct scan *scan, const char *start, const char *at, const char *end)
{
    const char *next = skip_blanks(at, end);
    if (next == end || *next != ':')
        return;
    const char *value = skip_blanks(next + 1, end);
    size_t length = (size_t)(at - start);
    if (length == 4 && memcmp(start, "\"id\"", 4) == 0)
        scan->id = value;
    if (length != 6 || memcmp(start, "\"body\"", 6) != 0)
        return;
    scan->body = value < end && strchr("{[", *value) ? value : NULL;
    scan->body_end = NULL;
}

static void scan_line(struct scan *scan, const char *at, const char *end)
{
    int depth = 0;
    while (at < end && !scan->is_deep) {
        const char *start = at++;
        if (*start == '"') {
            at = scan_string(scan, start, end);
            if (depth == 1)
                scan_member(scan, start, at, end);
        } else if (*start == '{' || *start == '[') {
            scan->is_deep = ++depth > DEPTH_MAXIMUM;
        } else if (*start == '}' || *start == ']') {
            depth--;
            if (depth == 1 && scan->body && !scan->body_end)
                scan->body_end = at;
        }
    }
}

/* ----------------------------------------------------------------- members */

static int copy_string(struct json_request *request, const cJSON *member, char **ret_string)
{
    if (!cJSON_IsString(member))
        return refuse(request, "'%s' must be a string", member->string);
    *ret_string = strdup(member->valuestring);
    return *ret_string ? 0 : -ENOMEM;
}

static int read_url(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    (void)scan;
    return copy_string(request, member, &request->url);
}

static int read_method(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    (void)scan;
    int r = copy_string(request, member, &request->method);
    if (r >= 0 && request->method && !http_is_token(request->method, strlen(request->method)))
        r = refuse(request, "'method' must be a valid method, such as PUT");
    return r;
}

/* Sends an object or an array as it was written: parsing could change numbers. */
static int read_body(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    bool encoded = strcmp(member->string, "body_base64") == 0;
    bool is_json = !encoded && scan->body && scan->body_end && !cJSON_IsString(member);
    if (!cJSON_IsString(member) && !is_json)
        return refuse(request, "'%s' must be a string%s", member->string,
                      encoded ? "" : ", or an object or array, which is sent as JSON");
    if (request->has_body)
        return refuse(request, "'body' and 'body_base64' cannot be combined");
    request->has_body = true;
    request->has_default_type = is_json;
    const char *text = is_json ? scan->body : member->valuestring;
    size_t length = is_json ? (size_t)(scan->body_end - text) : strlen(text);
    int r = buffer_reserve(&request->body, length + 1); /* an empty one has its data too */
    if (r >= 0)
        r = encoded ? base64_decode(&request->body, text, length)
                    : buffer_append(&request->body, text, length);
    return r == -EINVAL ? refuse(request, "'body_base64' is not base64") : r;
}

static int read_filename(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    (void)scan;
    int r = copy_string(request, member, &request->filename);
    if (r >= 0 && request->filename && !request->filename[0])
        r = refuse(request, "'filename' is empty");
    return r;
}

static int read_timeout(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    (void)scan;
    double seconds = member->valuedouble;
    if (!cJSON_IsNumber(member) || !(seconds >= 0 && seconds <= OPTION_LONGEST_TIME))
        return refuse(request, "'timeout' must be a number of seconds from 0 to %d",
                      OPTION_LONGEST_TIME);
    request->timeout = seconds;
    return 0;
}

/* The length of the number at TEXT, or 0: cJSON accepts invalid ones. */
static size_t number_length(const char *text)
{
    static const char digits[] = "0123456789";
    const char *at = text + (*text == '-');
    size_t whole = strspn(at, digits);
    if (whole == 0 || (whole > 1 && *at == '0'))
        return 0;
    at += whole;
    if (*at == '.') {
        size_t fraction = strspn(at + 1, digits);
        if (fraction == 0)
            return 0;
        at += 1 + fraction;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        size_t exponent = strspn(at, digits);
        if (exponent == 0)
            return 0;
        at += exponent;
    }
    return (size_t)(at - text);
}

/* Keeps a number as it was written: a double could differ. */
static int read_id(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    if (cJSON_IsString(member))
        return copy_string(request, member, &request->id);
    size_t length = cJSON_IsNumber(member) && scan->id ? number_length(scan->id) : 0;
    if (length == 0)
        return refuse(request, "'id' must be a string or a number");
    request->id_is_number = true;
    if (asprintf(&request->id, "%.*s", (int)length, scan->id) >= 0)
        return 0;
    request->id = NULL;
    return -ENOMEM;
}

/* ----------------------------------------------------------------- headers */

static int add_header(struct json_request *request, const char *name, const char *value)
{
    bool empty = !value[strspn(value, " \t")];
    char *line;
    if (!http_is_value(value))
        return refuse(request, "'headers': '%s' contains a control character", name);
    if (request->headers.count == HEADERS_MAXIMUM)
        return refuse(request, "'headers' has more than %d entries", HEADERS_MAXIMUM);
    if (asprintf(&line, empty ? "%s;" : "%s: %s", name, value) < 0)
        return -ENOMEM;
    return string_list_take(&request->headers, line);
}

/* Adds "Name:", which as in curl removes a header. */
static int remove_header(struct json_request *request, const char *name)
{
    char *line;
    if (asprintf(&line, "%s:", name) < 0)
        return -ENOMEM;
    return string_list_take(&request->headers, line);
}

static int read_header(struct json_request *request, const cJSON *header)
{
    const char *name = header->string;
    if (request->headers.count == HEADERS_MAXIMUM)
        return refuse(request, "'headers' has more than %d entries", HEADERS_MAXIMUM);
    if (!http_is_token(name, strlen(name)))
        return refuse(request, "'headers': invalid name: use letters, digits and hyphens");
    for (const cJSON *other = header->prev; other->next; other = other->prev)
        if (strcmp(other->string, name) == 0)
            return refuse(request, "'headers': duplicate name '%.40s'; use an array", name);
    if (cJSON_IsNull(header) || (cJSON_IsArray(header) && !header->child))
        return remove_header(request, name);

    const cJSON *value = cJSON_IsArray(header) ? header->child : header;
    const cJSON *end = cJSON_IsArray(header) ? NULL : header->next;
    int r = 0;
    for (; value != end && r >= 0 && !request->error; value = value->next) {
        if (!cJSON_IsString(value))
            return refuse(request, "'headers': '%.40s' must be a string, an array of them, or null",
                          name);
        r = add_header(request, name, value->valuestring);
    }
    return r;
}

static int read_headers(struct json_request *request, const cJSON *member, const struct scan *scan)
{
    (void)scan;
    if (!cJSON_IsObject(member))
        return refuse(request, "'headers' must be an object");
    int r = 0;
    for (const cJSON *header = member->child; header && r >= 0 && !request->error;
         header = header->next)
        r = read_header(request, header);
    return r;
}

/* ---------------------------------------------------------------- the line */

static const struct {
    const char *name;
    int (*read)(struct json_request *request, const cJSON *member, const struct scan *scan);
} members[] = {
    {"url", read_url},   {"method", read_method},    {"headers", read_headers},
    {"body", read_body}, {"body_base64", read_body}, {"filename", read_filename},
    {"id", read_id},     {"timeout", read_timeout},
};

enum { MEMBERS = sizeof members / sizeof members[0] };

static size_t find_member(const char *name)
{
    size_t i = 0;
    while (i < MEMBERS && strcmp(members[i].name, name) != 0)
        i++;
    return i;
}

static int refuse_unknown(struct json_request *request, const char *name)
{
    if (request->error)
        return 0;
    struct suggestion suggestion = suggestion_for(name, strlen(name));
    for (size_t i = 0; i < MEMBERS; i++)
        suggestion_offer(&suggestion, members[i].name);
    return suggestion.nearest ? refuse(request, "unknown key '%.40s'; did you mean '%s'?", name,
                                       suggestion.nearest)
                              : refuse(request, "unknown key '%.40s'", name);
}

/* Ignores null members: programs write them for missing values. */
static int read_members(struct json_request *request, const cJSON *object, const struct scan *scan)
{
    bool seen[MEMBERS] = {false};
    int r = 0;
    for (const cJSON *member = object->child; member && r >= 0; member = member->next) {
        size_t i = find_member(member->string);
        if (i == MEMBERS)
            r = refuse_unknown(request, member->string);
        else if (seen[i])
            r = refuse(request, "duplicate key '%s'", member->string);
        else if (!cJSON_IsNull(member))
            r = members[i].read(request, member, scan);
        if (i < MEMBERS)
            seen[i] = true;
    }
    return r;
}

/* Adds the Content-Type of a JSON body, unless the line has one. */
static int add_type(struct json_request *request)
{
    request->has_default_type &= !header_lines_have(request->headers.strings, "Content-Type");
    return request->has_default_type ? add_header(request, "Content-Type", "application/json") : 0;
}

static int check_whole(struct json_request *request)
{
    int r = add_type(request);
    if (r < 0)
        return r;
    if (!request->url)
        return refuse(request, "'url' is missing");
    if (request->has_body && request->method && strcmp(request->method, "HEAD") == 0)
        return refuse(request, "a HEAD request has no body");
    return 0;
}

static int parse_object(struct json_request *request, const char *line, size_t length)
{
    struct scan scan = {0};
    scan_line(&scan, line, line + length);
    if (scan.is_deep)
        return refuse(request, "objects and arrays are nested too deeply");
    const char *end = line;
    cJSON *object = cJSON_ParseWithLengthOpts(line, length, &end, false);
    int r = 0;
    if (length == 1)
        r = refuse(request, "each line must be one URL or one complete JSON object (jq -c)");
    else if (!object || end != line + length)
        r = refuse(request, "not valid JSON at byte %zu of the line", (size_t)(end - line) + 1);
    else if (scan.has_nul)
        r = refuse(request, "a string contains NUL (\\u0000): use 'body_base64' to send it");
    if (object && r >= 0)
        r = read_members(request, object, &scan);
    cJSON_Delete(object);
    return r < 0 ? r : check_whole(request);
}

int json_request_parse(const char *line, size_t length, struct json_request **ret_request)
{
    struct json_request *request = calloc(1, sizeof *request);
    if (!request)
        return -ENOMEM;
    request->references = 1;
    request->timeout = NAN;
    buffer_init(&request->body, LINE_MAXIMUM + 1);
    int r;
    if (length > LINE_MAXIMUM)
        r = refuse(request, "line is longer than %d bytes", LINE_MAXIMUM);
    else if (memchr(line, '\0', length))
        r = refuse(request, "line contains a NUL byte");
    else if (!utf8_valid(line, length))
        r = refuse(request, "line is not valid UTF-8, as JSON requires");
    else
        r = parse_object(request, line, length);
    if (r < 0) {
        json_request_unref(request);
        return r;
    }
    *ret_request = request;
    return 0;
}
