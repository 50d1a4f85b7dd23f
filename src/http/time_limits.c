#include "http/time_limits.h"

#include "http/easy_state.h"
#include "http/silence.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"

/* ---------------------------------------------------------------- connecting */

/* Seconds of a lookup and of what follows until a connection stands. */
static double connect_limit(const struct transfer *transfer)
{
    static const double CONNECT_TIMEOUT = 300; /* libcurl's */
    const af_client_options *options = &client_settings(transfer->client)->options;
    double limit = options->connect_timeout > 0 ? options->connect_timeout : CONNECT_TIMEOUT;
    double used = (double)transfer->before.time_total * 1e-6;
    if (options->attempt_timeout > 0 && options->attempt_timeout - used < limit)
        limit = options->attempt_timeout - used;
    return limit;
}

int time_limits_lookup(struct transfer *transfer)
{
    return timers_add(&transfer->future.loop->timers, &transfer->timer,
                      transfer->began + connect_limit(transfer));
}

void time_limits_connect(struct transfer *transfer)
{
    /* libcurl keeps the limit itself where it connects, and says more of it. */
    static const double LATER = 0.1;
    if (transfer->easy->waits)
        timers_add(&transfer->future.loop->timers, &transfer->timer,
                   transfer->given + connect_limit(transfer) - transfer->looked_up + LATER);
}

static void end_connecting(struct transfer *transfer, const char *text)
{
    const af_client_options *options = &client_settings(transfer->client)->options;
    double seconds = connect_limit(transfer);
    bool in_attempt = options->attempt_timeout > 0 &&
                      (options->connect_timeout == 0 || seconds < options->connect_timeout);
    transfer->failure = (struct failure){AF_HTTP_TIMEOUT,
                                         in_attempt ? AF_HTTP_LIMIT_ATTEMPT : AF_HTTP_LIMIT_CONNECT,
                                         CURLE_OPERATION_TIMEDOUT, text};
    client_finish(transfer, CURLE_OPERATION_TIMEDOUT);
}

/* ------------------------------------------------------------------- silence */

/* Of the limit, between looks at an upload. */
static const double UPLOAD_SHARE = 0.1;

void time_limits_send(struct transfer *transfer)
{
    af_loop *loop = transfer->future.loop;
    double limit = client_settings(transfer->client)->options.idle_timeout;
    if (!transfer->sent)
        timer_stop(loop, &transfer->timer);
    transfer->sent = true;
    transfer->moved = af_loop_time(loop);
    transfer->uploaded = transfer->upload_seen = 0;
    transfer->upload_end = 0;
    double first = transfer->request.content_size > 0 ? limit * UPLOAD_SHARE : limit;
    if (limit > 0 && transfer->timer.slot == 0 && list_empty(&transfer->timer.handle.link))
        timers_add(&loop->timers, &transfer->timer, transfer->moved + first);
}

/* In HTTP/2 the bytes of a connection may be other requests'. */
static bool owns_connection(const struct transfer *transfer)
{
    return !transfer->origin || transfer->origin->protocol != ORIGIN_HTTP2;
}

/* A part of the request's body is not known to be with the server. */
static bool is_uploading(const struct transfer *transfer)
{
    bool may_share = transfer->origin && transfer->origin->protocol != ORIGIN_HTTP1;
    return transfer->request.content_size > 0 && may_share &&
           ((size_t)transfer->uploaded < transfer->request.content_size ||
            transfer->upload_seen < transfer->uploaded ||
            transfer->bytes_acked < transfer->upload_end);
}

/* libcurl tells what it sends of a body. The kernel may have much of that for long, with bytes of
 * other requests; up to the last one of this body, what the server takes is no silence. */
static void look_for_upload(struct transfer *transfer, double now)
{
    uint64_t acked, written;
    curl_socket_t socket = transfer->easy->socket;
    if (socket == CURL_SOCKET_BAD)
        curl_easy_getinfo(transfer->easy->curl, CURLINFO_ACTIVESOCKET, &socket);
    if (!silence_count_sent(socket, &acked, &written))
        acked = written = transfer->upload_end;
    if (transfer->upload_seen < transfer->uploaded)
        transfer->upload_end = written;
    if (transfer->bytes_acked < transfer->upload_end && transfer->bytes_acked < acked)
        transfer->moved = now;
    transfer->upload_seen = transfer->uploaded;
    transfer->bytes_acked = acked;
}

static void look_for_bytes(struct transfer *transfer, double now)
{
    curl_socket_t socket = transfer->easy->socket;
    if (socket == CURL_SOCKET_BAD || !owns_connection(transfer))
        return;
    double silence =
        silence_of_socket(socket, transfer->request.content_size > 0, &transfer->bytes_acked);
    if (silence >= 0 && now - silence > transfer->moved)
        transfer->moved = now - silence;
}

/* The timer is not moved with every byte: it runs, and is set again if there were some. */
static void run_silence(struct transfer *transfer)
{
    af_loop *loop = transfer->future.loop;
    double limit = client_settings(transfer->client)->options.idle_timeout;
    double now = loop_due_until(loop);
    bool is_upload = is_uploading(transfer);
    if (is_upload)
        look_for_upload(transfer, now);
    else if (transfer->moved + limit <= now)
        look_for_bytes(transfer, now);
    if (transfer->moved + limit > now) {
        double next = is_upload ? now + limit * UPLOAD_SHARE : transfer->moved + limit;
        timers_add(&loop->timers, &transfer->timer, next);
        return;
    }
    transfer->failure =
        (struct failure){AF_HTTP_TIMEOUT, AF_HTTP_LIMIT_IDLE, CURLE_OPERATION_TIMEDOUT,
                         "no data received or sent for too long"};
    client_finish(transfer, CURLE_OPERATION_TIMEDOUT);
}

static int run(struct handle *handle)
{
    struct transfer *transfer =
        container_of(container_of(handle, struct timer, handle), struct transfer, timer);
    if (transfer->lookup)
        end_connecting(transfer, "name lookup timed out");
    else if (!transfer->sent)
        end_connecting(transfer, "connection timed out");
    else
        run_silence(transfer);
    return 0;
}

void time_limits_init(struct transfer *transfer)
{
    static const struct handle_type type = {.run = run};
    timer_init(&transfer->timer, &type);
}
