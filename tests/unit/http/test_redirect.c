/* Redirects: targets, limits, and the totals in the response. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/task.h>

#include "site.h"

TestSuite(redirect, .timeout = 60);

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define MOVED(location) "HTTP/1.1 302 Found\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"

static void open_with(struct site *site, const struct page *pages, long max_redirects)
{
    site->pages = pages;
    site->options.follow_redirects = true;
    site->options.max_redirects = max_redirects;
    site_open(site);
}

/* ------------------------------------------------------------- where they lead */

SITE_TEST(redirect, it_leads_where_location_says)
{
    char answer[512];
    const struct page pages[] = {{"a.test/d/e?q", answer}, {NULL, NULL}};
    static const struct {
        const char *location, *host, *target;
    } cases[] = {
        {"/x", "a.test", "/x"},
        {"x", "a.test", "/d/x"},
        {"../x", "a.test", "/x"},
        {"?r", "a.test", "/d/e?r"},
        {"//b.test/x", "b.test", "/x"},
        {"//b.test:81/x", "b.test:81", "/x"},
        {"http://b.test", "b.test", "/"},
        {"http://b.test?x", "b.test", "/?x"},
        {"HTTP://b.test/x", "b.test", "/x"},
        {"http://b.test:80/x", "b.test", "/x"},
        {"   /x", "a.test", "/x"},
        {"/x   ", "a.test", "/x"},
        {"/a b", "a.test", "/a%20b"},
        {"/a b?c d", "a.test", "/a%20b?c+d"},
        {"http://b.test/a b", "b.test", "/a%20b"},
        {"/x#fragment", "a.test", "/x"},
        {"/\xc3\xa4", "a.test", "/%c3%a4"},
        {"/a/./b/../c", "a.test", "/a/c"},
        {"/x\r\nLocation:", "a.test", "/x"},
        {"\r\nLocation: /x", "a.test", "/x"},
        {"/x\r\nLocation: /x", "a.test", "/x"},
        {"/x\r\nlocation: /x", "a.test", "/x"},
    };
    open_with(site, pages, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char line[128];
        snprintf(answer, sizeof answer, MOVED("%s"), cases[i].location);
        enum af_http_error error = site_visit(site, (af_request){.url = "http://a.test/d/e?q#f"});
        cr_expect_eq(error, AF_HTTP_OK, "%s", cases[i].location);
        cr_expect_eq(site->request_count, 2, "%s", cases[i].location);
        snprintf(line, sizeof line, "GET %s HTTP/1.1\r\nHost: %s\r\n", cases[i].target,
                 cases[i].host);
        site_expect_line(site, 1, line);
    }
    site_close(site);
    return 0;
}

SITE_TEST(redirect, a_response_without_a_location_is_the_last)
{
    char answer[256];
    const struct page pages[] = {{"a.test/", answer}, {NULL, NULL}};
    static const char *const cases[] = {"300 Choices\r\n",
                                        "301 Moved\r\nLocation:\r\n",
                                        "302 Found\r\nLocation:  \r\n",
                                        "304 Not Modified\r\n",
                                        "200 OK\r\nLocation: /x\r\n",
                                        "201 Created\r\nLocation: /x\r\n",
                                        "404 None\r\nLocation: /x\r\n",
                                        "503 Busy\r\nLocation: /x\r\n",
                                        "302 Found\r\nX-Location: /x\r\n"};
    open_with(site, pages, 5);
    for (size_t i = 0; i < COUNT(cases); i++) {
        af_future *future;
        snprintf(answer, sizeof answer, "HTTP/1.1 %sContent-Length: 0\r\n\r\n", cases[i]);
        const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
        cr_expect_eq(response->error, AF_HTTP_OK, "%s", cases[i]);
        cr_expect_eq(response->status, atoi(cases[i]));
        cr_expect_eq(response->redirects, 0);
        cr_expect_null(af_request_redirect(future));
        af_future_unref(future);
    }
    cr_expect_eq(site->request_count, COUNT(cases));
    site_close(site);
    return 0;
}

SITE_TEST(redirect, a_300_and_a_304_with_a_location_are_followed_as_by_libcurl)
{
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 300 Choices\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
        {"a.test/x", "HTTP/1.1 304 Not Modified\r\nLocation: /y\r\n\r\n"},
        {NULL, NULL}};
    open_with(site, pages, 5);
    cr_expect_eq(site_visit(site, (af_request){.url = NULL}), AF_HTTP_OK);
    cr_expect_eq(site->request_count, 3);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, different_locations_are_an_error_of_protocol)
{
    const struct page pages[] = {{"a.test/", MOVED("/x\r\nLocation: /y")}, {NULL, NULL}};
    open_with(site, pages, 5);
    cr_expect_eq(site_visit(site, (af_request){.url = NULL}), AF_HTTP_PROTOCOL);
    cr_expect_eq(site->request_count, 1);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, other_schemes_and_what_is_no_url_are_refused_with_the_response_kept)
{
    char answer[256];
    const struct page pages[] = {{"a.test/", answer}, {NULL, NULL}};
    static const char *const cases[] = {"mailto:a@b.test",
                                        "javascript:alert(1)",
                                        "file:///etc/passwd",
                                        "ftp://b.test/",
                                        "data:text/plain,x",
                                        "gopher://b.test/",
                                        "httpx://b.test/",
                                        "http://",
                                        "http://b.test:99999/",
                                        "http://b c/",
                                        "//"};
    open_with(site, pages, 5);
    for (size_t i = 0; i < COUNT(cases); i++) {
        af_future *future;
        snprintf(answer, sizeof answer, MOVED("%s"), cases[i]);
        const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
        cr_expect_eq(response->error, AF_HTTP_REDIRECT, "%s", cases[i]);
        cr_expect_eq(response->status, 302);
        cr_expect_eq(response->redirects, 0);
        cr_expect_not_null(strstr(response->error_text, cases[i]), "%s", response->error_text);
        cr_expect_null(af_request_redirect(future));
        af_future_unref(future);
    }
    cr_expect_eq(site->request_count, COUNT(cases));
    site_close(site);
    return 0;
}

SITE_TEST(redirect, without_following_a_redirect_is_a_response)
{
    const struct page pages[] = {{"a.test/", MOVED("/x")}, {NULL, NULL}};
    site->pages = pages;
    site_open(site);
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
    cr_expect_eq(response->error, AF_HTTP_OK);
    cr_expect_eq(response->status, 302);
    cr_expect_str_eq(response->redirect_url, "http://a.test/x");
    cr_expect_eq(site->request_count, 1);
    af_future *next = NULL;
    cr_expect_lt(af_client_follow(site->client, future, &next), 0);
    cr_expect_null(next);
    af_future_unref(future);
    site_close(site);
    return 0;
}

/* -------------------------------------------------------------- how many of them */

static const struct page chain[] = {{"a.test/", MOVED("/1")},
                                    {"a.test/1", MOVED("http://b.test/2")},
                                    {"b.test/2", MOVED("/3")},
                                    {NULL, NULL}};

static void expect_followed(struct site *site, long redirects, enum af_http_error error)
{
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
    cr_expect_eq(response->error, error);
    cr_expect_eq(response->redirects, redirects);
    cr_expect_eq(response->status, error == AF_HTTP_OK ? 200 : 302);
    cr_expect_eq(site->request_count, (size_t)redirects + 1);
    if (error != AF_HTTP_OK)
        cr_expect_not_null(strstr(response->error_text, "redirects followed"));
    af_future_unref(future);
    site_close(site);
}

SITE_TEST(redirect, a_maximum_of_0_follows_none)
{
    open_with(site, chain, 0);
    expect_followed(site, 0, AF_HTTP_REDIRECT);
    return 0;
}

SITE_TEST(redirect, one_redirect_more_than_the_maximum_is_an_error)
{
    open_with(site, chain, 2);
    expect_followed(site, 2, AF_HTTP_REDIRECT);
    return 0;
}

SITE_TEST(redirect, as_many_redirects_as_the_maximum_are_followed)
{
    open_with(site, chain, 3);
    expect_followed(site, 3, AF_HTTP_OK);
    return 0;
}

SITE_TEST(redirect, a_maximum_of_minus_1_is_none)
{
    open_with(site, chain, -1);
    expect_followed(site, 3, AF_HTTP_OK);
    return 0;
}

/* ----------------------------------------------------------------------- bodies */

static int count_bytes(const void *data, size_t size, void *arg)
{
    (void)data;
    *(size_t *)arg += size;
    return 0;
}

SITE_TEST(redirect, the_body_of_a_redirect_is_neither_kept_nor_counted_nor_limited)
{
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 302 Found\r\nLocation: /1\r\nContent-Length: 10\r\n\r\n0123456789"},
        {"a.test/1", "HTTP/1.1 302 Found\r\nLocation: /2\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "a\r\n0123456789\r\n0\r\n\r\n"},
        {NULL, NULL}};
    size_t told = 0;
    site->options.max_body = 2;
    open_with(site, pages, 5);
    af_future *future;
    const af_response *response = site_fetch(site,
                                             (af_request){.body = AF_BODY_MEMORY,
                                                          .keep_headers = true,
                                                          .on_body = count_bytes,
                                                          .on_body_arg = &told},
                                             &future);
    cr_expect_eq(response->error, AF_HTTP_OK);
    cr_expect_eq(response->redirects, 2);
    cr_expect_eq(response->body_size, 2);
    cr_expect_str_eq(response->body, "hi");
    cr_expect_eq(response->size_download, 2);
    cr_expect_eq(told, 2);
    cr_expect_eq(af_client_received(site->client), 2);
    cr_expect_eq(response->header_count, 1); /* of the last response */
    cr_expect_eq(site->connection_count, 1); /* the bodies were read to their ends */
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, the_body_of_a_redirect_that_is_not_followed_is_limited)
{
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 302 Found\r\nLocation: /1\r\nContent-Length: 10\r\n\r\n0123456789"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.max_body = 2;
    site_open(site);
    cr_expect_eq(site_visit(site, (af_request){.body = AF_BODY_MEMORY}), AF_HTTP_TOO_LARGE);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, the_length_that_a_response_to_head_names_is_not_limited)
{
    const struct page pages[] = {{"a.test/", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"},
                                 {NULL, NULL}};
    site->options.max_body = 2;
    open_with(site, pages, 5);
    cr_expect_eq(site_visit(site, (af_request){.method = "HEAD"}), AF_HTTP_OK);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, a_redirect_whose_body_is_cut_is_a_reset_and_is_not_followed)
{
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 302 Found\r\nLocation: /1\r\nContent-Length: 10\r\n\r\n01234"},
        {NULL, NULL}};
    site->closes = true;
    open_with(site, pages, 5);
    cr_expect_eq(site_visit(site, (af_request){.url = NULL}), AF_HTTP_RESET);
    cr_expect_eq(site->request_count, 1);
    site_close(site);
    return 0;
}

/* ----------------------------------------------------------------------- totals */

SITE_TEST(redirect, sizes_and_connections_are_those_of_all_hops)
{
    open_with(site, chain, 5);
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
    int64_t headers = 0, requests = 0;
    for (const struct page *page = chain; page->url; page++)
        headers += (int64_t)strlen(page->answer);
    headers += (int64_t)strlen("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    for (size_t i = 0; i < site->request_count; i++)
        requests += (int64_t)strlen(site->requests[i]);
    cr_expect_eq(response->redirects, 3);
    cr_expect_eq(response->size_header, headers);
    cr_expect_eq(response->size_request, requests);
    cr_expect_eq(response->connects, 2);
    cr_expect_eq(site->connection_count, 2);
    cr_expect_str_eq(response->url, "http://b.test/3");
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, the_times_go_on_over_all_hops)
{
    static const int64_t DELAY = 50000;
    site->answer_delay = (double)DELAY * 1e-6;
    open_with(site, chain, 5);
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
    cr_expect_geq(response->time_redirect, 3 * DELAY - 3000);
    /* libcurl adds up what each hop takes. */
    cr_expect_geq(response->time_starttransfer, 4 * DELAY - 4000);
    cr_expect_geq(response->time_total, response->time_redirect + DELAY - 1000);
    cr_expect_geq(response->time_total, response->time_starttransfer);
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, a_response_that_was_not_redirected_has_no_time_of_redirects)
{
    open_with(site, chain, 5);
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = "http://b.test/"}, &future);
    cr_expect_eq(response->time_redirect, 0);
    cr_expect_eq(response->redirects, 0);
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, the_time_of_an_attempt_spans_its_hops)
{
    const struct page pages[] = {{"a.test/", MOVED("/1")},  {"a.test/1", MOVED("/2")},
                                 {"a.test/2", MOVED("/3")}, {"a.test/3", MOVED("/4")},
                                 {"a.test/4", MOVED("/5")}, {NULL, NULL}};
    site->answer_delay = 0.1; /* each hop alone would be in time */
    site->options.attempt_timeout = 0.25;
    open_with(site, pages, 50);
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
    cr_expect_eq(response->error, AF_HTTP_TIMEOUT);
    cr_expect_eq(response->limit, AF_HTTP_LIMIT_ATTEMPT);
    cr_expect_lt(response->redirects, 3);
    cr_expect_geq(response->time_total, 240000);
    cr_expect_lt(response->time_total, 2000000);
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, an_error_of_a_hop_has_what_the_hops_before_took)
{
    const struct page pages[] = {
        {"a.test/", MOVED("http://b.test/")}, {"b.test/", ""}, {NULL, NULL}};
    open_with(site, pages, 5);
    af_future *future;
    const af_response *response = site_fetch(site, (af_request){.url = NULL}, &future);
    cr_expect_eq(response->error, AF_HTTP_RESET);
    cr_expect_eq(response->redirects, 1);
    cr_expect_str_eq(response->url, "http://b.test/");
    cr_expect_eq(response->size_header, (int64_t)strlen(pages[0].answer));
    cr_expect_gt(response->time_redirect, 0);
    cr_expect_geq(response->time_total, response->time_redirect);
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, a_future_that_is_followed_may_be_let_go_at_once)
{
    open_with(site, chain, 5);
    af_future *future, *next;
    af_request request = {.url = "http://a.test/"};
    cr_assert_eq(af_client_request(site->client, &request, &future), 0);
    while (af_await(future, NULL) == 0 && af_request_redirect(future)) {
        cr_assert_eq(af_client_follow(site->client, future, &next), 0);
        af_future_unref(future);
        future = next;
    }
    cr_expect_eq(af_request_response(future)->status, 200);
    cr_expect_eq(af_request_response(future)->redirects, 3);
    af_future_unref(future);
    site_close(site);
    return 0;
}

SITE_TEST(redirect, a_hop_is_cancelled_like_any_request)
{
    const struct page pages[] = {{"a.test/", MOVED("/1")}, {"a.test/1", NULL}, {NULL, NULL}};
    open_with(site, pages, 5);
    af_future *future, *next;
    af_request request = {.url = "http://a.test/"};
    cr_assert_eq(af_client_request(site->client, &request, &future), 0);
    cr_assert_eq(af_await(future, NULL), 0);
    cr_assert_eq(af_client_follow(site->client, future, &next), 0);
    af_future_unref(future);
    while (site->request_count < 2)
        cr_assert_eq(af_sleep(0.001), 0);
    cr_expect(af_future_cancel(next));
    cr_expect_eq(af_request_response(next)->error, AF_HTTP_CANCELLED);
    cr_expect_eq(af_request_response(next)->redirects, 1);
    af_future_unref(next);
    site_close(site);
    return 0;
}
