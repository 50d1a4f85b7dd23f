/* The routes that a client has to survive. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <afetch/task.h>

#include "routes.h"

static const char PLAIN[] = "text/plain; charset=utf-8";

static int close_after(struct exchange *exchange, int r)
{
    exchange->keep_alive = false;
    return r;
}

/* --------------------------------------------------------------- no answer */

static int get_hang(struct exchange *exchange, const char *rest)
{
    (void)rest;
    char ignored[512];
    ssize_t r;
    do
        r = af_stream_read(exchange->stream, ignored, sizeof ignored);
    while (r > 0);
    return close_after(exchange, (int)r);
}

static int get_reset(struct exchange *exchange, const char *rest)
{
    (void)rest;
    af_stream_abort(exchange->stream);
    return close_after(exchange, 0);
}

static int get_truncate(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char part[] = "This is the beginning of a body that does not come to its end.\n";
    exchange->keep_alive = false;
    int r = send_head(exchange, 200, PLAIN, NULL, 1000);
    return r < 0 ? r : send_part(exchange, part, strlen(part));
}

static int get_garbage(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char garbage[] = "\x16\x03\x01 this is no HTTP \xff\xfe\r\n\r\n\x01\x02\x03";
    return close_after(exchange, af_stream_write(exchange->stream, garbage, sizeof garbage));
}

/* The first header looks like the rest of one before it. */
static int get_folded_header(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char answer[] =
        "HTTP/1.1 200 OK\r\n folded: x\r\nContent-Length: 7\r\n\r\nfolded\n";
    exchange->keep_alive = true;
    return af_stream_write(exchange->stream, answer, strlen(answer));
}

/* The byte that TEXT begins with, percent-encoded or not; moves *TEXT behind it. */
static char next_byte(const char **text)
{
    char digits[3] = {0}, *end;
    if (**text != '%')
        return *(*text)++;
    memcpy(digits, *text + 1, strnlen(*text + 1, 2));
    long byte = strtol(digits, &end, 16);
    if (end != digits + 2)
        return *(*text)++;
    *text += 3;
    return (char)byte;
}

/* Sends the decoded query word for word, and closes the connection. */
static int get_raw(struct exchange *exchange, const char *rest)
{
    (void)rest;
    const char *query = strchr(exchange->request->target, '?');
    struct text answer = {0};
    for (const char *at = query ? query + 1 : ""; *at;)
        text_append(&answer, &(char){next_byte(&at)}, 1);
    int r = answer.failed ? -ENOMEM : af_stream_write(exchange->stream, answer.data, answer.length);
    text_free(&answer);
    return close_after(exchange, r);
}

/* The connection ends behind an answer that promised to keep it. */
static int get_hang_up(struct exchange *exchange, const char *rest)
{
    (void)rest;
    exchange->keep_alive = true;
    int r = send_answer(exchange, 200, PLAIN, NULL, "bye\n", 4);
    exchange->keep_alive = false;
    return r;
}

/* Behind an empty body there comes what looks like another answer. */
static int get_trailer(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nX-Header: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\nHTTP/1.1 418: no answer\r\n\r\n";
    exchange->keep_alive = true;
    return af_stream_write(exchange->stream, answer, strlen(answer));
}

/* Trailers without end: the body is over, and what comes behind it is not. */
static int get_trailers(struct exchange *exchange, const char *rest)
{
    (void)rest;
    int r = send_head(exchange, 200, PLAIN, NULL, CHUNKED);
    if (r >= 0)
        r = af_stream_write(exchange->stream, "5\r\nbody\n\r\n0\r\n", 13);
    struct text trailers = {0};
    for (int i = 0; i < 4096; i++)
        text_string(&trailers, "x-trailer: x\r\n");
    while (r >= 0) {
        /* Even where the client keeps up, others must have their turn. */
        r = af_sleep(0);
        if (r >= 0)
            r = af_stream_write(exchange->stream, trailers.data, trailers.length);
        if (r >= 0)
            r = af_stream_drain(exchange->stream);
    }
    text_free(&trailers);
    return r;
}

/* ------------------------------------------------------------------------------------- slow,
 * endless */

static int get_slow_headers(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char answer[] = "HTTP/1.1 200 OK\r\n"
                                 "Content-Type: text/plain\r\n"
                                 "X-Slow: a byte at a time\r\n"
                                 "Content-Length: 5\r\n"
                                 "Connection: close\r\n\r\n"
                                 "slow\n";
    const char *argument = request_arg(exchange->request, "delay");
    double delay = 0.01;
    if (argument && !read_seconds(argument, &delay))
        return send_status(exchange, 400);
    int r = 0;
    for (const char *byte = answer; r >= 0 && *byte; byte++) {
        r = af_stream_write(exchange->stream, byte, 1);
        if (r >= 0)
            r = af_sleep(delay);
    }
    return close_after(exchange, r);
}

/* Until the client goes away. */
static int get_huge(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char block[64 * 1024];
    int r = send_head(exchange, 200, "application/octet-stream", NULL, CHUNKED);
    if (strcmp(exchange->request->method, "HEAD") == 0)
        return r;
    while (r >= 0) {
        /* Even where the client keeps up, others must have their turn. */
        r = af_sleep(0);
        if (r >= 0)
            r = send_chunk(exchange, block, sizeof block);
    }
    return r;
}

static int get_header_flood(struct exchange *exchange, const char *rest)
{
    (void)rest;
    const char *argument = request_arg(exchange->request, "count");
    int64_t count = 20000;
    if (argument && !read_count(argument, 1 << 24, &count))
        return send_status(exchange, 400);
    int r = af_stream_write(exchange->stream, "HTTP/1.1 200 OK\r\n", 17);
    for (int64_t i = 0; r >= 0 && i < count; i++) {
        struct text header = {0};
        text_format(&header, "X-Flood-%lld: %0100d\r\n", (long long)i, 0);
        r = header.failed ? -ENOMEM : af_stream_write(exchange->stream, header.data, header.length);
        text_free(&header);
        if (r >= 0)
            r = af_stream_drain(exchange->stream);
    }
    static const char end[] = "Connection: close\r\nContent-Length: 6\r\n\r\nflood\n";
    return close_after(exchange, r < 0 ? r : af_stream_write(exchange->stream, end, strlen(end)));
}

/* The text before and behind the long part of a line. */
struct long_line {
    const char *place;
    const char *before;
    const char *after;
};

/* N bytes in one line: of the status, of a header, of a redirect or of a trailer. */
static int get_long_line(struct exchange *exchange, const char *rest)
{
    static const struct long_line lines[] = {
        {"header", "HTTP/1.1 200 OK\r\nX-Long: ", "\r\nContent-Length: 2\r\n\r\nhi"},
        {"status", "HTTP/1.1 200 ", "\r\nContent-Length: 2\r\n\r\nhi"},
        {"location", "HTTP/1.1 302 Found\r\nLocation: /get?", "\r\nContent-Length: 0\r\n\r\n"},
        {"trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Long: ",
         "\r\n\r\n"},
    };
    const char *place = request_arg(exchange->request, "in");
    int64_t length;
    size_t i = 0;
    while (i < sizeof lines / sizeof lines[0] - 1 &&
           strcmp(place ? place : "", lines[i].place) != 0)
        i++;
    if (!read_count(rest, 1 << 26, &length))
        return send_status(exchange, 400);
    struct text answer = {0};
    text_string(&answer, lines[i].before);
    for (int64_t count = 0; count < length; count++)
        text_append(&answer, "x", 1);
    text_string(&answer, lines[i].after);
    int r = answer.failed ? -ENOMEM : af_stream_write(exchange->stream, answer.data, answer.length);
    text_free(&answer);
    return close_after(exchange, r);
}

/* ------------------------------------------------------------------------------------- evil
 * content */

static int get_evil_headers(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char body[] = "The headers are evil.\n";
    struct text headers = {0};
    text_string(&headers, "X-Escape: \x1b[31mred\x1b[0m \x1b]0;title\x07\r\n"
                          "X-Control: \x01\x02\x08\x0b\x0c\x0e\x1f\x7f\r\n"
                          "X-Invalid-Utf8: \xff\xfe \xc3( \xed\xa0\x80 \xf5\x80\x80\x80\r\n"
                          "X-Quotes: \"'`\\ <script>&amp;</script> ,;\t=\r\n"
                          "X-Bidi: \xe2\x80\xae"
                          "gpj.exe\r\n"
                          "X-Empty:\r\n"
                          "X-Long: ");
    for (int i = 0; i < 32 * 1024; i++)
        text_append(&headers, "x", 1);
    text_string(&headers, "\r\n");
    int r = headers.failed ? -ENOMEM
                           : send_answer(exchange, 200, PLAIN, headers.data, body, strlen(body));
    text_free(&headers);
    return r;
}

static int get_invalid_utf8(struct exchange *exchange, const char *rest)
{
    (void)rest;
    static const char body[] =
        "valid: \xc3\xa9; not: \xff \xfe \xc3( \xe2\x82 \xed\xa0\x80 \xc0\xaf\n";
    return send_answer(exchange, 200, PLAIN, NULL, body, strlen(body));
}

/* --------------------------------------------------------------- redirects */

static int redirect(struct exchange *exchange, const char *header)
{
    return send_answer(exchange, 302, PLAIN, header, NULL, 0);
}

static int get_redirect_loop(struct exchange *exchange, const char *rest)
{
    (void)rest;
    return redirect(exchange, "Location: /redirect-loop\r\n");
}

static int get_redirect_file(struct exchange *exchange, const char *rest)
{
    (void)rest;
    return redirect(exchange, "Location: file:///etc/passwd\r\n");
}

/* ---------------------------------------------------------------- failures */

/* Counts the requests with a key. */
struct flake {
    struct flake *next;
    int64_t count;
    char key[];
};

static struct flake *find_flake(struct origin *origin, const char *key)
{
    for (struct flake *flake = origin->flakes; flake; flake = flake->next)
        if (strcmp(flake->key, key) == 0)
            return flake;
    size_t size = strlen(key) + 1;
    struct flake *flake = malloc(sizeof *flake + size);
    if (!flake)
        return NULL;
    *flake = (struct flake){.next = origin->flakes};
    memcpy(flake->key, key, size);
    origin->flakes = flake;
    return flake;
}

void forget_flakes(struct origin *origin)
{
    while (origin->flakes) {
        struct flake *next = origin->flakes->next;
        free(origin->flakes);
        origin->flakes = next;
    }
}

/* The time in so many seconds, as HTTP writes it. */
static void append_date(struct text *text, int64_t seconds)
{
    char date[64];
    struct tm parts;
    time_t then = time(NULL) + (time_t)seconds;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &parts));
    text_string(text, date);
}

/* As the arguments say: the name of the header, and its value or how far off its date is. */
static bool write_retry_after(const struct request *request, struct text *text)
{
    const char *name = request_arg(request, "header"), *value = request_arg(request, "after"),
               *date = request_arg(request, "date");
    int64_t seconds = 0;
    if ((name && name[strcspn(name, "\r\n")]) || (value && value[strcspn(value, "\r\n")]) ||
        (date && !read_count(date, INT32_MAX, &seconds)))
        return false;
    if (!value && !date)
        return true;
    text_format(text, "%s: ", name ? name : "Retry-After");
    if (value)
        text_string(text, value);
    else
        append_date(text, seconds);
    text_string(text, "\r\n");
    return true;
}

static int send_flake(struct exchange *exchange, int status)
{
    struct text header = {0};
    int r;
    if (!write_retry_after(exchange->request, &header))
        r = send_status(exchange, 400);
    else if (header.failed)
        r = -ENOMEM;
    else
        r = send_answer(exchange, status, PLAIN, header.data, NULL, 0);
    text_free(&header);
    return r;
}

/* N/KEY: fails the first N times that KEY is asked for, with 503 or the status asked for, then
 * 200. */
static int get_flaky(struct exchange *exchange, const char *rest)
{
    char number[20] = "";
    size_t digits = strspn(rest, "0123456789");
    const char *code = request_arg(exchange->request, "status");
    int64_t failures, status = 503;
    if (digits >= sizeof number || rest[digits] != '/')
        return send_status(exchange, 400);
    memcpy(number, rest, digits);
    if (!read_count(number, INT32_MAX, &failures) || (code && !read_count(code, 999, &status)) ||
        status < 200)
        return send_status(exchange, 400);
    struct flake *flake = find_flake(exchange->origin, rest + digits + 1);
    if (!flake)
        return -ENOMEM;
    return flake->count++ < failures ? send_flake(exchange, (int)status)
                                     : send_status(exchange, 200);
}

static int get_retry_after(struct exchange *exchange, const char *rest)
{
    int64_t seconds;
    if (!read_count(rest, INT32_MAX, &seconds))
        return send_status(exchange, 400);
    struct text header = {0};
    text_format(&header, "Retry-After: %lld\r\n", (long long)seconds);
    int r = header.failed ? -ENOMEM : send_answer(exchange, 429, PLAIN, header.data, NULL, 0);
    text_free(&header);
    return r;
}

const struct route hostile_routes[] = {
    {"/evil-headers", get_evil_headers},
    {"/flaky/", get_flaky},
    {"/folded-header", get_folded_header},
    {"/garbage", get_garbage},
    {"/hang", get_hang},
    {"/hang-up", get_hang_up},
    {"/header-flood", get_header_flood},
    {"/huge", get_huge},
    {"/invalid-utf8", get_invalid_utf8},
    {"/long-line/", get_long_line},
    {"/raw", get_raw},
    {"/redirect-file", get_redirect_file},
    {"/redirect-loop", get_redirect_loop},
    {"/reset", get_reset},
    {"/retry-after/", get_retry_after},
    {"/slow-headers", get_slow_headers},
    {"/trailer", get_trailer},
    {"/trailers", get_trailers},
    {"/truncate", get_truncate},
    {NULL, NULL},
};
