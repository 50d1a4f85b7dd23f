/* The life of a client, and the requests that it is given. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <afetch/http.h>
#include <afetch/task.h>

#include "http/client_state.h"
#include "http/cookie_line.h"
#include "http/dispatch.h"
#include "http/easy.h"
#include "http/libcurl_notes.h"
#include "http/names.h"
#include "http/redirect.h"
#include "http/request_headers.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"

/* libcurl looks through all of a multi handle's connections for every new transfer, so many are
 * spread over several; up to this many to one origin, one is best, since it reuses the most
 * connections. */
static const size_t PUMP_ROOM = 200;

/* An HTTP/2 connection carries no more requests at once than this. From the next on libcurl 7.88
 * opens a connection for nearly each, as long as those before have not shown that they carry more.
 */
static const size_t PUMP_STREAMS = 100;

/* Pumps over which origins are spread: to close the oldest idle connection, libcurl looks at all of
 * a pump's. */
static const size_t PUMPS_MINIMUM = 8;

/* libcurl's limit on a string. */
static const size_t URL_MAXIMUM = 8000000;

/* Idle connections that are kept for their origins' next requests, of all pumps together. */
static const size_t IDLE_MAXIMUM = 4096;

/* Descriptors for files and the loop itself. */
static const size_t FEW = 32;

/* Descriptors that requests do not use: those of resolvers, of multi handles, which have two each,
 * and of the caller. */
static size_t find_others(const af_client *client, const af_client_options *options)
{
    size_t resolvers = client->starting_maximum * (client->resolver ? 1 : 2);
    return resolvers + 2 * client->pump_limit + FEW + options->descriptors;
}

/* At least an eighth of the descriptors, which af_client_concurrency() leaves for it. */
static size_t choose_idle_maximum(const af_client *client, const af_client_options *options)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return IDLE_MAXIMUM;
    size_t most = (size_t)limit.rlim_cur / 8;
    size_t used = options->concurrency + find_others(client, options);
    if (options->concurrency > 0 && limit.rlim_cur > used + most)
        most = (size_t)limit.rlim_cur - used;
    return most < IDLE_MAXIMUM ? most : IDLE_MAXIMUM;
}

static int init_pumps(af_client *client, const af_client_options *options)
{
    size_t concurrency = options->concurrency ? options->concurrency : 100;
    client->pump_room = PUMP_ROOM;
    client->pump_streams = options->http_version == 11 ? PUMP_ROOM : PUMP_STREAMS;
    client->pump_limit = (concurrency + client->pump_streams - 1) / client->pump_streams;
    if (client->pump_limit < PUMPS_MINIMUM)
        client->pump_limit = PUMPS_MINIMUM;
    client->idle_maximum = choose_idle_maximum(client, options);
    origins_init(&client->origins, client->pump_limit, names_forget, client);
    client->pumps = calloc(client->pump_limit, sizeof *client->pumps);
    client->stale = calloc(client->pump_limit, sizeof *client->stale);
    return client->pumps && client->stale ? 0 : -ENOMEM;
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
    libcurl_trace_frames();
    dispatch_init(client);

    /* The first handle shows whether libcurl takes the options. */
    struct easy *easy = NULL;
    int r = settings_init(&client->settings, options);
    if (r >= 0 && watchdog_new(&client->sockets.watchdog) == -ENOMEM)
        r = -ENOMEM;
    if (r >= 0)
        r = idle_sockets_new(loop, &client->sockets.idle);
    if (r >= 0)
        r = easy_new(&client->settings, &client->sockets, &easy);
    if (r >= 0 && !settings_leave_names(&client->settings))
        r = resolver_new(loop, NULL, &client->resolver);
    if (r >= 0)
        r = init_pumps(client, options);
    if (easy)
        list_append(&client->handles, &easy->link);
    if (r < 0) {
        af_client_free(client);
        return r;
    }
    *ret_client = client;
    return 0;
}

static void free_stale(af_client *client)
{
    for (size_t i = 0; client->stale && i < client->pump_limit; i++)
        curl_slist_free_all(client->stale[i]);
    free(client->stale);
    client->stale = NULL;
}

void af_client_free(af_client *client)
{
    if (!client)
        return;
    dispatch_close(client);
    for (size_t i = 0; client->pumps && i < client->pump_limit; i++)
        pump_free(client->pumps[i]);
    free(client->pumps);
    free_stale(client);
    origins_free(&client->origins);
    resolver_free(client->resolver);
    idle_sockets_free(client->sockets.idle);
    watchdog_free(client->sockets.watchdog);
    settings_free(&client->settings);
    free(client);
    curl_global_cleanup();
}

size_t af_client_concurrency(size_t descriptors)
{
    /* The resolvers' two each, and a multi handle's two. */
    size_t starting = dispatch_starting_maximum(descriptors);
    size_t idle = descriptors / 8 < IDLE_MAXIMUM ? descriptors / 8 : IDLE_MAXIMUM;
    size_t others = 2 * starting + idle + 2 * PUMPS_MINIMUM + FEW;
    if (descriptors <= others + 1)
        return 1;
    return (descriptors - others) * PUMP_STREAMS / (PUMP_STREAMS + 2);
}

uint64_t af_client_received(const af_client *client)
{
    return client->received;
}

const struct settings *client_settings(const af_client *client)
{
    return &client->settings;
}

const char *af_http_version(void)
{
    return curl_version();
}

/* ---------------------------------------------------------------- requests */

/* One reference is the client's, until the transfer is done. */
static void begin(af_client *client, struct transfer *transfer, af_future **ret_future)
{
    *ret_future = af_future_ref(&transfer->future);
    dispatch_begin(client, transfer);
}

int af_client_request(af_client *client, const af_request *request, af_future **ret_future)
{
    struct transfer *transfer;
    if (strnlen(request->url, URL_MAXIMUM + 1) > URL_MAXIMUM)
        return af_raise(-EINVAL, "the URL is too long");
    int r =
        transfer_new(client, client->loop, request, client->settings.options.max_body, &transfer);
    if (r < 0)
        return r;
    r = request_headers_make(client->settings.headers, request, &transfer->request_headers);
    transfer->has_own_headers = transfer->request_headers;
    if (r >= 0)
        r = cookie_line_take(&transfer->request_headers, client->settings.options.cookie_files,
                             &transfer->cookies);
    if (r < 0)
        af_future_unref(&transfer->future);
    else
        begin(client, transfer, ret_future);
    return r;
}

int af_client_follow(af_client *client, const af_future *previous, af_future **ret_future)
{
    struct transfer *transfer;
    if (!af_request_redirect(previous))
        return af_raise(-EINVAL, "the response is no redirect that is followed");
    int r = redirect_follow(client, container_of(previous, struct transfer, future), &transfer);
    if (r >= 0)
        begin(client, transfer, ret_future);
    return r;
}

int af_client_fetch(af_client *client, const af_request *request, af_future **ret_future)
{
    af_future *future = NULL, *next = NULL;
    int r = af_client_request(client, request, &future);
    if (r < 0)
        return r;
    while ((r = af_await(future, NULL)) >= 0 && af_request_redirect(future)) {
        r = af_client_follow(client, future, &next);
        if (r < 0)
            break;
        af_future_unref(future);
        future = next;
    }
    if (r < 0)
        af_future_unref(future);
    else
        *ret_future = future;
    return r;
}
