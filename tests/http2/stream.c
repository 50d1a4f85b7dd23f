#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routes.h"

/* ---------------------------------------------------------------- requests */

static void run_answer(struct stream *stream)
{
    if (stream->route->is_early)
        stream_respond(stream, "200", NULL, 0, 3);
    else
        stream->route->answer(stream);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)events;
    struct stream *stream = timer->data;
    struct connection *connection = stream->connection;
    if (connection->state == CONNECTION_OPEN)
        run_answer(stream);
    connection_advance(connection);
}

static void answer_later(struct stream *stream)
{
    double delay = stream->connection->options.delay;
    if (delay <= 0) {
        run_answer(stream);
        return;
    }
    ev_timer_init(&stream->timer, on_timer, delay, 0);
    stream->timer.data = stream;
    ev_timer_start(stream->connection->server->loop, &stream->timer);
}

void stream_process(struct stream *stream)
{
    struct connection *connection = stream->connection;
    struct counters *counters = &connection->server->counters;
    char name[sizeof stream->method + sizeof stream->path + 1];
    stream->is_processed = true;
    connection->requests++;
    connection->active++;
    connection->last_stream = stream->id;
    snprintf(name, sizeof name, "%s %s", stream->method, stream->path);
    counters_add(counters, name);
    counters_raise(counters, "most_streams", (size_t)connection->active);
    if (connection->options.goaway_after &&
        connection->requests == connection->options.goaway_after)
        connection_go_away(connection, stream->id, NGHTTP2_NO_ERROR);
}

/* Streams behind a GOAWAY's are left alone, as RFC 9113 has it: 6.8. */
static bool is_ignored(const struct stream *stream)
{
    const struct connection *connection = stream->connection;
    return connection->state != CONNECTION_OPEN ||
           (connection->went_away && stream->id > connection->last_stream);
}

static void take_headers(struct stream *stream)
{
    struct counters *counters = &stream->connection->server->counters;
    char name[sizeof stream->path + 8];
    counters_add(counters, "requests");
    if (is_ignored(stream)) {
        counters_add(counters, "ignored");
        return;
    }
    snprintf(name, sizeof name, "seen %s", stream->path);
    stream->times = counters_add(counters, name);
    routes_find(stream);
    if (stream->route->is_early)
        stream->route->answer(stream);
    else
        stream_process(stream);
}

static void take_end(struct stream *stream)
{
    if (stream->is_processed)
        answer_later(stream);
}

/* --------------------------------------------------------------- responses */

/* Runs the event at this point of the body; true if no more of the body follows for now. */
static bool break_off(struct stream *stream)
{
    struct connection *connection = stream->connection;
    enum break_kind kind = stream->break_kind;
    stream->break_kind = BREAK_NOTHING;
    switch (kind) {
    case BREAK_NOTHING:
        return false;
    case BREAK_GOAWAY:
        connection_go_away(connection, connection->last_stream, NGHTTP2_NO_ERROR);
        return false;
    case BREAK_RESET:
        stream_reset(stream, stream->code);
        break;
    case BREAK_END:
        connection_end(connection);
        break;
    case BREAK_FLOOD:
        connection->flood_stream = stream->id;
        connection->flood = flood_find(stream->rest);
        break;
    case BREAK_STALL:
        break;
    }
    return true;
}

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *data, size_t size,
                         uint32_t *flags, nghttp2_data_source *source, void *arg)
{
    (void)session, (void)id, (void)arg;
    struct stream *stream = source->ptr;
    if (stream->body_sent == stream->break_at && break_off(stream))
        return NGHTTP2_ERR_DEFERRED;
    size_t end = stream->break_kind ? stream->break_at : stream->body_size;
    if (size > end - stream->body_sent)
        size = end - stream->body_sent;
    memset(data, 'x', size);
    stream->body_sent += size;
    if (stream->body_sent == stream->body_size && !stream->break_kind)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)size;
}

static nghttp2_nv make_header(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

void stream_respond(struct stream *stream, const char *status, const nghttp2_nv *more, size_t count,
                    size_t size)
{
    nghttp2_nv *headers = must(calloc(count + 3, sizeof *headers));
    char length[24];
    snprintf(length, sizeof length, "%zu", size);
    headers[0] = make_header(":status", status);
    headers[1] = make_header("content-type", "text/plain");
    size_t own = 2;
    if (!stream->hides_length)
        headers[own++] = make_header("content-length", length);
    for (size_t i = 0; i < count; i++)
        headers[own + i] = more[i];
    stream->body_size = size;
    nghttp2_data_provider body = {.source.ptr = stream, .read_callback = read_body};
    check_nghttp2(nghttp2_submit_response(stream->connection->session, stream->id, headers,
                                          own + count, &body));
    free(headers);
}

void stream_reset(struct stream *stream, uint32_t code)
{
    check_nghttp2(nghttp2_submit_rst_stream(stream->connection->session, NGHTTP2_FLAG_NONE,
                                            stream->id, code));
}

void stream_free(struct stream *stream)
{
    ev_timer_stop(stream->connection->server->loop, &stream->timer);
    list_remove(&stream->link);
    free(stream);
}

/* --------------------------------------------------------------- callbacks */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct stream *stream = must(calloc(1, sizeof *stream));
    stream->connection = arg;
    stream->id = frame->hd.stream_id;
    stream->break_at = SIZE_MAX;
    list_append(&stream->connection->streams, &stream->link);
    nghttp2_session_set_stream_user_data(session, stream->id, stream);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *arg)
{
    (void)name_length, (void)value_length, (void)flags, (void)arg;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (!stream)
        return 0;
    /* nghttp2 ends both with a NUL. */
    if (strcmp((const char *)name, ":method") == 0)
        snprintf(stream->method, sizeof stream->method, "%s", (const char *)value);
    if (strcmp((const char *)name, ":path") == 0)
        snprintf(stream->path, sizeof stream->path, "%s", (const char *)value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t size, void *arg)
{
    (void)flags, (void)data, (void)arg;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    if (stream)
        stream->received += size;
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *arg)
{
    (void)arg;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (!stream)
        return 0;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        take_headers(stream);
    if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        take_end(stream);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *arg)
{
    struct connection *connection = arg;
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);
    if (!stream)
        return 0;
    if (stream->is_processed) {
        connection->active--;
        connection->responses += error == NGHTTP2_NO_ERROR;
    }
    int most = connection->options.close_after;
    if (most && connection->responses >= most)
        connection_end(connection);
    stream_free(stream);
    return 0;
}

static nghttp2_session_callbacks *make_callbacks(void)
{
    nghttp2_session_callbacks *callbacks;
    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        die("no memory");
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    return callbacks;
}

static nghttp2_option *make_session_options(void)
{
    nghttp2_option *options;
    if (nghttp2_option_new(&options) != 0)
        die("no memory");
    nghttp2_option_set_max_send_header_block_length(options, 16 << 20);
    nghttp2_option_set_max_outbound_ack(options, 100000);
    return options;
}

nghttp2_session *stream_session(struct connection *connection)
{
    nghttp2_session *session;
    nghttp2_session_callbacks *callbacks = make_callbacks();
    nghttp2_option *options = make_session_options();
    if (nghttp2_session_server_new2(&session, callbacks, connection, options) != 0)
        die("no memory");
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(options);
    int most = connection->options.most_streams;
    nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, most ? (uint32_t)most : 100},
    };
    check_nghttp2(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, 1));
    return session;
}
