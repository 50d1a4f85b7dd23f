#include "routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number that *TEXT begins with; moves it behind that and a slash. Up to a '?'. */
static size_t take_number(const char **text)
{
    char *end;
    size_t number = strtoul(*text, &end, 10);
    *text = *end == '/' ? end + 1 : end;
    return number;
}

static bool is_among_first(const struct stream *stream, size_t count)
{
    return stream->times <= count;
}

static void answer_ok(struct stream *stream)
{
    stream_respond(stream, "200", NULL, 0, 3);
}

static void answer_unknown(struct stream *stream)
{
    stream_respond(stream, "404", NULL, 0, 0);
}

static void answer_status(struct stream *stream)
{
    char status[4];
    snprintf(status, sizeof status, "%.3s", stream->rest);
    stream_respond(stream, status, NULL, 0, 3);
}

/* A body of the length of the request's. */
static void answer_upload(struct stream *stream)
{
    stream_respond(stream, "200", NULL, 0, stream->received);
}

static void answer_body(struct stream *stream)
{
    stream_respond(stream, "200", NULL, 0, take_number(&stream->rest));
}

/* Header lines of 4,000 bytes, as HTTP/1.1 has them, of a letter that HPACK does not compress. */
static void answer_headers(struct stream *stream)
{
    enum { LINE = 4000, OVERHEAD = 4 };
    static char value[LINE + 1];
    memset(value, 'X', LINE);
    size_t size = take_number(&stream->rest), count = (size + LINE - 1) / LINE;
    nghttp2_nv *headers = must(calloc(count + 1, sizeof *headers));
    for (size_t i = 0; i < count; i++) {
        size_t line = size < LINE ? size : LINE;
        headers[i] = (nghttp2_nv){(uint8_t *)"x", (uint8_t *)value, 1, 0, NGHTTP2_NV_FLAG_NO_INDEX};
        headers[i].valuelen = line > OVERHEAD + 1 ? line - OVERHEAD - 1 : 0;
        size -= line;
    }
    stream_respond(stream, "200", headers, count, 3);
    free(headers);
}

static void answer_hang(struct stream *stream)
{
    (void)stream;
}

/* ------------------------------------------------------------------ resets */

static void answer_reset(struct stream *stream)
{
    stream_reset(stream, (uint32_t)take_number(&stream->rest));
}

static void break_body(struct stream *stream, enum break_kind kind, size_t at, size_t size)
{
    stream->break_kind = kind;
    stream->break_at = at;
    stream_respond(stream, "200", NULL, 0, size);
}

static void answer_reset_after_headers(struct stream *stream)
{
    stream->code = (uint32_t)take_number(&stream->rest);
    break_body(stream, BREAK_RESET, 0, 1000);
}

static void answer_reset_in_body(struct stream *stream)
{
    stream->code = (uint32_t)take_number(&stream->rest);
    break_body(stream, BREAK_RESET, 500, 1000);
}

/* Without a length, only the end of the stream tells that the body is whole. */
static void answer_unknown_length(struct stream *stream)
{
    stream->hides_length = true;
    stream_respond(stream, "200", NULL, 0, take_number(&stream->rest));
}

static void answer_cut(struct stream *stream)
{
    stream->hides_length = true;
    stream->code = (uint32_t)take_number(&stream->rest);
    size_t size = take_number(&stream->rest);
    break_body(stream, BREAK_RESET, size, size + 1);
}

static void answer_refused(struct stream *stream)
{
    if (is_among_first(stream, take_number(&stream->rest)))
        stream_reset(stream, NGHTTP2_REFUSED_STREAM);
    else
        stream_process(stream);
}

/* ----------------------------------------------------------------- GOAWAY */

static void answer_goaway_unprocessed(struct stream *stream)
{
    struct connection *connection = stream->connection;
    if (is_among_first(stream, take_number(&stream->rest)))
        connection_go_away(connection, connection->last_stream, NGHTTP2_NO_ERROR);
    else
        stream_process(stream);
}

/* The connection ends at once, with all other streams. */
static void answer_goaway_error(struct stream *stream)
{
    struct connection *connection = stream->connection;
    uint32_t code = (uint32_t)take_number(&stream->rest);
    if (!is_among_first(stream, take_number(&stream->rest))) {
        stream_process(stream);
        return;
    }
    connection_go_away(connection, connection->last_stream, code);
    connection->ends_after_output = true;
}

/* The stream is reset. The GOAWAY includes all that was processed until then. */
static void answer_goaway_reset(struct stream *stream)
{
    answer_reset(stream);
    connection_go_away(stream->connection, stream->connection->last_stream, NGHTTP2_NO_ERROR);
}

/* DATA of no stream, on which every client has to give up the connection: RFC 9113, 6.1. */
static void answer_invalid(struct stream *stream)
{
    static const char frame[] = {0, 0, 1, NGHTTP2_DATA, 0, 0, 0, 0, 0, 'x'};
    append(&stream->connection->output, frame, sizeof frame);
}

static void answer_goaway_processed(struct stream *stream)
{
    connection_go_away(stream->connection, stream->connection->last_stream, NGHTTP2_NO_ERROR);
    answer_ok(stream);
}

static void answer_goaway_in_body(struct stream *stream)
{
    size_t size = take_number(&stream->rest);
    break_body(stream, BREAK_GOAWAY, size / 2, size);
}

/* ------------------------------------------------------------ connections */

static void answer_close(struct stream *stream)
{
    if (is_among_first(stream, take_number(&stream->rest)))
        connection_end(stream->connection);
    else
        answer_ok(stream);
}

static void answer_abort(struct stream *stream)
{
    if (is_among_first(stream, take_number(&stream->rest)))
        connection_abort(stream->connection);
    else
        answer_ok(stream);
}

/* TCP ends in good order, and TLS does not. */
static void answer_drop(struct stream *stream)
{
    if (is_among_first(stream, take_number(&stream->rest))) {
        stream->connection->skips_close_notify = true;
        connection_end(stream->connection);
    } else {
        answer_ok(stream);
    }
}

static void answer_close_in_body(struct stream *stream)
{
    size_t size = take_number(&stream->rest);
    break_body(stream, BREAK_END, size / 2, size);
}

static void answer_stall(struct stream *stream)
{
    size_t size = take_number(&stream->rest);
    break_body(stream, BREAK_STALL, size / 2, size);
}

/* ------------------------------------------------------------------ floods */

static void answer_flood(struct stream *stream)
{
    const struct flood *flood = flood_find(stream->rest);
    if (!flood) {
        answer_unknown(stream);
    } else if (flood->in_body) {
        break_body(stream, BREAK_FLOOD, 0, 1000);
    } else {
        stream->connection->flood = flood;
        stream->connection->flood_stream = stream->id;
    }
}

static void answer_flood_in_body(struct stream *stream)
{
    if (flood_find(stream->rest))
        break_body(stream, BREAK_FLOOD, 500, 1000);
    else
        answer_unknown(stream);
}

static const struct route routes[] = {
    {"/ok", answer_ok, false, "200, with a body of 3 bytes"},
    {"/status/", answer_status, false, "STATUS"},
    {"/upload", answer_upload, false, "200, with a body as long as the request's"},
    {"/body/", answer_body, false, "SIZE: a body of so many bytes"},
    {"/headers/", answer_headers, false, "SIZE: so many bytes of header lines"},
    {"/hang", answer_hang, false, "no response"},
    {"/stall/", answer_stall, false, "SIZE: half of the body, and nothing more"},
    {"/reset/", answer_reset, false, "CODE: RST_STREAM in the place of a response"},
    {"/reset-after-headers/", answer_reset_after_headers, false, "CODE"},
    {"/reset-in-body/", answer_reset_in_body, false, "CODE: after 500 of 1,000 bytes"},
    {"/unknown-length/", answer_unknown_length, false, "SIZE: a body without its length"},
    {"/cut/", answer_cut, false,
     "CODE/SIZE: the same, and then RST_STREAM in the place of its end"},
    {"/refused/", answer_refused, true, "N: REFUSED_STREAM the first N times, then as /ok"},
    {"/goaway/unprocessed/", answer_goaway_unprocessed, true,
     "N: the first N times a GOAWAY that does not include the request, then as /ok"},
    {"/goaway/error/", answer_goaway_error, true,
     "CODE/N: the same with an error, and the connection ends at once"},
    {"/goaway/reset/", answer_goaway_reset, false,
     "CODE: RST_STREAM and a GOAWAY that includes it"},
    {"/invalid", answer_invalid, false,
     "a frame that breaks the rules, in the place of a response"},
    {"/goaway/processed", answer_goaway_processed, false, "GOAWAY, then the response"},
    {"/goaway/in-body/", answer_goaway_in_body, false, "SIZE: GOAWAY after half of a whole body"},
    {"/close/", answer_close, false,
     "N: the first N times the connection ends without GOAWAY or response, then as /ok"},
    {"/abort/", answer_abort, false, "N: the same with a reset of TCP"},
    {"/drop/", answer_drop, false, "N: the same without TLS's close_notify"},
    {"/close-in-body/", answer_close_in_body, false, "SIZE: it ends after half of the body"},
    {"/flood/", answer_flood, false,
     "KIND: ping, ping-ack, settings, window-update, priority, reset, data, unknown, hints"},
    {"/flood-in-body/", answer_flood_in_body, false, "KIND: after 500 of 1,000 bytes"},
};

void routes_find(struct stream *stream)
{
    static const struct route unknown = {"", answer_unknown, false, ""};
    stream->route = &unknown;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const struct route *route = &routes[i];
        size_t length = strlen(route->path);
        if (strncmp(stream->path, route->path, length) != 0)
            continue;
        bool is_prefix = route->path[length - 1] == '/';
        if (!is_prefix && stream->path[length] != '\0' && stream->path[length] != '?')
            continue;
        stream->route = route;
        stream->rest = stream->path + length;
        return;
    }
}

void routes_print(void)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        printf("  %-24s %s\n", routes[i].path, routes[i].help);
}
