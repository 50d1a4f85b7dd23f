/* The HTTP client: cancelled requests, and many at once. */
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <afetch/http.h>

#include "http_suite.h"

/* -------------------------------------------------------------- cancelling */

static void expect_cancelled(af_future *future)
{
    cr_expect(af_future_cancel(future));
    cr_expect(af_future_cancelled(future));
    cr_expect_not(af_future_cancel(future));
    cr_expect_eq(af_request_response(future)->error, AF_HTTP_CANCELLED);
    cr_expect_eq(af_await(future, NULL), AF_CANCELLED);
    af_future_unref(future);
}

/* Cancels once the server has the request, and waits until the server has seen the connection end.
 */
static int cancel_after_answer(struct world *world, const char *answer)
{
    world->script.answer = answer;
    world_open(world);
    af_future *future = request(world, world->url);
    cr_assert_eq(af_await(world->script.first_request, NULL), 0);
    af_sleep(0.02); /* for the answer to come in, which no event of ours tells */
    cr_assert_not(af_future_done(future));
    expect_cancelled(future);
    while (world->script.hung_up == 0)
        cr_assert_eq(af_sleep(0.001), 0);
    world_close(world);
    return 0;
}

HTTP_TEST(a_request_is_cancelled_before_the_headers)
{
    return cancel_after_answer(world, "");
}

HTTP_TEST(a_request_is_cancelled_within_the_headers)
{
    return cancel_after_answer(world, "HTTP/1.1 200 OK\r\nContent-Le");
}

HTTP_TEST(a_request_is_cancelled_within_the_body)
{
    return cancel_after_answer(world, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi");
}

HTTP_TEST(a_request_is_cancelled_in_the_tick_that_made_it)
{
    world_open(world);
    expect_cancelled(request(world, world->url));
    cr_expect_eq(af_sleep(0.01), 0);
    cr_expect_eq(world->script.requests, 0);
    world_close(world);
    return 0;
}

HTTP_TEST(a_request_is_cancelled_while_its_name_is_looked_up)
{
    world_open(world);
    /* A resolver that has no network may be faster than a busy loop. */
    bool found = true;
    for (int attempt = 0; attempt < 100 && found; attempt++) {
        af_future *future = request(world, "http://name.invalid/");
        for (int i = 0; i < 3 && !af_future_done(future); i++)
            cr_assert_eq(af_sleep(0), 0);
        found = af_future_done(future);
        if (found)
            af_future_unref(future);
        else
            expect_cancelled(future);
    }
    cr_assert_not(found);
    world_close(world);
    return 0;
}

/* A port whose queue of connections is full: one more stays in the connecting. */
static void listen_full(int fds[static 3], char url[static 64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fds[0], (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(fds[0], 0), 0);
    cr_assert_eq(getsockname(fds[0], (struct sockaddr *)&address, &size), 0);
    for (int i = 1; i < 3; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        cr_assert(connect(fds[i], (struct sockaddr *)&address, size) == 0 || errno == EINPROGRESS);
    }
    snprintf(url, 64, "http://127.0.0.1:%d/", (int)ntohs(address.sin_port));
}

HTTP_TEST(a_request_is_cancelled_while_it_connects)
{
    world_open(world);
    int fds[3];
    char url[64];
    listen_full(fds, url);
    af_future *future = request(world, url);
    cr_assert_eq(af_sleep(0.02), 0);
    cr_assert_not(af_future_done(future));
    expect_cancelled(future);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    world_close(world);
    return 0;
}

HTTP_TEST(a_request_is_cancelled_while_it_agrees_on_tls)
{
    world_open(world);
    char url[64];
    snprintf(url, sizeof url, "https%s", world->url + strlen("http"));
    af_future *future = request(world, url); /* the server waits for a line that never comes */
    cr_assert_eq(af_sleep(0.05), 0);
    cr_assert_not(af_future_done(future));
    expect_cancelled(future);
    world_close(world);
    return 0;
}

HTTP_TEST(freeing_the_client_cancels_what_runs)
{
    world->script.answer = "";
    world_open(world);
    af_future *future = request(world, world->url);
    cr_assert_eq(af_await(world->script.first_request, NULL), 0);
    af_client_free(world->client);
    world->client = NULL;
    cr_expect(af_future_cancelled(future));
    af_future_unref(future);
    world_close(world);
    return 0;
}

HTTP_TEST(more_requests_than_may_be_starting_at_once_all_come_through)
{
    enum { MANY = 700 };
    static af_future *futures[MANY];
    world->options.concurrency = MANY;
    world_open(world);
    for (int i = 0; i < MANY; i++)
        futures[i] = request(world, choose_url(world, i, MANY));
    expect_cancelled(futures[MANY - 1]); /* it waits in the queue */
    for (int i = 0; i < MANY - 1; i++) {
        bool is_answered = choose_url(world, i, MANY) == world->url;
        cr_assert_eq(af_await(futures[i], NULL), 0);
        cr_assert_eq(af_request_response(futures[i])->error,
                     is_answered ? AF_HTTP_OK : AF_HTTP_CONNECT);
        af_future_unref(futures[i]);
    }
    cr_expect_eq(world->script.requests, MANY / 50);
    world_close(world);
    return 0;
}

Test(http, a_client_needs_a_running_loop)
{
    af_client *client;
    cr_expect_eq(af_client_new(NULL, &client), AF_RUNTIME_ERROR);
}

Test(http, descriptors_carry_about_as_many_requests)
{
    cr_expect_geq(af_client_concurrency(20000), 10000);
    cr_expect_leq(af_client_concurrency(1024), 1024 - 32);
    cr_expect_eq(af_client_concurrency(10), 1);
}
