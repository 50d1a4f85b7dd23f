#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <afetch/http.h>

#include "base/clock.h"
#include "http/transfer.h"

/* libcurl looks through all of a handle's connections for every new transfer, so many transfers are
 * spread over several; up to this many, one handle is best, since it reuses the most connections.
 */
static const size_t PUMP_ROOM = 200;

/* In HTTP/2 a connection carries no more than this; who finds it full makes one of his own. */
static const size_t PUMP_STREAMS = 100;

/* How many transfers may be without a connection at once. Each may hold a resolver's thread and its
 * two descriptors; more of them and the system runs out before the names are known. */
static const size_t MAX_STARTING = 512;

/* Idle connections that are kept for their hosts' next requests, of all pumps together. One over
 * TLS takes 66 KB. */
static const size_t IDLE_CONNECTIONS = 1000;

struct af_client {
    af_loop *loop;
    struct settings settings;
    struct watchdog *watchdog; /* NULL where no thread could be made */
    struct pump **pumps;
    size_t pump_count; /* made so far */
    size_t pump_limit;
    size_t pump_room; /* of each */
    size_t concurrency;
    struct list idle; /* easy handles, where they can be used again */
    bool reuses_handles;
    struct list queued; /* transfers that wait until others have their connections */
    struct list active;
    size_t starting;
    uint64_t received;
    struct handle start_more;
};

static void on_done(CURL *curl, CURLcode result, void *arg);
static int run_start_more(struct handle *handle);
static const struct handle_type start_more_type = {.run = run_start_more};

/* -------------------------------------------------------------------- life */

/* Before libcurl 8.1 a handle that is used again writes into freed memory where a server's first
 * header is a folded one; before 8.17 it counts the connections that died under its earlier
 * transfers too, and gives up too soon. A new one costs a twelfth of a request's time. */
static bool handles_are_reusable(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num >= 0x081100;
}

int af_client_new(const af_client_options *options, af_client **ret_client)
{
    static const af_client_options none;
    if (!options)
        options = &none;
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no loop is running in this thread");
    if (!loop->ev)
        return af_raise(-ENOTSUP, "a loop with its own poll watches no descriptors");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return -ENOMEM;
    af_client *client = calloc(1, sizeof *client);
    if (!client) {
        curl_global_cleanup();
        return -ENOMEM;
    }
    client->loop = loop;
    list_init(&client->idle);
    client->reuses_handles = handles_are_reusable();
    list_init(&client->queued);
    list_init(&client->active);
    handle_init(&client->start_more, &start_more_type);
    client->concurrency = options->concurrency ? options->concurrency : 100;
    client->pump_room = options->http_version == 20 ? PUMP_STREAMS : PUMP_ROOM;
    client->pump_limit = (client->concurrency + client->pump_room - 1) / client->pump_room;

    /* The first handle shows whether libcurl takes the options. */
    struct easy *easy = NULL;
    int r = settings_init(&client->settings, options);
    if (r >= 0 && watchdog_new(&client->watchdog) == -ENOMEM)
        r = -ENOMEM;
    if (r >= 0)
        r = easy_new(&client->settings, client->watchdog, &easy);
    if (r >= 0 && !(client->pumps = calloc(client->pump_limit, sizeof *client->pumps)))
        r = -ENOMEM;
    if (easy)
        list_append(&client->idle, &easy->link);
    if (r < 0) {
        af_client_free(client);
        return r;
    }
    *ret_client = client;
    return 0;
}

void af_client_free(af_client *client)
{
    if (!client)
        return;
    handle_cancel(&client->start_more);
    list_for_each (link, &client->queued)
        af_future_cancel(&container_of(link, struct transfer, link)->future);
    struct list *link;
    while (!list_empty(&client->active))
        af_future_cancel(&container_of(client->active.next, struct transfer, link)->future);
    while ((link = list_pop(&client->idle)))
        easy_free(container_of(link, struct easy, link));
    for (size_t i = 0; i < client->pump_count; i++)
        pump_free(client->pumps[i]);
    free(client->pumps);
    watchdog_free(client->watchdog);
    settings_free(&client->settings);
    free(client);
    curl_global_cleanup();
}

size_t af_client_concurrency(size_t descriptors)
{
    /* The resolvers' two each, a multi handle's two, and a few for files and the loop itself. */
    size_t starting = descriptors / 16 < MAX_STARTING ? descriptors / 16 : MAX_STARTING;
    size_t others = 2 * starting + 32;
    if (descriptors <= others + 1)
        return 1;
    return (descriptors - others) * PUMP_ROOM / (PUMP_ROOM + 2);
}

uint64_t af_client_received(const af_client *client)
{
    return client->received;
}

const char *af_http_version(void)
{
    return curl_version();
}

/* ---------------------------------------------------------------- starting */

/* At most a quarter of the descriptors, so that requests under way have theirs. */
static size_t idle_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur / 4 >= IDLE_CONNECTIONS)
        return IDLE_CONNECTIONS;
    return (size_t)limit.rlim_cur / 4;
}

/* The first pump with room: those that are full stay full, and the rest stay idle. */
static int choose_pump(af_client *client, struct pump **ret_pump)
{
    struct pump *least = NULL;
    for (size_t i = 0; i < client->pump_count; i++) {
        struct pump *pump = client->pumps[i];
        if (pump_load(pump) < client->pump_room) {
            *ret_pump = pump;
            return 0;
        }
        if (!least || pump_load(pump) < pump_load(least))
            least = pump;
    }
    if (client->pump_count == client->pump_limit) {
        *ret_pump = least;
        return 0;
    }
    size_t room = client->pump_room;
    size_t connections = client->concurrency < room ? client->concurrency : room;
    connections += idle_connections() / client->pump_limit;
    int r = pump_new(client->loop, connections, client->watchdog, on_done, client,
                     &client->pumps[client->pump_count]);
    if (r < 0)
        return r;
    *ret_pump = client->pumps[client->pump_count++];
    return 0;
}

static int take_easy(af_client *client, struct easy **ret_easy)
{
    struct list *link = list_pop(&client->idle);
    if (!link)
        return easy_new(&client->settings, client->watchdog, ret_easy);
    *ret_easy = container_of(link, struct easy, link);
    return 0;
}

static void return_easy(af_client *client, struct easy *easy)
{
    easy->transfer = NULL;
    if (client->reuses_handles)
        list_prepend(&client->idle, &easy->link);
    else
        easy_free(easy);
}

static int start(af_client *client, struct transfer *transfer)
{
    struct pump *pump;
    struct easy *easy;
    int r = choose_pump(client, &pump);
    if (r < 0)
        return r;
    r = take_easy(client, &easy);
    if (r < 0)
        return r;
    const char *url = transfer->request.url;
    CURLcode code = curl_easy_setopt(easy->curl, CURLOPT_URL, url);
    /* The first requests to a host that may speak HTTP/2 wait for one connection: each would make
     * one of its own otherwise. */
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_PIPEWAIT,
                                (long)(strncasecmp(url, "https:", 6) == 0));
    /* Few URLs need it, and it is copied. */
    if (code == CURLE_OK && !af_url_has_scheme(url))
        code = curl_easy_setopt(easy->curl, CURLOPT_DEFAULT_PROTOCOL, "http");
    if (code != CURLE_OK) {
        return_easy(client, easy);
        return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : af_raise(-EINVAL, "the URL is too long");
    }
    easy->transfer = transfer;
    easy->error_text[0] = '\0';
    r = easy_alter(easy, &client->settings, &transfer->request, transfer->request_headers);
    if (r >= 0)
        r = pump_add(pump, easy->curl);
    if (r < 0) {
        return_easy(client, easy);
        return r;
    }
    transfer->easy = easy;
    transfer->unpacks = client->settings.options.decompress;
    transfer->pump = pump;
    transfer->starting = true;
    client->starting++;
    list_append(&client->active, &transfer->link);
    transfer->response.started_at = clock_realtime();
    transfer->response.start = af_loop_time(client->loop);
    return 0;
}

static int enqueue(af_client *client, struct transfer *transfer)
{
    af_request *request = &transfer->request;
    transfer->url = strdup(request->url);
    if (request->method)
        transfer->method = strdup(request->method);
    if (!transfer->url || (request->method && !transfer->method))
        return -ENOMEM;
    request->url = transfer->url;
    request->method = transfer->method;
    list_append(&client->queued, &transfer->link);
    return 0;
}

int af_client_request(af_client *client, const af_request *request, af_future **ret_future)
{
    struct transfer *transfer;
    int r =
        transfer_new(client, client->loop, request, client->settings.options.max_body, &transfer);
    if (r < 0)
        return r;
    r = easy_make_headers(&client->settings, request, &transfer->request_headers);
    if (r >= 0)
        r = client->starting < MAX_STARTING ? start(client, transfer) : enqueue(client, transfer);
    if (r < 0) {
        client_abandon(transfer);
        return r;
    }
    /* One reference is the client's, until the transfer is done. */
    *ret_future = af_future_ref(&transfer->future);
    return 0;
}

/* Outside of libcurl's callbacks, in which nothing may be added. */
static int run_start_more(struct handle *handle)
{
    af_client *client = container_of(handle, af_client, start_more);
    while (client->starting < MAX_STARTING && !list_empty(&client->queued)) {
        struct transfer *transfer = container_of(list_pop(&client->queued), struct transfer, link);
        int r = start(client, transfer);
        if (r >= 0)
            continue;
        af_future_ref(&transfer->future);
        client_abandon(transfer);
        future_fail(&transfer->future, af_raised(r));
        af_future_unref(&transfer->future);
    }
    return 0;
}

void client_started(struct transfer *transfer)
{
    af_client *client = transfer->client;
    if (!transfer->starting)
        return;
    transfer->starting = false;
    client->starting--;
    if (!list_empty(&client->queued) && list_empty(&client->start_more.link))
        loop_ready(client->loop, &client->start_more);
}

/* ------------------------------------------------------------------ ending */

/* The transfer is out of its pump: everything goes back to the client. */
static void let_go(struct transfer *transfer)
{
    if (transfer->easy) {
        client_started(transfer);
        return_easy(transfer->client, transfer->easy);
    }
    list_remove(&transfer->link);
    transfer->easy = NULL;
    transfer->client = NULL;
    af_future_unref(&transfer->future);
}

static void on_done(CURL *curl, CURLcode result, void *arg)
{
    (void)arg;
    struct easy *easy = NULL;
    curl_easy_getinfo(curl, CURLINFO_PRIVATE, &easy);
    struct transfer *transfer = easy->transfer;
    transfer_settle(transfer, result);
    future_finish(&transfer->future, &transfer->response, NULL);
    let_go(transfer);
}

void client_received(struct transfer *transfer, size_t size)
{
    transfer->client->received += size;
}

void client_abandon(struct transfer *transfer)
{
    if (transfer->easy) {
        pump_remove(transfer->pump, transfer->easy->curl);
        transfer_settle(transfer, CURLE_ABORTED_BY_CALLBACK);
    } else {
        transfer->response.error = AF_HTTP_CANCELLED;
        transfer->response.error_text = "cancelled before it began";
    }
    let_go(transfer);
}

long af_request_status(const af_future *future)
{
    const struct transfer *transfer = container_of(future, struct transfer, future);
    long status = 0;
    if (future_is_transfer(future) && transfer->easy)
        curl_easy_getinfo(transfer->easy->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

void af_request_discard(af_future *future)
{
    if (future_is_transfer(future) && af_future_done(future))
        transfer_discard(container_of(future, struct transfer, future));
}

const af_response *af_request_response(const af_future *future)
{
    return future_is_transfer(future) ? &container_of(future, struct transfer, future)->response
                                      : NULL;
}
