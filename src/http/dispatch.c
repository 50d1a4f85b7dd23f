#include "http/dispatch.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "http/callbacks.h"
#include "http/easy.h"
#include "http/libcurl_notes.h"
#include "http/names.h"
#include "http/time_limits.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"
#include "http/transfer_result.h"

/* Limits the transfers without a connection where libcurl looks names up: each may hold a thread of
 * its resolver with two descriptors. */
static const size_t STARTING_MAXIMUM = 512;

/* Limit the repeats of a request, which may itself be what ends its connections: in all, and in a
 * row without a response to any other, since each may get another connection that has ended. */
enum { RESTARTS_MAXIMUM = 20, STALLS_MAXIMUM = 6, VIOLATIONS_MAXIMUM = 1 };

/* Memory of the idle connections of all pumps, and what one takes. */
static const size_t IDLE_BYTES = 64 << 20;
static const size_t PLAIN_CONNECTION = 2 << 10;
static const size_t SECURE_CONNECTION = 66 << 10;

static void on_done(CURL *curl, CURLcode result, void *arg);
static void finish(struct transfer *transfer, CURLcode result);
static void fail(struct transfer *transfer, int r);
static void fail_lookup(struct transfer *transfer, int r);
static void on_found(void *arg, int result, struct addresses *addresses);
static int run_start_more(struct handle *handle);
static const struct handle_type start_more_type = {.run = run_start_more};

/* Before libcurl 8.1 a handle that is used again writes into freed memory where a server's first
 * header is a folded one. Before 8.17 it counts the connections that died under its earlier
 * transfers too, and gives up too soon; so one is used again only if none did. A new one costs a
 * twentieth of a request's time. */
static bool handles_are_reusable(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num >= 0x080100;
}

static size_t find_descriptors(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? SIZE_MAX : (size_t)limit.rlim_cur;
}

void dispatch_init(af_client *client)
{
    list_init(&client->handles);
    list_init(&client->queued);
    list_init(&client->active);
    handle_init(&client->start_more, &start_more_type);
    client->reuses_handles = handles_are_reusable();
    client->starting_maximum = dispatch_starting_maximum(find_descriptors());
}

void dispatch_close(af_client *client)
{
    struct list *link;
    handle_cancel(&client->start_more);
    while (!list_empty(&client->queued))
        af_future_cancel(&container_of(client->queued.next, struct transfer, link)->future);
    while (!list_empty(&client->active))
        af_future_cancel(&container_of(client->active.next, struct transfer, link)->future);
    while ((link = list_pop(&client->handles)))
        easy_free(container_of(link, struct easy, link));
}

size_t dispatch_starting_maximum(size_t descriptors)
{
    size_t most = descriptors / 16 + 1;
    return most < STARTING_MAXIMUM ? most : STARTING_MAXIMUM;
}

/* ---------------------------------------------------------------- starting */

static int make_pump(af_client *client, size_t index)
{
    int r = pump_new(client->loop, &client->sockets, on_done, client, &client->pumps[index]);
    client->pump_count += r >= 0;
    return r;
}

static size_t pump_room(const af_client *client, const struct origin *origin)
{
    bool may_be_http2 = origin->is_secure && origin->protocol != ORIGIN_HTTP1;
    return may_be_http2 ? client->pump_streams : client->pump_room;
}

static int choose_pump(af_client *client, struct transfer *transfer)
{
    size_t index = 0;
    int r = 0;
    if (transfer->origin)
        r = origin_choose_pump(transfer->origin, pump_room(client, transfer->origin), &index);
    if (r < 0)
        return r;
    if (!client->pumps[index])
        r = make_pump(client, index);
    if (r < 0) {
        if (transfer->origin)
            origin_leave_pump(transfer->origin, index);
        return r;
    }
    transfer->pump_index = index;
    transfer->pump = client->pumps[index];
    return 0;
}

static void leave_pump(struct transfer *transfer)
{
    if (transfer->pump && transfer->origin)
        origin_leave_pump(transfer->origin, transfer->pump_index);
    transfer->pump = NULL;
}

static int take_easy(af_client *client, struct easy **ret_easy)
{
    struct list *link = list_pop(&client->handles);
    if (!link)
        return easy_new(&client->settings, &client->sockets, ret_easy);
    *ret_easy = container_of(link, struct easy, link);
    return 0;
}

static void return_easy(af_client *client, struct easy *easy)
{
    easy->transfer = NULL;
    if (client->reuses_handles && !easy->altered)
        list_prepend(&client->handles, &easy->link);
    else
        easy_free(easy);
}

/* Idle connections that one pump keeps. */
static size_t idle_share(af_client *client, const struct transfer *transfer)
{
    client->has_secure |= transfer->origin && transfer->origin->is_secure;
    size_t size = client->has_secure ? SECURE_CONNECTION : PLAIN_CONNECTION;
    size_t count = IDLE_BYTES / size;
    if (count > client->idle_maximum)
        count = client->idle_maximum;
    return count / client->pump_count + 1;
}

/* ---------------------------------------------------------- giving to libcurl */

static int give_to_libcurl(af_client *client, struct transfer *transfer)
{
    struct easy *easy = NULL;
    int r = choose_pump(client, transfer);
    if (r >= 0)
        r = names_list(client, transfer);
    if (r >= 0)
        r = take_easy(client, &easy);
    if (r >= 0)
        r = easy_prepare(easy, transfer);
    if (r >= 0)
        r = pump_add(transfer->pump, easy->curl, idle_share(client, transfer));
    if (r >= 0) {
        transfer->easy = easy;
        return 0;
    }
    leave_pump(transfer);
    if (easy)
        return_easy(client, easy);
    return r;
}

static int start(af_client *client, struct transfer *transfer)
{
    bool has_waited = transfer->looked_up > 0 || transfer->restarts > 0;
    transfer->given = has_waited ? af_loop_time(client->loop) : transfer->began;
    transfer->answers = transfer->origin ? transfer->origin->answers : 0;
    int r = give_to_libcurl(client, transfer);
    if (r < 0)
        return r;
    transfer->starting = !client->resolver;
    client->starting += transfer->starting;
    list_append(&client->active, &transfer->link);
    time_limits_connect(transfer);
    return 0;
}

/* Looks the name up, and starts the transfer where that needs no wait. */
static int enter(af_client *client, struct transfer *transfer)
{
    transfer->began = af_loop_time(client->loop);
    if (!transfer->first) {
        transfer->response.started_at = clock_realtime();
        transfer->response.start = transfer->began;
    }
    /* A URL that has no origin is refused by libcurl. */
    int r = origins_take(&client->origins, transfer->request.url, &transfer->origin);
    if (r >= 0 || r == -EINVAL)
        r = names_look_up(client, transfer, on_found);
    if (r == AF_RESOLVE_ERROR) {
        fail_lookup(transfer, r);
        return 0;
    }
    return r > 0 ? start(client, transfer) : r;
}

static void start_soon(af_client *client)
{
    if (list_empty(&client->start_more.link))
        loop_ready(client->loop, &client->start_more);
}

/* libcurl works on the thread's stack alone: a coroutine's need not be larger for it, nor its
 * memory be touched. */
void dispatch_begin(af_client *client, struct transfer *transfer)
{
    time_limits_init(transfer);
    list_append(&client->queued, &transfer->link);
    if (client->starting < client->starting_maximum)
        start_soon(client);
}

/* The future of a transfer that could not be started. */
static void fail(struct transfer *transfer, int r)
{
    af_future_ref(&transfer->future);
    client_abandon(transfer);
    future_fail(&transfer->future, af_raised(r));
    af_future_unref(&transfer->future);
}

static void fail_lookup(struct transfer *transfer, int r)
{
    CURLcode code = names_explain(transfer, r);
    transfer_note_failure(transfer, (struct failure){.error = AF_HTTP_RESOLVE, .code = code}, r);
    finish(transfer, code);
}

/* Outside of libcurl's callbacks, in which nothing may be added. */
static int run_start_more(struct handle *handle)
{
    af_client *client = container_of(handle, af_client, start_more);
    while (client->starting < client->starting_maximum && !list_empty(&client->queued)) {
        struct transfer *transfer = container_of(list_pop(&client->queued), struct transfer, link);
        int r = enter(client, transfer);
        if (r < 0)
            fail(transfer, r);
    }
    return 0;
}

static void on_found(void *arg, int result, struct addresses *addresses)
{
    struct transfer *transfer = arg;
    af_client *client = transfer->client;
    transfer->lookup = NULL;
    transfer->looked_up = af_loop_time(client->loop) - transfer->began;
    timer_stop(client->loop, &transfer->timer);
    list_remove(&transfer->link);
    if (result == AF_RESOLVE_ERROR) {
        fail_lookup(transfer, result);
        return;
    }
    if (result >= 0) {
        transfer->addresses = addresses_ref(addresses);
        result = start(client, transfer);
    }
    if (result < 0)
        fail(transfer, result);
}

void client_started(struct transfer *transfer)
{
    af_client *client = transfer->client;
    if (!transfer->starting)
        return;
    transfer->starting = false;
    client->starting--;
    if (!list_empty(&client->queued))
        start_soon(client);
}

/* ------------------------------------------------------------------ ending */

/* Returns all that the transfer has of the client but its place in a list. */
static void give_back(struct transfer *transfer)
{
    af_client *client = transfer->client;
    timer_stop(client->loop, &transfer->timer);
    resolver_lookup_cancel(transfer->lookup);
    transfer->lookup = NULL;
    client_started(transfer);
    leave_pump(transfer);
    if (transfer->easy)
        return_easy(client, transfer->easy);
    transfer->easy = NULL;
    names_unlist(transfer);
}

/* The transfer is out of its pump: everything goes back to the client. */
static void let_go(struct transfer *transfer)
{
    give_back(transfer);
    list_remove(&transfer->link);
    addresses_unref(transfer->addresses);
    transfer->addresses = NULL;
    origins_give_back(&transfer->client->origins, transfer->origin);
    transfer->origin = NULL;
    transfer->client = NULL;
    af_future_unref(&transfer->future);
}

static void learn(struct origin *origin, const af_response *response)
{
    if (!origin || response->status == 0)
        return;
    origin->answers++;
    origin->protocol = response->http_version >= 20 ? ORIGIN_HTTP2 : ORIGIN_HTTP1;
}

static void finish(struct transfer *transfer, CURLcode result)
{
    transfer_finish(transfer, result);
    learn(transfer->origin, &transfer->response);
    future_finish(&transfer->future, &transfer->response, NULL);
    let_go(transfer);
}

/* True if the server may be asked once more: nothing of a response came, and it did not process the
 * request or may process it twice. */
static bool may_repeat(const struct transfer *transfer)
{
    return transfer->unanswered && !transfer_has_status(transfer) &&
           (transfer->is_idempotent || transfer->notes.is_unprocessed);
}

static void take_from_libcurl(struct transfer *transfer)
{
    pump_remove(transfer->pump, transfer->easy->curl);
    transfer->easy->altered = true;
}

void client_finish(struct transfer *transfer, CURLcode result)
{
    if (transfer->easy)
        take_from_libcurl(transfer);
    finish(transfer, result);
}

/* The rules of HTTP/2 were broken on the connection, by this response or another one. */
static bool is_violation(const struct transfer *transfer, CURLcode result)
{
    return result == CURLE_HTTP2 && transfer->easy->error_text[0];
}

/* libcurl gives up where it used several connections again that had ended, as those of a server
 * that takes few requests on each do, and mostly where an HTTP/2 connection ends. The request goes
 * out once more, and then as long as the server answers others. */
static bool starts_again(const struct transfer *transfer, CURLcode result)
{
    const struct origin *origin = transfer->origin;
    if (!origin || !may_repeat(transfer) || transfer->restarts == RESTARTS_MAXIMUM)
        return false;
    bool has_progress = origin->answers > transfer->answers;
    if (!has_progress && transfer->stalls == STALLS_MAXIMUM)
        return false;
    if (is_violation(transfer, result) && transfer->violations == VIOLATIONS_MAXIMUM)
        return false;
    bool may_be_http2 = origin->is_secure && origin->protocol != ORIGIN_HTTP1;
    switch (result) {
    case CURLE_HTTP2:        /* no stream was reset */
    case CURLE_PARTIAL_FILE: /* a stream that ended with its connection */
        return may_be_http2;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: /* without a text the headers were too large */
        return (may_be_http2 && transfer->easy->error_text[0]) ||
               libcurl_says_connections_died(transfer->easy->error_text);
    default:
        return false;
    }
}

static void on_done(CURL *curl, CURLcode result, void *arg)
{
    af_client *client = arg;
    struct easy *easy = NULL;
    curl_easy_getinfo(curl, CURLINFO_PRIVATE, &easy);
    struct transfer *transfer = easy->transfer;
    easy->altered |= result != CURLE_OK;
    if (transfer->is_enough)
        result = CURLE_OK;
    if (!starts_again(transfer, result)) {
        finish(transfer, result);
        return;
    }
    transfer->violations += is_violation(transfer, result);
    give_back(transfer);
    list_remove(&transfer->link);
    transfer_reset(transfer);
    transfer->restarts++;
    transfer->stalls = transfer->origin->answers > transfer->answers ? 0 : transfer->stalls + 1;
    int r = start(client, transfer);
    if (r < 0)
        fail(transfer, r);
}

static bool shares_connection(const struct transfer *transfer, const struct transfer *other)
{
    return other->easy && other->pump == transfer->pump && other->origin == transfer->origin &&
           other->local_port == transfer->local_port;
}

void client_watch_frames(const struct transfer *transfer)
{
    const struct list *active = &transfer->client->active;
    for (struct list *link = active->next; link != active; link = link->next) {
        struct transfer *other = container_of(link, struct transfer, link);
        if (shares_connection(transfer, other))
            easy_be_verbose(other->easy, true);
    }
}

void client_ended_stream(const struct transfer *transfer, unsigned long stream)
{
    const struct list *active = &transfer->client->active;
    for (struct list *link = active->next; link != active; link = link->next) {
        struct transfer *other = container_of(link, struct transfer, link);
        if (shares_connection(transfer, other))
            other->has_end |= other->notes.stream == stream;
    }
}

/* An idempotent request has no stream here: it needs none of this. */
void client_gone_away(const struct transfer *transfer, unsigned long last)
{
    const struct list *active = &transfer->client->active;
    for (struct list *link = active->next; link != active; link = link->next) {
        struct transfer *other = container_of(link, struct transfer, link);
        if (shares_connection(transfer, other))
            other->notes.is_unprocessed |= other->notes.stream > last;
    }
}

void client_received(struct transfer *transfer, size_t size)
{
    transfer->client->received += size;
}

void client_abandon(struct transfer *transfer)
{
    if (transfer->easy) {
        take_from_libcurl(transfer);
        transfer_finish(transfer, CURLE_ABORTED_BY_CALLBACK);
    } else if (transfer->lookup || transfer->first) {
        transfer->failure = (struct failure){.error = AF_HTTP_CANCELLED,
                                             .code = CURLE_ABORTED_BY_CALLBACK,
                                             .text = "cancelled before it was sent"};
        if (transfer->began == 0)
            transfer->began = transfer->given = af_loop_time(transfer->client->loop);
        transfer_finish(transfer, CURLE_ABORTED_BY_CALLBACK);
    } else {
        transfer->response.error = AF_HTTP_CANCELLED;
        transfer->response.error_text = "cancelled before it began";
    }
    let_go(transfer);
}
