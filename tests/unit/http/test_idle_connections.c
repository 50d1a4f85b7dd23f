/* Connections that a server closes while they are idle: what the next request does, and how long
 * their descriptors are kept. */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/event.h>
#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/task.h>

#include "tls_server.h"

TestSuite(idle_connections, .timeout = 60);

enum { MANY = 20 };

/* A server without TLS that answers one request on each connection, once so many are there, and
 * ends the connection without saying so. */
struct server {
    af_server *server;
    size_t at_once;
    size_t waiting;
    af_event *all_are_there;
};

static int serve(af_stream *stream, void *arg)
{
    struct server *server = arg;
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    char ignored[16];
    const char *head;
    size_t length;
    int r = af_stream_read_until(stream, "\r\n\r\n", &head, &length);
    if (r >= 0 && strncmp(head, "POST", 4) == 0)
        r = af_stream_read_exactly(stream, ignored, 1);
    if (++server->waiting == server->at_once)
        af_event_set(server->all_are_there);
    if (r >= 0)
        r = af_event_wait(server->all_are_there);
    return r < 0 ? r : af_stream_write(stream, answer, strlen(answer));
}

static void server_open(struct server *server, char url[64])
{
    cr_assert_eq(af_event_new(&server->all_are_there), 0);
    cr_assert_eq(af_start_server("127.0.0.1", 0, 1024, serve, server, &server->server), 0);
    sprintf(url, "http://127.0.0.1:%d/", (int)af_server_port(server->server));
}

static void server_close(struct server *server)
{
    af_server_close(server->server);
    cr_assert_eq(af_server_wait_closed(server->server), 0);
    af_server_free(server->server);
    af_event_free(server->all_are_there);
}

/* The sockets to the port of URL, from LOCAL_PORT where it is not 0, that the peer has closed, and
 * we have not. */
static size_t count_closed_by_peer(const char *url, unsigned local_port)
{
    static const unsigned CLOSE_WAIT = 8;
    unsigned port = (unsigned)atoi(strrchr(url, ':') + 1), local, remote, state;
    size_t count = 0;
    char line[256];
    FILE *file = fopen("/proc/net/tcp", "r");
    cr_assert(file);
    while (fgets(line, sizeof line, file))
        count += sscanf(line, "%*d: %*x:%x %*x:%x %x", &local, &remote, &state) == 3 &&
                 remote == port && (local_port == 0 || local == local_port) && state == CLOSE_WAIT;
    fclose(file);
    return count;
}

static void await_closed_by_peer(const char *url, unsigned local_port, size_t count)
{
    while (count_closed_by_peer(url, local_port) != count)
        cr_assert_eq(af_sleep(0.01), 0);
}

/* ------------------------------------------------------------- the next request */

struct news {
    size_t sendings;
    bool reused;
    unsigned local_port; /* of the connection in the end */
};

static void note(const af_request_news *news, void *arg)
{
    struct news *noted = arg;
    if (news->event != AF_REQUEST_SENDING)
        return;
    noted->sendings++;
    noted->reused |= news->reused;
}

static struct news ask(af_client *client, af_request request)
{
    struct news news = {0};
    af_future *future;
    request.listener = note;
    request.listener_arg = &news;
    cr_assert_eq(af_client_fetch(client, &request, &future), 0);
    const af_response *response = af_request_response(future);
    cr_expect_eq(response->error, AF_HTTP_OK, "%s", response->error_text);
    news.local_port = (unsigned)response->local_port;
    af_future_unref(future);
    return news;
}

/* libcurl 8.22 takes a connection for good that was used within a second. */
static bool libcurl_looks_at_once(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num < 0x081600;
}

/* The server ends each connection after a response. */
static void expect_sent_once(const char *url)
{
    const af_client_options options = {.insecure = true};
    af_client *client;
    cr_assert_eq(af_client_new(&options, &client), 0);
    for (int i = 0; i < 4; i++) {
        af_request request = {.url = url};
        if (i % 2 == 1) {
            request.content = "x";
            request.content_size = 1;
        }
        struct news news = ask(client, request);
        cr_expect(!libcurl_looks_at_once() || (news.sendings == 1 && !news.reused),
                  "%s, request %d: sent %zu times", url, i, news.sendings);
        await_closed_by_peer(url, news.local_port, 1);
    }
    af_client_free(client);
}

static int run_plain(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct server server = {.at_once = 1};
    char url[64];
    server_open(&server, url);
    expect_sent_once(url);
    server_close(&server);
    return 0;
}

Test(idle_connections, a_request_after_the_end_of_one_is_sent_once_on_another)
{
    cr_assert_eq(af_run(NULL, run_plain, NULL, NULL), 0);
}

static int run_secure(void *arg, void **ret_result)
{
    (void)ret_result;
    expect_sent_once(arg);
    return 0;
}

static void expect_sent_once_in_tls(bool is_cut)
{
    struct certificate certificate = certificate_new(
        &(struct certificate_request){.name = "server", .alternative = "IP:127.0.0.1"});
    struct tls_server server;
    tls_server_start(&server, &certificate, NULL);
    server.ends = true;
    server.is_cut = is_cut;
    cr_assert_eq(af_run(NULL, run_secure, server.url, NULL), 0);
    tls_server_stop(&server);
    certificate_free(&certificate);
}

Test(idle_connections, a_request_after_the_end_of_one_with_tls_is_sent_once_on_another)
{
    expect_sent_once_in_tls(false);
    expect_sent_once_in_tls(true);
}

/* ----------------------------------------------------------------- descriptors */

static void ask_at_once(af_client *client, const char *url, size_t count)
{
    af_future *futures[MANY];
    const af_request request = {.url = url};
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(af_client_request(client, &request, &futures[i]), 0);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(af_await(futures[i], NULL), 0);
        cr_expect_eq(af_request_response(futures[i])->error, AF_HTTP_OK);
        af_future_unref(futures[i]);
    }
}

/* libcurl looks at most once a second. */
static int run_many(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct server server = {.at_once = MANY};
    char url[64];
    af_client *client;
    server_open(&server, url);
    cr_assert_eq(af_client_new(NULL, &client), 0);
    ask_at_once(client, url, MANY);
    await_closed_by_peer(url, 0, MANY);
    double begun = af_loop_time(af_running_loop());
    while (count_closed_by_peer(url, 0) > 1) {
        cr_assert_eq(af_sleep(0.05), 0);
        ask_at_once(client, url, 1);
        cr_assert_lt(af_loop_time(af_running_loop()) - begun, 5);
    }
    af_client_free(client);
    server_close(&server);
    return 0;
}

Test(idle_connections, those_that_the_server_closed_are_closed_as_requests_go_on)
{
    cr_assert_eq(af_run(NULL, run_many, NULL, NULL), 0);
}
