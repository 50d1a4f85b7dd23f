/* The routes that answer as httpbin does. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <afetch/task.h>

#include "describe.h"
#include "routes.h"

static const char JSON[] = "application/json";
static const char BYTES[] = "application/octet-stream";

/* The largest body that may be requested. */
static const int64_t MOST_BYTES = (int64_t)1 << 40;

static int send_description(struct exchange *exchange, const char *members)
{
    struct text body = {0};
    describe(&body, exchange, members);
    return send_text(exchange, 200, JSON, &body);
}

/* ------------------------------------------------------------ descriptions */

static int get_root(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char page[] =
        "<!DOCTYPE html>\n"
        "<html lang=\"en\">\n"
        "<head><meta charset=\"utf-8\"><title>The origin</title></head>\n"
        "<body><h1>The origin</h1><p>It answers as httpbin does.</p></body>\n"
        "</html>\n";
    return send_answer(exchange, 200, "text/html; charset=utf-8", NULL, page, strlen(page));
}

static int get_get(struct exchange *exchange, const char *rest)
{
    (void)rest;
    return send_description(exchange, "args headers origin url");
}

static int get_anything(struct exchange *exchange, const char *rest)
{
    (void)rest;
    return send_description(exchange, "args data files form headers json method origin url");
}

static int get_headers(struct exchange *exchange, const char *rest)
{
    (void)rest;
    return send_description(exchange, "headers");
}

static int get_user_agent(struct exchange *exchange, const char *rest)
{
    (void)rest;
    return send_description(exchange, "user-agent");
}

/* ---------------------------------------------------------------- statuses */

static int get_status(struct exchange *exchange, const char *rest)
{
    int64_t status;
    if (!read_count(rest, 999, &status) || status < 200)
        return send_status(exchange, 400);
    bool redirects = (status >= 301 && status <= 303) || status == 307 || status == 308;
    return send_answer(exchange, (int)status, "text/html; charset=utf-8",
                       redirects ? "Location: /redirect/1\r\n" : NULL, NULL, 0);
}

static int send_redirect(struct exchange *exchange, int status, const char *location)
{
    struct text header = {0};
    text_format(&header, "Location: %s\r\n", location);
    int r = header.failed
                ? -ENOMEM
                : send_answer(exchange, status, "text/html; charset=utf-8", header.data, NULL, 0);
    text_free(&header);
    return r;
}

static int get_redirect(struct exchange *exchange, const char *rest)
{
    int64_t count;
    if (!read_count(rest, INT32_MAX, &count) || count == 0)
        return send_status(exchange, 400);
    char location[32] = "/get";
    if (count > 1)
        snprintf(location, sizeof location, "/redirect/%d", (int)count - 1);
    return send_redirect(exchange, 302, location);
}

/* True if it would end the header that contains it. */
static bool breaks_lines(const char *text)
{
    return text[strcspn(text, "\r\n")] != '\0';
}

static int get_redirect_to(struct exchange *exchange, const char *rest)
{
    (void)rest;
    const char *url = request_arg(exchange->request, "url");
    const char *code = request_arg(exchange->request, "status_code");
    int64_t status = 302;
    if (!url || breaks_lines(url) || (code && !read_count(code, 399, &status)) || status < 300)
        return send_status(exchange, 400);
    return send_redirect(exchange, (int)status, url);
}

/* Sends the arguments back as headers. */
static int get_response_headers(struct exchange *exchange, const char *rest)
{
    (void)rest;
    const struct fields *args = &exchange->request->args;
    struct text headers = {0}, body = {0};
    for (size_t i = 0; i < args->count; i++) {
        if (breaks_lines(args->list[i].name) || breaks_lines(args->list[i].value))
            continue;
        text_format(&headers, "%s: %s\r\n", args->list[i].name, args->list[i].value);
    }
    describe(&body, exchange, "args");
    int r = headers.failed || body.failed
                ? -ENOMEM
                : send_answer(exchange, 200, JSON, headers.data, body.data, body.length);
    text_free(&headers);
    text_free(&body);
    return r;
}

/* ------------------------------------------------------------------ bodies */

static int get_bytes(struct exchange *exchange, const char *rest)
{
    /* Byte i of the body is i modulo 251; the block, a multiple of that, follows itself. */
    static unsigned char block[251 * 256];
    int64_t size;
    if (!read_count(rest, MOST_BYTES, &size))
        return send_status(exchange, 400);
    if (block[1] == 0)
        for (size_t i = 0; i < sizeof block; i++)
            block[i] = (unsigned char)(i % 251);
    if (size <= (int64_t)sizeof block)
        return send_answer(exchange, 200, BYTES, NULL, block, (size_t)size);

    int r = send_head(exchange, 200, BYTES, NULL, size);
    for (size_t part; r >= 0 && size > 0; size -= (int64_t)part) {
        part = size < (int64_t)sizeof block ? (size_t)size : sizeof block;
        /* Even where the client keeps up, others must have their turn. */
        r = af_sleep(0);
        if (r >= 0)
            r = send_part(exchange, block, part);
    }
    return r;
}

/* A page of so many bytes, with what has to be escaped in JSON and what is no ASCII. */
static int get_text(struct exchange *exchange, const char *rest)
{
    static const char line[] = "<p class=\"line\">A line as they are in pages: na\xc3\xafve, with "
                               "\xe2\x80\x9cquotes\xe2\x80\x9d.</p>\n";
    int64_t size;
    if (!read_count(rest, INT32_MAX, &size))
        return send_status(exchange, 400);
    struct text body = {0};
    while (!body.failed && body.length < (size_t)size)
        text_string(&body, (int64_t)(body.length + strlen(line)) <= size ? line : "\n");
    return send_text(exchange, 200, "text/html; charset=utf-8", &body);
}

static int get_delay(struct exchange *exchange, const char *rest)
{
    double seconds;
    if (!read_seconds(rest, &seconds))
        return send_status(exchange, 400);
    int r = af_sleep(seconds);
    return r < 0 ? r : send_description(exchange, "args data files form headers origin url");
}

struct drip {
    double delay;
    double duration;
    int64_t count;
    int64_t status;
};

static bool read_drip(const struct request *request, struct drip *ret_drip)
{
    const char *delay = request_arg(request, "delay"), *duration = request_arg(request, "duration"),
               *count = request_arg(request, "numbytes"), *status = request_arg(request, "code");
    struct drip drip = {.delay = 0, .duration = 2, .count = 10, .status = 200};
    if ((delay && !read_seconds(delay, &drip.delay)) ||
        (duration && !read_seconds(duration, &drip.duration)) ||
        (count && !read_count(count, MOST_BYTES, &drip.count)) ||
        (status && !read_count(status, 999, &drip.status)))
        return false;
    *ret_drip = drip;
    return drip.count > 0 && drip.status >= 200;
}

static int get_drip(struct exchange *exchange, const char *rest)
{
    (void)rest;
    struct drip drip;
    if (!read_drip(exchange->request, &drip))
        return send_status(exchange, 400);
    int r = af_sleep(drip.delay);
    if (r >= 0)
        r = send_head(exchange, (int)drip.status, BYTES, NULL, drip.count);
    for (int64_t i = 0; r >= 0 && i < drip.count; i++) {
        r = af_sleep(drip.duration / (double)drip.count);
        if (r >= 0)
            r = send_part(exchange, "*", 1);
    }
    return r;
}

static int get_stream(struct exchange *exchange, const char *rest)
{
    int64_t count;
    if (!read_count(rest, 100, &count))
        return send_status(exchange, 400);
    int r = send_head(exchange, 200, JSON, NULL, CHUNKED);
    for (int64_t i = 0; r >= 0 && i < count; i++) {
        struct text line = {0};
        describe(&line, exchange, "args headers origin url");
        if (!line.failed)
            line.length -= strlen("}\n");
        text_format(&line, ", \"id\": %lld}\n", (long long)i);
        r = line.failed ? -ENOMEM : send_chunk(exchange, line.data, line.length);
        text_free(&line);
    }
    return r < 0 ? r : send_chunk(exchange, NULL, 0);
}

/* -------------------------------------------------------------------- gzip */

static uint32_t crc32_of(const char *data, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void append_little_endian(struct text *text, uint32_t number, int bytes)
{
    for (; bytes > 0; bytes--, number >>= 8)
        text_append(text, &(unsigned char){number & 0xff}, 1);
}

/* A member of RFC 1952 whose deflate blocks are stored as they are: it takes no compressor. */
static void append_gzip(struct text *text, const char *data, size_t size)
{
    text_append(text, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    size_t left = size;
    do {
        size_t block = left < 0xffff ? left : 0xffff;
        text_append(text, left == block ? "\1" : "\0", 1);
        append_little_endian(text, (uint32_t)block, 2);
        append_little_endian(text, (uint32_t)~block, 2);
        text_append(text, data + (size - left), block);
        left -= block;
    } while (left > 0);
    append_little_endian(text, crc32_of(data, size), 4);
    append_little_endian(text, (uint32_t)size, 4);
}

static int get_gzip(struct exchange *exchange, const char *rest)
{
    (void)rest;
    struct text plain = {0}, packed = {0};
    describe(&plain, exchange, "gzipped headers method origin");
    append_gzip(&packed, plain.data, plain.length);
    int r = plain.failed || packed.failed
                ? -ENOMEM
                : send_answer(exchange, 200, JSON, "Content-Encoding: gzip\r\n", packed.data,
                              packed.length);
    text_free(&plain);
    text_free(&packed);
    return r;
}

const struct route httpbin_routes[] = {
    {"/", get_root},
    {"/anything", get_anything},
    {"/anything/", get_anything},
    {"/bytes/", get_bytes},
    {"/delay/", get_delay},
    {"/drip", get_drip},
    {"/get", get_get},
    {"/gzip", get_gzip},
    {"/headers", get_headers},
    {"/redirect-to", get_redirect_to},
    {"/redirect/", get_redirect},
    {"/response-headers", get_response_headers},
    {"/status/", get_status},
    {"/stream/", get_stream},
    {"/text/", get_text},
    {"/user-agent", get_user_agent},
    {NULL, NULL},
};
