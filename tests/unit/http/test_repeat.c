/* Requests on connections that end without an answer: which of them are sent once more. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/task.h>

TestSuite(repeat, .timeout = 60);

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A server whose connections answer so many requests, and end at the next without an answer. */
struct brief_server {
    size_t answers;         /* of each connection */
    double ends_after;      /* seconds after its last answer that a connection ends by itself; 0: it
                               ends at the next request */
    const char *last_words; /* sent instead of an answer; NULL: nothing */
    size_t connections;
    size_t requests; /* that it read */
    af_server *server;
    af_client *client;
    char url[64];
};

static int answer_some(af_stream *stream, void *arg)
{
    struct brief_server *server = arg;
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    const char *head;
    size_t length;
    server->connections++;
    for (size_t i = 0;
         i <= server->answers && af_stream_read_until(stream, "\r\n\r\n", &head, &length) == 0;
         i++) {
        char line[1024] = "", content[16];
        memcpy(line, head, length < sizeof line ? length : sizeof line - 1);
        const char *header = strstr(line, "Content-Length: ");
        size_t size = header ? strtoul(strchr(header, ' '), NULL, 10) : 0;
        cr_assert_leq(size, sizeof content);
        int r = af_stream_read_exactly(stream, content, size);
        server->requests++;
        if (r < 0)
            return r;
        if (i == server->answers)
            return server->last_words
                       ? af_stream_write(stream, server->last_words, strlen(server->last_words))
                       : 0;
        r = af_stream_write(stream, ok, strlen(ok));
        if (r < 0)
            return r;
        if (i + 1 == server->answers && server->ends_after > 0)
            return af_sleep(server->ends_after);
    }
    return 0;
}

static void open_server(struct brief_server *server)
{
    const af_client_options options = {.concurrency = 50};
    cr_assert_eq(af_start_server("127.0.0.1", 0, 1024, answer_some, server, &server->server), 0);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d/",
             (int)af_server_port(server->server));
    cr_assert_eq(af_client_new(&options, &server->client), 0);
}

static void close_server(struct brief_server *server)
{
    af_client_free(server->client);
    af_server_close(server->server);
    cr_assert_eq(af_server_wait_closed(server->server), 0);
    af_server_free(server->server);
}

static enum af_http_error ask(struct brief_server *server, af_request request)
{
    af_future *future;
    request.url = server->url;
    cr_assert_eq(af_client_fetch(server->client, &request, &future), 0);
    enum af_http_error error = af_request_response(future)->error;
    af_future_unref(future);
    return error;
}

#define REPEAT_TEST(name)                                \
    static int name(void *arg, void **ret_result);       \
    Test(repeat, name)                                   \
    {                                                    \
        cr_assert_eq(af_run(NULL, name, NULL, NULL), 0); \
    }                                                    \
    static int name(void *arg, void **ret_result)

/* The result of one request on a kept connection that ends when it gets it. */
static void expect_on_dying_connection(af_request request, enum af_http_error error, size_t times)
{
    struct brief_server server = {.answers = 1};
    open_server(&server);
    cr_expect_eq(ask(&server, (af_request){.url = NULL}), AF_HTTP_OK);
    cr_expect_eq(server.requests, 1);
    cr_expect_eq(ask(&server, request), error, "%s", request.method);
    cr_expect_eq(server.requests, 1 + times, "%s: sent %zu times", request.method,
                 server.requests - 1);
    close_server(&server);
}

REPEAT_TEST(what_is_not_idempotent_is_sent_once_and_is_reset)
{
    (void)arg, (void)ret_result;
    static const af_request requests[] = {
        {.content = "x=1", .content_size = 3},
        {.method = "POST", .content = "x=1", .content_size = 3},
        {.method = "POST"},
        {.method = "PATCH", .content = "x", .content_size = 1},
        {.method = "PATCH"},
        {.method = "SPLIT"},
        {.method = "get"}, /* methods have a case */
    };
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_on_dying_connection(requests[i], AF_HTTP_RESET, 1);
    return 0;
}

REPEAT_TEST(what_is_idempotent_is_sent_again_on_a_new_connection)
{
    (void)arg, (void)ret_result;
    static const af_request requests[] = {
        {.method = NULL},     {.method = "GET"},
        {.method = "HEAD"},   {.method = "PUT", .content = "x=1", .content_size = 3},
        {.method = "DELETE"}, {.method = "OPTIONS"},
        {.method = "TRACE"},  {.method = "GET", .content = "x=1", .content_size = 3},
    };
    for (size_t i = 0; i < COUNT(requests); i++)
        expect_on_dying_connection(requests[i], AF_HTTP_OK, 2);
    return 0;
}

/* The first bytes of an answer are a sign that the request was processed. */
REPEAT_TEST(nothing_is_sent_again_once_an_answer_has_begun)
{
    (void)arg, (void)ret_result;
    struct brief_server server = {.answers = 1, .last_words = "HTTP/1.1 200 OK\r\nContent-"};
    open_server(&server);
    cr_expect_eq(ask(&server, (af_request){.url = NULL}), AF_HTTP_OK);
    enum af_http_error error = ask(&server, (af_request){.url = NULL});
    cr_expect_eq(error, AF_HTTP_RESET, "%d", (int)error);
    cr_expect_eq(server.requests, 2);
    close_server(&server);
    return 0;
}

REPEAT_TEST(a_new_connection_that_ends_without_an_answer_is_a_reset)
{
    (void)arg, (void)ret_result;
    struct brief_server server = {.answers = 0};
    open_server(&server);
    cr_expect_eq(ask(&server, (af_request){.url = NULL}), AF_HTTP_RESET);
    cr_expect_eq(server.requests, 1);
    cr_expect_eq(ask(&server, (af_request){.content = "x", .content_size = 1}), AF_HTTP_RESET);
    cr_expect_eq(server.requests, 2);
    close_server(&server);
    return 0;
}

REPEAT_TEST(a_connection_that_ended_while_it_was_idle_is_not_used_for_a_post)
{
    (void)arg, (void)ret_result;
    struct brief_server server = {.answers = 1, .ends_after = 0.01};
    open_server(&server);
    for (int i = 0; i < 5; i++) {
        cr_expect_eq(ask(&server, (af_request){.content = "x", .content_size = 1}), AF_HTTP_OK);
        cr_assert_eq(af_sleep(0.05), 0); /* for the end to come, which no event of ours tells */
    }
    cr_expect_eq(server.requests, 5);
    cr_expect_eq(server.connections, 5);
    close_server(&server);
    return 0;
}

/* Ten connections die one after another: libcurl alone gives up at the fifth. */
REPEAT_TEST(a_get_gets_over_many_dead_connections)
{
    (void)arg, (void)ret_result;
    enum { MANY = 20 };
    struct brief_server server = {.answers = 1};
    af_future *futures[MANY];
    open_server(&server);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) {
            af_request request = {.url = server.url};
            cr_assert_eq(af_client_request(server.client, &request, &futures[i]), 0);
        }
        for (int i = 0; i < MANY; i++) {
            cr_assert_eq(af_await(futures[i], NULL), 0);
            cr_expect_eq(af_request_response(futures[i])->error, AF_HTTP_OK, "round %d: %s", round,
                         af_request_response(futures[i])->error_text);
            af_future_unref(futures[i]);
        }
    }
    close_server(&server);
    return 0;
}

/* --------------------------------------------------------------------- many POSTs */

REPEAT_TEST(many_posts_to_one_server_share_its_connections)
{
    (void)arg, (void)ret_result;
    enum { MANY = 2000, AT_ONCE = 20 };
    struct brief_server server = {.answers = MANY};
    af_future *futures[AT_ONCE];
    open_server(&server);
    for (int i = 0; i < MANY; i++) {
        af_request request = {.url = server.url, .content = "x=1", .content_size = 3};
        af_future **future = &futures[i % AT_ONCE];
        if (i >= AT_ONCE) {
            cr_assert_eq(af_await(*future, NULL), 0);
            cr_assert_eq(af_request_response(*future)->error, AF_HTTP_OK);
            af_future_unref(*future);
        }
        cr_assert_eq(af_client_request(server.client, &request, future), 0);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        cr_assert_eq(af_await(futures[i], NULL), 0);
        af_future_unref(futures[i]);
    }
    cr_expect_eq(server.requests, MANY);
    cr_expect_leq(server.connections, AT_ONCE + 2);
    close_server(&server);
    return 0;
}
