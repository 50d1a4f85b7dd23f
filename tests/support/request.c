#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------ fields */

static int add_field(struct fields *fields, const char *name, const char *value)
{
    if (fields->count == MAX_FIELDS)
        return REFUSED(431);
    fields->list[fields->count++] = (struct field){name, value};
    return 0;
}

static const char *find_field(const struct fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (strcasecmp(fields->list[i].name, name) == 0)
            return fields->list[i].value;
    return NULL;
}

const char *request_header(const struct request *request, const char *name)
{
    return find_field(&request->headers, name);
}

const char *request_arg(const struct request *request, const char *name)
{
    return find_field(&request->args, name);
}

/* True if a header is a list that has the token. */
static bool header_has(const struct request *request, const char *name, const char *token)
{
    const char *list = request_header(request, name);
    size_t length = strlen(token);
    while (list && *list) {
        list += strspn(list, " \t,");
        size_t word = strcspn(list, " \t,");
        if (word == length && strncasecmp(list, token, length) == 0)
            return true;
        list += word;
    }
    return false;
}

/* --------------------------------------------------------------- the query */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; what is not a code stays as it is, and so does %00, which would end the string. */
static void percent_decode(char *text)
{
    char *end = text;
    for (char *at = text; *at; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *end++ = (char)(high << 4 | low);
            at += 2;
        } else {
            *end++ = *at == '+' ? ' ' : *at;
        }
    }
    *end = '\0';
}

static int parse_query(struct request *request, char *query)
{
    char *name;
    while ((name = strsep(&query, "&"))) {
        char *value = name;
        strsep(&value, "=");
        percent_decode(name);
        if (value)
            percent_decode(value);
        int r = *name ? add_field(&request->args, name, value ? value : "") : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---------------------------------------------------------------- the head */

/* The form with a path, or the absolute one that proxies get. COPY has room for it. */
static int parse_target(struct request *request, const char *target, char *copy)
{
    if (*target != '/') {
        const char *authority = strstr(target, "://");
        if (!authority)
            return REFUSED(400);
        target = authority + 3 + strcspn(authority + 3, "/");
    }
    request->target = *target ? target : "/";
    request->path = strcpy(copy, request->target);
    char *query = copy;
    strsep(&query, "?");
    return query ? parse_query(request, query) : 0;
}

static int parse_request_line(struct request *request, char *line, char *copy)
{
    request->method = strsep(&line, " ");
    char *target = strsep(&line, " ");
    if (!line || !*request->method || !*target || strncmp(line, "HTTP/", 5) != 0)
        return REFUSED(400);
    if (strcmp(line, "HTTP/1.1") != 0 && strcmp(line, "HTTP/1.0") != 0)
        return REFUSED(505);
    request->keep_alive = strcmp(line, "HTTP/1.1") == 0;
    return parse_target(request, target, copy);
}

static int parse_header(struct request *request, char *line)
{
    char *value = line + strcspn(line, ": \t");
    if (value == line || *value != ':')
        return REFUSED(400);
    *value++ = '\0';
    value += strspn(value, " \t");
    char *end = value + strlen(value);
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    return add_field(&request->headers, line, value);
}

/* A line without its end, which is cut off; NULL after the last. */
static char *next_line(char **rest)
{
    char *line = *rest, *end = line ? strstr(line, "\r\n") : NULL;
    *rest = end ? end + 2 : NULL;
    if (end)
        *end = '\0';
    return line;
}

static int parse_head(struct request *request, char *copy)
{
    char *rest = request->text;
    int r = parse_request_line(request, next_line(&rest), copy);
    char *line;
    while (r >= 0 && (line = next_line(&rest)))
        r = parse_header(request, line);
    if (r < 0)
        return r;
    if (header_has(request, "Connection", "close"))
        request->keep_alive = false;
    else if (header_has(request, "Connection", "keep-alive"))
        request->keep_alive = true;
    return 0;
}

/* Takes the head over from the stream and apart. */
static int take_head(const char *head, size_t length, struct request **ret_request)
{
    if (memchr(head, '\0', length))
        return REFUSED(400);
    struct request *request = malloc(sizeof *request + 2 * (length + 1));
    if (!request)
        return -ENOMEM;
    *request = (struct request){0};
    memcpy(request->text, head, length);
    request->text[length] = '\0';
    int r = parse_head(request, request->text + length + 1);
    if (r < 0) {
        free(request);
        return r;
    }
    *ret_request = request;
    return 0;
}

static int read_head(af_stream *stream, struct request **ret_request)
{
    const char *head;
    size_t length;
    do {
        int r = af_stream_read_until(stream, "\r\n\r\n", &head, &length);
        if (r == AF_LIMIT_OVERRUN)
            return REFUSED(431);
        if (r < 0)
            return r;
        /* Empty lines before a request are to be passed over, says RFC 9112. */
        for (; length >= 2 && memcmp(head, "\r\n", 2) == 0; length -= 2)
            head += 2;
    } while (length == 0);
    return take_head(head, length - strlen("\r\n\r\n"), ret_request);
}

/* ---------------------------------------------------------------- the body */

static int read_body(af_stream *stream, struct request *request)
{
    if (request_header(request, "Transfer-Encoding"))
        return REFUSED(411);
    const char *length = request_header(request, "Content-Length");
    if (!length)
        return 0;
    char *end;
    unsigned long long size = strtoull(length, &end, 10);
    if (*length < '0' || *length > '9' || *end)
        return REFUSED(400);
    if (size > MAX_BODY)
        return REFUSED(413);
    request->body = malloc(size + 1);
    if (!request->body)
        return -ENOMEM;
    request->body_size = size;
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    int r = header_has(request, "Expect", "100-continue")
                ? af_stream_write(stream, go_on, strlen(go_on))
                : 0;
    return r < 0 ? r : af_stream_read_exactly(stream, request->body, size);
}

int request_read(af_stream *stream, struct request **ret_request)
{
    struct request *request;
    int r = read_head(stream, &request);
    if (r >= 0) {
        r = read_body(stream, request);
        if (r >= 0) {
            *ret_request = request;
            return 1;
        }
        request_free(request);
    }
    return r == AF_INCOMPLETE_READ ? 0 : r;
}

void request_free(struct request *request)
{
    if (!request)
        return;
    free(request->body);
    free(request);
}
