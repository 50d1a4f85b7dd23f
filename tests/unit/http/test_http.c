/* The HTTP client, against a server of a few lines in the same loop. */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <afetch/http.h>

#include "http_suite.h"

TestSuite(http, .timeout = 30);

HTTP_TEST(a_request_becomes_a_future_whose_result_is_the_response)
{
    world_open(world);
    af_future *future;
    const af_response *response = fetch(world, world->url, &future);
    cr_expect_eq(response->error, AF_HTTP_OK);
    cr_expect_eq(response->status, 200);
    cr_expect_eq(response->http_version, 11);
    cr_expect_str_eq(response->method, "GET");
    cr_expect_str_eq(response->scheme, "http");
    cr_expect_str_eq(response->url, world->url);
    cr_expect_str_eq(response->remote_ip, "127.0.0.1");
    cr_expect_str_eq(response->body, "hi");
    cr_expect_eq(response->body_size, 2);
    cr_expect_eq(response->size_download, 2);
    cr_expect_eq(response->connects, 1);
    cr_expect_gt(response->time_total, 0);
    cr_expect_geq(response->end, response->start);
    af_future_unref(future);
    world_close(world);
    return 0;
}

HTTP_TEST(headers_keep_their_order_and_have_names_in_lower_case)
{
    world_open(world);
    af_future *future;
    const af_response *response = fetch(world, world->url, &future);
    cr_assert_eq(response->header_count, 3);
    cr_expect_str_eq(response->headers[0].name, "content-length");
    cr_expect_str_eq(response->headers[1].name, "x-word");
    cr_expect_str_eq(response->headers[1].value, "One");
    cr_expect_str_eq(response->headers[2].value, "two");
    af_future_unref(future);
    world_close(world);
    return 0;
}

HTTP_TEST(a_connection_is_used_again)
{
    world_open(world);
    for (long connects = 1; connects >= 0; connects--) {
        af_future *future;
        cr_expect_eq(fetch(world, world->url, &future)->connects, connects);
        af_future_unref(future);
    }
    world_close(world);
    return 0;
}

HTTP_TEST(connections_outlive_a_moment_in_which_no_request_runs)
{
    world_open(world);
    af_future *futures[20];
    long connects = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++)
            futures[i] = request(world, world->url);
        for (int i = 0; i < 20; i++) {
            void *response;
            cr_assert_eq(af_await(futures[i], &response), 0);
            connects += ((const af_response *)response)->connects;
            af_future_unref(futures[i]);
        }
    }
    cr_expect_eq(connects, 20);
    world_close(world);
    return 0;
}

HTTP_TEST(a_response_outlives_its_client)
{
    world_open(world);
    af_future *future;
    const af_response *response = fetch(world, world->url, &future);
    world_close(world);
    cr_expect_str_eq(response->body, "hi");
    af_future_unref(future);
    return 0;
}

static void expect_error(struct world *world, const char *url, enum af_http_error error)
{
    af_future *future;
    const af_response *response = fetch(world, url, &future);
    cr_expect_eq(response->error, error, "%d instead of %d: %s", (int)response->error, (int)error,
                 response->error_text);
    cr_expect_not_null(response->error_text);
    cr_expect_neq(response->curl_code, 0);
    af_future_unref(future);
}

HTTP_TEST(what_is_no_web_address_is_an_error_of_the_url)
{
    world_open(world);
    expect_error(world, "file:///etc/passwd", AF_HTTP_URL);
    expect_error(world, "http://", AF_HTTP_URL);
    expect_error(world, "ht tp://x/", AF_HTTP_URL);
    world_close(world);
    return 0;
}

HTTP_TEST(a_port_where_nobody_listens_is_an_error_of_connecting)
{
    world_open(world);
    expect_error(world, "http://127.0.0.1:1/", AF_HTTP_CONNECT);
    world_close(world);
    return 0;
}

HTTP_TEST(an_answer_that_is_no_http_is_an_error_of_protocol)
{
    world->script.answer = "SSH-2.0-OpenSSH\r\n\r\n";
    world->script.close = true;
    world_open(world);
    expect_error(world, world->url, AF_HTTP_PROTOCOL);
    world_close(world);
    return 0;
}

HTTP_TEST(a_body_that_ends_too_early_is_a_reset)
{
    world->script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi";
    world->script.close = true;
    world_open(world);
    expect_error(world, world->url, AF_HTTP_RESET);
    world_close(world);
    return 0;
}

HTTP_TEST(a_redirect_to_a_file_is_refused)
{
    world->script.answer = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
                           "Content-Length: 0\r\n\r\n";
    world->options.follow_redirects = true;
    world->options.max_redirects = 5;
    world_open(world);
    expect_error(world, world->url, AF_HTTP_REDIRECT);
    world_close(world);
    return 0;
}

HTTP_TEST(a_body_over_the_maximum_is_too_large_even_without_a_length)
{
    world->script.answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789";
    world->script.close = true;
    world->options.max_body = 9;
    world_open(world);
    expect_error(world, world->url, AF_HTTP_TOO_LARGE);
    world->script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    expect_error(world, world->url, AF_HTTP_TOO_LARGE);
    world_close(world);
    return 0;
}

static enum af_http_limit limit_of(struct world *world)
{
    af_future *future;
    enum af_http_limit limit = fetch(world, world->url, &future)->limit;
    af_future_unref(future);
    return limit;
}

HTTP_TEST(a_response_tells_which_limit_of_size_ended_it)
{
    enum { HEADERS = 5 << 20 };
    static char answer[HEADERS + 64];
    world->script.close = true;
    world->options.max_body = 9;
    world_open(world);
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_NONE);
    world->script.answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789";
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_BODY);
    world->script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_BODY);
    size_t at = (size_t)sprintf(answer, "HTTP/1.1 200 OK\r\n");
    while (at < HEADERS)
        at += (size_t)sprintf(answer + at, "X-Filler: 0123456789\r\n");
    world->script.answer = answer;
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_HEADERS);
    world_close(world);
    return 0;
}

/* Answers with the beginning of a body, and is silent then. */
static void begin_silence(struct world *world)
{
    world->script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi";
    world_open(world);
}

HTTP_TEST(a_response_tells_that_the_time_of_its_attempt_ended_it)
{
    world->options.attempt_timeout = 0.1;
    world->options.idle_timeout = 20;
    begin_silence(world);
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_ATTEMPT);
    world_close(world);
    return 0;
}

HTTP_TEST(a_response_tells_that_silence_ended_it)
{
    world->options.attempt_timeout = 20;
    world->options.idle_timeout = 1;
    begin_silence(world);
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_IDLE);
    world_close(world);
    return 0;
}

/* Fills the queue of a listening socket, so that no further connection to it is accepted. */
static void fill_listener(int fds[4], char *url)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    for (int i = 0; i < 4; i++)
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    cr_assert_eq(bind(fds[0], (struct sockaddr *)&address, length), 0);
    cr_assert_eq(getsockname(fds[0], (struct sockaddr *)&address, &length), 0);
    cr_assert_eq(listen(fds[0], 0), 0);
    for (int i = 1; i < 4; i++)
        cr_assert(connect(fds[i], (struct sockaddr *)&address, length) == 0 ||
                  errno == EINPROGRESS);
    sprintf(url, "http://127.0.0.1:%d/", (int)ntohs(address.sin_port));
}

HTTP_TEST(a_response_tells_that_the_time_to_connect_ended_it)
{
    int fds[4];
    world->options.attempt_timeout = 20;
    world->options.connect_timeout = 0.1;
    world_open(world);
    fill_listener(fds, world->url);
    cr_expect_eq(limit_of(world), AF_HTTP_LIMIT_CONNECT);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
    world_close(world);
    return 0;
}

HTTP_TEST(a_body_of_just_the_maximum_is_kept)
{
    world->options.max_body = 2;
    world_open(world);
    af_future *future;
    const af_response *response = fetch(world, world->url, &future);
    cr_expect_eq(response->error, AF_HTTP_OK);
    cr_expect_str_eq(response->body, "hi");
    af_future_unref(future);
    world_close(world);
    return 0;
}

static int collect(const void *data, size_t size, void *arg)
{
    strncat(arg, data, size);
    return 0;
}

static int refuse(const void *data, size_t size, void *arg)
{
    (void)data, (void)size, (void)arg;
    return -ENOSPC;
}

HTTP_TEST(a_body_goes_to_the_callback_and_the_callback_may_end_it)
{
    world_open(world);
    char body[16] = "";
    af_request wanted = {
        .url = world->url, .body = AF_BODY_CALLBACK, .on_body = collect, .on_body_arg = body};
    af_future *future;
    cr_assert_eq(af_client_request(world->client, &wanted, &future), 0);
    cr_assert_eq(af_await(future, NULL), 0);
    cr_expect_str_eq(body, "hi");
    af_future_unref(future);

    wanted.on_body = refuse;
    cr_assert_eq(af_client_request(world->client, &wanted, &future), 0);
    cr_assert_eq(af_await(future, NULL), 0);
    cr_expect_eq(af_request_response(future)->error, AF_HTTP_IO);
    af_future_unref(future);
    world_close(world);
    return 0;
}

/* ----------------------------------------------------------------------- hosts */

Test(http, a_url_has_a_host_and_a_port)
{
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"http://example.com", "example.com:80"},
        {"https://EXAMPLE.com/path?query#x", "example.com:443"},
        {"http://user:password@example.com:8080/", "example.com:8080"},
        {"example.com/a?u=b", "example.com:80"},
        {"ftp.example.com/a", "ftp.example.com:80"},
        {"localhost:8000/x", "localhost:8000"},
        {"http://127.0.0.1:1", "127.0.0.1:1"},
        {"http://[::1]/", "[::1]:80"},
        {"HTTP://x", "x:80"},
        {"http://Example.com./", "example.com:80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *host = NULL;
        cr_expect_eq(af_url_host(cases[i].url, &host), 0, "%s", cases[i].url);
        cr_expect_str_eq(host ? host : "", cases[i].host, "%s", cases[i].url);
        free(host);
    }
    static const char *const wrong[] = {
        "", "http://", "http:///", "http://a b/", "http://x:99999/", "http://x:y/", "http://[::1/"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *host = NULL;
        cr_expect_eq(af_url_host(wrong[i], &host), -EINVAL, "%s", wrong[i]);
        cr_expect_null(host);
    }
}

Test(http, a_url_that_cannot_be_asked_for_is_told_why)
{
    static const struct {
        const char *url, *text; /* NULL: it can */
    } cases[] = {
        {"http://example.com", NULL},
        {"HTTPS://example.com/a?b#c", NULL},
        {"ftp.example.com/a", NULL},
        {"ftp://example.com/", "the scheme is neither http nor https"},
        {"unknown://example.com/", "the scheme is neither http nor https"},
        {"file:///etc/passwd", "the scheme is neither http nor https"},
        {"http://", "not a URL: "},
        {"http://x:99999/", "not a URL: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int r = af_url_check(cases[i].url);
        cr_expect_eq(r, cases[i].text ? -EINVAL : 0, "%s", cases[i].url);
        if (cases[i].text)
            cr_expect(strncmp(af_error_text(af_raised(r)), cases[i].text, strlen(cases[i].text)) ==
                          0,
                      "%s: %s", cases[i].url, af_error_text(af_raised(r)));
    }
}

static void expect_retry_after(struct world *world, const char *header, int64_t least, int64_t most)
{
    char answer[256];
    snprintf(answer, sizeof answer, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n%s\r\n", header);
    world->script.answer = answer;
    af_future *future;
    int64_t seconds = fetch(world, world->url, &future)->retry_after;
    cr_expect(seconds >= least && seconds <= most, "%s: %lld", header, (long long)seconds);
    af_future_unref(future);
}

HTTP_TEST(a_server_says_when_to_come_again)
{
    world_open(world);
    char date[64];
    time_t soon = time(NULL) + 100;
    expect_retry_after(world, "Retry-After: 120\r\n", 120, 120);
    expect_retry_after(world, "", 0, 0);
    expect_retry_after(world, "rETRY-aFTER:  7  \r\n", 7, 7);
    strftime(date, sizeof date, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", gmtime(&soon));
    expect_retry_after(world, date, 98, 100);
    expect_retry_after(world, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", INT64_MIN, 0);
    expect_retry_after(world, "Retry-After: soon\r\n", 0, 0);
    expect_retry_after(world, "Retry-After: 99999999999999999999\r\n", INT64_MAX, INT64_MAX);
    expect_retry_after(world, "Retry-After: 99999999999999999999s\r\n", 0, 0);
    expect_retry_after(world, "Retry-After: 0\r\n", 0, 0);
    expect_retry_after(world, "Retry-After: -5\r\n", INT64_MIN, 0);
    expect_retry_after(world, "Retry-After:\r\n", 0, 0);
    expect_retry_after(world, "Retry-After: 99999999999999999999999\r\n", 0, INT64_MAX);
    expect_retry_after(world, "", 0, 0);
    world_close(world);
    return 0;
}

/* The events that a listener received, a letter for each. */
struct heard {
    char letters[32];
    size_t count;
};

static void hear(const af_request_news *news, void *arg)
{
    struct heard *heard = arg;
    char letter = '?';
    if (news->event == AF_REQUEST_CONNECTING)
        letter = strcmp(news->remote_ip, "127.0.0.1") == 0 && news->remote_port > 0 ? 'c' : '?';
    else if (news->event == AF_REQUEST_SENDING)
        letter = news->reused ? 'r' : 's';
    else if (news->event == AF_REQUEST_ANSWERED)
        letter = news->status == 302 ? '3' : news->status == 200 ? '2' : '?';
    heard->letters[heard->count++] = letter;
}

static void listen_to_one(struct world *world, struct heard *heard)
{
    af_future *future;
    af_request wanted = {.url = world->url, .listener = hear, .listener_arg = heard};
    cr_assert_eq(af_client_fetch(world->client, &wanted, &future), 0);
    af_future_unref(future);
}

HTTP_TEST(a_listener_hears_of_connections_kept_ones_and_answers)
{
    world_open(world);
    struct heard heard = {0};
    listen_to_one(world, &heard);
    listen_to_one(world, &heard);
    cr_expect_str_eq(heard.letters, "cs2r2");
    world_close(world);
    return 0;
}

HTTP_TEST(a_listener_hears_of_each_redirect)
{
    world->script.answer =
        "HTTP/1.1 302 Found\r\nLocation: /\r\nX-Line: HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n";
    world->options.follow_redirects = true;
    world->options.max_redirects = 2;
    world_open(world);
    struct heard heard = {0};
    listen_to_one(world, &heard);
    cr_expect_str_eq(heard.letters, "cs3r3r3");
    world_close(world);
    return 0;
}
