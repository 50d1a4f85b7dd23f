/* Requests to an HTTPS host that wait for the connection of another, since the host may speak
 * HTTP/2. */
#include <criterion/criterion.h>

#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/task.h>

#include "tls_server.h"

TestSuite(waiting_requests, .timeout = 60);

enum { COUNT = 5 };

/* A host that speaks HTTP/1.1 only, and its client. */
struct world {
    struct certificate certificate;
    struct tls_server server;
    af_client_options options;
    af_client *client;
    af_response responses[COUNT]; /* of the last requests; they have no strings any more */
};

static void world_open(struct world *world)
{
    const struct certificate_request request = {.name = "server", .alternative = "IP:127.0.0.1"};
    world->certificate = certificate_new(&request);
    tls_server_start(&world->server, &world->certificate, NULL);
    world->options.insecure = true;
    cr_assert_eq(af_client_new(&world->options, &world->client), 0);
}

static void world_close(struct world *world)
{
    af_client_free(world->client);
    tls_server_stop(&world->server);
    certificate_free(&world->certificate);
}

/* Makes so many requests at once, and waits for all. */
static void ask(struct world *world, size_t count)
{
    af_future *futures[COUNT];
    const af_request request = {.url = world->server.url};
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(af_client_request(world->client, &request, &futures[i]), 0);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(af_await(futures[i], NULL), 0);
        world->responses[i] = *af_request_response(futures[i]);
        af_future_unref(futures[i]);
    }
}

static void expect_ok(const struct world *world, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(world->responses[i].error, AF_HTTP_OK, "request %zu", i);
}

#define WAITING_TEST(name)                                             \
    static int name(void *arg, void **ret_result);                     \
    Test(waiting_requests, name)                                       \
    {                                                                  \
        cr_assert_eq(af_run(NULL, name, &(struct world){0}, NULL), 0); \
    }                                                                  \
    static int name(void *arg, void **ret_result)

WAITING_TEST(the_time_to_connect_ends_the_wait_for_a_connection_that_never_stands)
{
    struct world *world = arg;
    (void)ret_result;
    static const double LIMIT = 0.3;
    world->options.connect_timeout = LIMIT;
    world->options.attempt_timeout = 30;
    world_open(world);
    world->server.hangs = COUNT;
    ask(world, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        const af_response *response = &world->responses[i];
        double seconds = response->end - response->start;
        cr_expect_eq(response->error, AF_HTTP_TIMEOUT, "request %zu", i);
        cr_expect_eq(response->limit, AF_HTTP_LIMIT_CONNECT, "request %zu", i);
        cr_expect(seconds > LIMIT - 0.01 && seconds < LIMIT + 0.5, "request %zu: %g s", i, seconds);
    }
    cr_expect_geq(world->server.hangs, COUNT - 2, "the others did not wait");
    world_close(world);
    return 0;
}

WAITING_TEST(requests_to_a_host_that_speaks_http_1_go_on_after_one_handshake)
{
    struct world *world = arg;
    (void)ret_result;
    world_open(world);
    ask(world, COUNT);
    expect_ok(world, COUNT);
    cr_expect_leq(world->server.handshakes, COUNT);
    world_close(world);
    return 0;
}

/* While the first connection never stands, the others' requests are answered. */
WAITING_TEST(requests_to_a_host_that_is_known_to_speak_http_1_wait_for_no_other)
{
    struct world *world = arg;
    (void)ret_result;
    world->options.connect_timeout = 0.5;
    world_open(world);
    world->server.ends = true;
    ask(world, 1);
    expect_ok(world, 1);
    world->server.hangs = 1;
    ask(world, COUNT);
    double end = 0; /* of the one whose connection hangs */
    for (size_t i = 0; i < COUNT; i++)
        if (world->responses[i].error == AF_HTTP_TIMEOUT)
            end = world->responses[i].end;
    size_t answered = 0; /* before */
    for (size_t i = 0; i < COUNT; i++)
        answered += world->responses[i].error == AF_HTTP_OK && world->responses[i].end < end;
    cr_expect_eq(answered, COUNT - 1);
    world_close(world);
    return 0;
}
