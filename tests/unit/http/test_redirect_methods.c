/* Which method and which content a redirected request has (RFC 9110, 15.4). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "site.h"

TestSuite(redirect_methods, .timeout = 60);

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const int statuses[] = {300, 301, 302, 303, 304, 305, 307, 308, 399};
enum { STATUSES = COUNT(statuses) };

/* Of each status, the method of the next request, and whether it has the content. */
struct method_case {
    const char *method;
    const char *content;
    bool keeps;
    const char *next[STATUSES]; /* '+' in front: with the content; '*': with an empty one */
};

/*   method, content, keeps       300        301        302        303        304        305 307 308
 * 399 */
static const struct method_case cases[] = {
    {NULL, NULL, false, {"GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET"}},
    {"GET", NULL, false, {"GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET"}},
    {"GET", NULL, true, {"GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET"}},
    {"HEAD", NULL, false, {"HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD"}},
    {"HEAD", NULL, true, {"HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD", "HEAD"}},
    {NULL,
     "x=1",
     false,
     {"+POST", "GET", "GET", "GET", "+POST", "+POST", "+POST", "+POST", "+POST"}},
    {"POST",
     "x=1",
     false,
     {"+POST", "GET", "GET", "GET", "+POST", "+POST", "+POST", "+POST", "+POST"}},
    {"POST",
     "x=1",
     true,
     {"+POST", "*POST", "*POST", "*POST", "+POST", "+POST", "+POST", "+POST", "+POST"}},
    {"POST",
     NULL,
     false,
     {"*POST", "GET", "GET", "GET", "*POST", "*POST", "*POST", "*POST", "*POST"}},
    {"POST",
     NULL,
     true,
     {"*POST", "*POST", "*POST", "*POST", "*POST", "*POST", "*POST", "*POST", "*POST"}},
    {"PUT", "x=1", false, {"+PUT", "+PUT", "+PUT", "GET", "+PUT", "+PUT", "+PUT", "+PUT", "+PUT"}},
    {"PUT", "x=1", true, {"+PUT", "PUT", "PUT", "PUT", "+PUT", "+PUT", "+PUT", "+PUT", "+PUT"}},
    {"PUT", NULL, false, {"PUT", "PUT", "PUT", "GET", "PUT", "PUT", "PUT", "PUT", "PUT"}},
    {"PATCH",
     "x=1",
     false,
     {"+PATCH", "+PATCH", "+PATCH", "GET", "+PATCH", "+PATCH", "+PATCH", "+PATCH", "+PATCH"}},
    {"DELETE",
     NULL,
     false,
     {"DELETE", "DELETE", "DELETE", "GET", "DELETE", "DELETE", "DELETE", "DELETE", "DELETE"}},
    {"DELETE",
     NULL,
     true,
     {"DELETE", "DELETE", "DELETE", "DELETE", "DELETE", "DELETE", "DELETE", "DELETE", "DELETE"}},
    {"DELETE",
     "x=1",
     false,
     {"+DELETE", "+DELETE", "+DELETE", "GET", "+DELETE", "+DELETE", "+DELETE", "+DELETE",
      "+DELETE"}},
    {"OPTIONS",
     NULL,
     false,
     {"OPTIONS", "OPTIONS", "OPTIONS", "GET", "OPTIONS", "OPTIONS", "OPTIONS", "OPTIONS",
      "OPTIONS"}},
    {"GET", "x=1", false, {"+GET", "+GET", "+GET", "GET", "+GET", "+GET", "+GET", "+GET", "+GET"}},
    {"SPLIT",
     NULL,
     false,
     {"SPLIT", "SPLIT", "SPLIT", "GET", "SPLIT", "SPLIT", "SPLIT", "SPLIT", "SPLIT"}},
};

static void expect_next(const struct site *site, const char *next)
{
    char line[64];
    bool has_content = *next == '+', is_empty = *next == '*';
    snprintf(line, sizeof line, "%s /x HTTP/1.1\r\n", next + (has_content || is_empty));
    cr_expect_eq(site->request_count, 2);
    cr_expect(strncmp(site->requests[1], line, strlen(line)) == 0, "not %s but %s", line,
              site->requests[1]);
    site_expect_line(site, 1, has_content ? "\r\n\r\nx=1" : "!x=1");
    site_expect_line(site, 1, has_content ? "Content-Type: " : "!Content-Type");
    site_expect_line(site, 1,
                     has_content ? "Content-Length: 3\r\n"
                     : is_empty  ? "Content-Length: 0\r\n"
                                 : "!Content-Length");
}

SITE_TEST(redirect_methods, the_method_and_the_content_are_those_of_rfc_9110)
{
    char answer[128];
    const struct page pages[] = {{"a.test/", answer}, {NULL, NULL}};
    site->pages = pages;
    site->options.follow_redirects = true;
    site->options.max_redirects = 1;
    site_open(site);
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t status = 0; status < STATUSES; status++) {
            /* A 304 and the answer to HEAD have no body whatever their length says. */
            snprintf(answer, sizeof answer,
                     "HTTP/1.1 %d Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
                     statuses[status]);
            const struct method_case *is = &cases[i];
            enum af_http_error error =
                site_visit(site, (af_request){.method = is->method,
                                              .keep_method = is->keeps,
                                              .content = is->content,
                                              .content_size = is->content ? 3 : 0});
            cr_expect_eq(error, AF_HTTP_OK, "%s %d", is->method, statuses[status]);
            expect_next(site, is->next[status]);
        }
    site_close(site);
    return 0;
}

/* Of RFC 9110, 15.4: what describes a content goes with it, and does not come back. */
SITE_TEST(redirect_methods, the_headers_of_a_content_go_with_it_for_good)
{
    static const char *const headers[] = {"Content-Type: a/b", "content-language: de",
                                          "Content-Encoding: x", "X-Other: 1", NULL};
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 302 Found\r\nLocation: http://b.test/\r\nContent-Length: 0\r\n\r\n"},
        {"b.test/", "HTTP/1.1 307 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
        {"b.test/y",
         "HTTP/1.1 307 Moved\r\nLocation: http://a.test/z\r\nContent-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.follow_redirects = true;
    site->options.max_redirects = 5;
    site->options.headers = headers;
    site_open(site);
    const af_request request = {.content = "x=1", .content_size = 3};
    const af_request own = {.content = "x=1", .content_size = 3, .headers = headers};
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(site_visit(site, i ? own : request), AF_HTTP_OK);
        cr_expect_eq(site->request_count, 4);
        site_expect_line(site, 0, "Content-Type: a/b\r\n");
        site_expect_line(site, 0, "content-language: de\r\n");
        for (size_t hop = 1; hop < site->request_count; hop++) {
            site_expect_line(site, hop, "!Content-");
            site_expect_line(site, hop, "!content-");
            site_expect_line(site, hop, "X-Other: 1\r\n");
            site_expect_line(site, hop, "!x=1");
        }
    }
    site_close(site);
    return 0;
}

SITE_TEST(redirect_methods, the_headers_of_a_content_stay_with_it)
{
    static const char *const headers[] = {"Content-Type: a/b", "Content-Language: de", NULL};
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 307 Moved\r\nLocation: http://b.test/\r\nContent-Length: 0\r\n\r\n"},
        {"b.test/", "HTTP/1.1 308 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.follow_redirects = true;
    site->options.max_redirects = 5;
    site_open(site);
    af_request request = {.content = "x=1", .content_size = 3, .headers = headers};
    cr_expect_eq(site_visit(site, request), AF_HTTP_OK);
    cr_expect_eq(site->request_count, 3);
    for (size_t hop = 0; hop < site->request_count; hop++) {
        site_expect_line(site, hop, "Content-Type: a/b\r\n");
        site_expect_line(site, hop, "Content-Language: de\r\n");
        site_expect_line(site, hop, "\r\n\r\nx=1");
    }
    site_close(site);
    return 0;
}

/* No "100 Continue" is waited for, on no hop. */
SITE_TEST(redirect_methods, no_hop_expects_a_100_continue)
{
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 307 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.follow_redirects = true;
    site->options.max_redirects = 5;
    site_open(site);
    site_visit(site, (af_request){.content = "x=1", .content_size = 3});
    site_expect_line(site, 0, "!Expect");
    site_expect_line(site, 1, "!Expect");
    site_close(site);
    return 0;
}

SITE_TEST(redirect_methods, the_response_has_the_method_of_the_last_request)
{
    const struct page pages[] = {
        {"a.test/", "HTTP/1.1 303 See Other\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.follow_redirects = true;
    site->options.max_redirects = 5;
    site_open(site);
    af_future *future;
    cr_expect_str_eq(site_fetch(site, (af_request){.method = "PUT"}, &future)->method, "GET");
    af_future_unref(future);
    site_close(site);
    return 0;
}
