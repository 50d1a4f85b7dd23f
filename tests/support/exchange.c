#include "exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {410, "Gone"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {418, "I'm a teapot"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Status";
}

/* ----------------------------------------------------------------- sending */

static bool sends_body(const struct exchange *exchange)
{
    return !exchange->request || strcmp(exchange->request->method, "HEAD") != 0;
}

/* An answer with one of these ends with its head, whatever it says. */
static bool has_no_body(int status)
{
    return status == 204 || status == 304;
}

static void write_head(struct text *text, const struct exchange *exchange, int status,
                       const char *type, const char *extra, int64_t length)
{
    text_format(text, "HTTP/1.1 %d %s\r\n", status, reason(status));
    if (!has_no_body(status))
        text_format(text, "Content-Type: %s\r\n", type);
    if (length == CHUNKED)
        text_string(text, "Transfer-Encoding: chunked\r\n");
    else if (!has_no_body(status))
        text_format(text, "Content-Length: %lld\r\n", (long long)length);
    if (extra)
        text_string(text, extra);
    text_string(text, exchange->keep_alive ? "Connection: keep-alive\r\n\r\n"
                                           : "Connection: close\r\n\r\n");
}

/* Sends and frees. */
static int flush(struct exchange *exchange, struct text *text)
{
    int r = text->failed ? -ENOMEM : af_stream_write(exchange->stream, text->data, text->length);
    text_free(text);
    return r < 0 ? r : af_stream_drain(exchange->stream);
}

int send_head(struct exchange *exchange, int status, const char *type, const char *extra,
              int64_t length)
{
    struct text text = {0};
    write_head(&text, exchange, status, type, extra, length);
    return flush(exchange, &text);
}

int send_answer(struct exchange *exchange, int status, const char *type, const char *extra,
                const void *body, size_t size)
{
    /* Head and body in one piece are one packet where they are small. */
    struct text text = {0};
    write_head(&text, exchange, status, type, extra, (int64_t)size);
    if (sends_body(exchange) && !has_no_body(status))
        text_append(&text, body, size);
    return flush(exchange, &text);
}

int send_text(struct exchange *exchange, int status, const char *type, struct text *body)
{
    int r = body->failed ? -ENOMEM
                         : send_answer(exchange, status, type, NULL, body->data, body->length);
    text_free(body);
    return r;
}

int send_part(struct exchange *exchange, const void *data, size_t size)
{
    if (!sends_body(exchange))
        return 0;
    int r = af_stream_write(exchange->stream, data, size);
    return r < 0 ? r : af_stream_drain(exchange->stream);
}

int send_chunk(struct exchange *exchange, const void *data, size_t size)
{
    if (!sends_body(exchange))
        return 0;
    struct text text = {0};
    text_format(&text, "%zx\r\n", size);
    text_append(&text, data, size);
    text_string(&text, "\r\n");
    return flush(exchange, &text);
}

int send_status(struct exchange *exchange, int status)
{
    const char *text = reason(status);
    return send_answer(exchange, status, "text/plain", NULL, text, strlen(text));
}

/* ----------------------------------------------------------------- numbers */

bool read_count(const char *text, int64_t maximum, int64_t *ret_count)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return false;
    errno = 0;
    long long count = strtoll(text, NULL, 10);
    if (errno != 0 || count > maximum)
        return false;
    *ret_count = count;
    return true;
}

bool read_seconds(const char *text, double *ret_seconds)
{
    char *end;
    if (text[strspn(text, "0123456789.")] != '\0')
        return false;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0')
        return false;
    *ret_seconds = seconds;
    return true;
}
