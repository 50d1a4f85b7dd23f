/* Credentials must not go to another origin: the cases are those of curl's tests 317, 318,
 * 479, 898, 973, 2081 and their kin. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "site.h"

TestSuite(redirect_credentials, .timeout = 60);

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { HOPS = 6 };

/* A chain of URLs, of which each redirects to the next, and what each request must have. */
struct chain {
    const char *urls[HOPS];
    const char *lines[HOPS];
};

/* Makes a page of each URL but the last one. */
static void make_pages(const struct chain *chain, int status, struct page pages[HOPS],
                       char answers[HOPS][256])
{
    size_t count = 0;
    for (; chain->urls[count + 1]; count++) {
        const char *url = chain->urls[count];
        const char *at = strchr(url, '@');
        pages[count].url = at ? at + 1 : strstr(url, "://") + 3;
        snprintf(answers[count], sizeof answers[count],
                 "HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", status,
                 chain->urls[count + 1]);
        pages[count].answer = answers[count];
    }
    pages[count] = (struct page){NULL, NULL};
}

static void expect_chain(struct site *site, const struct chain *chain, af_request request)
{
    struct page pages[HOPS];
    char answers[HOPS][256];
    static const int statuses[] = {301, 302, 303, 307, 308};
    request.url = chain->urls[0];
    for (size_t i = 0; i < COUNT(statuses); i++) {
        make_pages(chain, statuses[i], pages, answers);
        site->pages = pages;
        cr_expect_eq(site_visit(site, request), AF_HTTP_OK);
        for (size_t hop = 0; chain->urls[hop]; hop++)
            site_expect_line(site, hop, chain->lines[hop]);
    }
    site->pages = NULL;
}

static void open_following(struct site *site)
{
    site->options.follow_redirects = true;
    site->options.max_redirects = 10;
    site_open(site);
}

/* "!…" and "…" of one line, where a request has it and where it has not. */
#define CHAINS(has, has_not)                                                                       \
    {{"http://a.test/", "http://a.test/1", "/2", NULL}, {has, has, has}},                          \
        {{"http://a.test/", "http://A.TEST/1", "http://a.test:80/2", NULL}, {has, has, has}},      \
        {{"http://a.test/", "http://b.test/1", NULL}, {has, has_not}},                             \
        {{"http://a.test/", "http://a.test:81/1", NULL}, {has, has_not}},                          \
        {{"http://a.test/", "http://sub.a.test/1", NULL}, {has, has_not}},                         \
        {{"http://a.test/", "http://a.test.evil/1", NULL}, {has, has_not}},                        \
        {{"http://a.test/", "http://a.test@b.test/1", NULL}, {has, has_not}},                      \
        {{"http://a.test/", "http://b.test/1", "http://b.test/2", NULL}, {has, has_not, has_not}}, \
        {{"http://a.test/", "http://b.test/1", "http://c.test/2", NULL}, {has, has_not, has_not}}, \
    {                                                                                              \
        {"http://a.test/", "http://b.test/1", "http://a.test/2", NULL},                            \
        {                                                                                          \
            has, has_not, has                                                                      \
        }                                                                                          \
    }

static void expect_chains(struct site *site, const struct chain *chains, size_t count,
                          af_request request)
{
    for (size_t i = 0; i < count; i++)
        expect_chain(site, &chains[i], request);
}

static const struct chain authorization[] = {CHAINS("Authorization: Bearer secret\r\n", "!secret")};
static const struct chain cookies[] = {CHAINS("Cookie: name=secret\r\n", "!secret")};

SITE_TEST(redirect_credentials, an_authorization_header_goes_to_its_origin_alone)
{
    static const char *const headers[] = {"Authorization: Bearer secret", NULL};
    open_following(site);
    expect_chains(site, authorization, COUNT(authorization), (af_request){.headers = headers});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, an_authorization_header_of_the_client_goes_to_its_origin_alone)
{
    static const char *const headers[] = {"X-Other: 1", "Authorization: Bearer secret", NULL};
    site->options.headers = headers;
    open_following(site);
    expect_chains(site, authorization, COUNT(authorization), (af_request){.url = NULL});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, a_cookie_header_goes_to_its_origin_alone)
{
    static const char *const headers[] = {"Cookie: name=secret", NULL};
    open_following(site);
    expect_chains(site, cookies, COUNT(cookies), (af_request){.headers = headers});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, the_case_of_a_header_hides_nothing)
{
    static const char *const headers[] = {"aUTHORIZATION: Bearer secret", "cookie: secret",
                                          "COOKIE: secret", NULL};
    static const struct chain chain = {{"http://a.test/", "http://b.test/1", NULL},
                                       {"secret", "!secret"}};
    open_following(site);
    expect_chain(site, &chain, (af_request){.headers = headers});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, a_user_of_the_options_is_sent_to_the_first_origin_alone)
{
    static const struct chain chains[] = {
        CHAINS("Authorization: Basic bjpzZWNyZXQ=\r\n", "!bjpzZWNyZXQ=")};
    site->options.user = "n:secret";
    open_following(site);
    expect_chains(site, chains, COUNT(chains), (af_request){.url = NULL});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, a_bearer_token_is_sent_to_the_first_origin_alone)
{
    site->options.bearer_token = "secret";
    open_following(site);
    expect_chains(site, authorization, COUNT(authorization), (af_request){.url = NULL});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, the_user_of_a_url_stays_with_its_origin)
{
    static const struct chain chains[] = {
        {{"http://u:p@a.test/", "/1", NULL},
         {"Authorization: Basic dTpw\r\n", "Authorization: Basic dTpw\r\n"}},
        {{"http://u:p@a.test/", "http://a.test/1", NULL},
         {"Authorization: Basic dTpw\r\n", "Authorization: Basic dTpw\r\n"}},
        {{"http://u:p@a.test/", "http://v:w@a.test/1", NULL},
         {"Authorization: Basic dTpw\r\n", "Authorization: Basic djp3\r\n"}},
        {{"http://u:p@a.test/", "http://b.test/1", NULL},
         {"Authorization: Basic dTpw\r\n", "!Authorization"}},
        {{"http://u:p@a.test/", "http://a.test:81/1", NULL},
         {"Authorization: Basic dTpw\r\n", "!Authorization"}},
        {{"http://u:p@a.test/", "http://b.test/1", "http://c.test/2", NULL},
         {"Authorization: Basic dTpw\r\n", "!Authorization", "!Authorization"}},
    };
    open_following(site);
    expect_chains(site, chains, COUNT(chains), (af_request){.url = NULL});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, a_user_that_a_redirect_names_for_the_same_origin_is_sent)
{
    static const struct chain chain = {
        {"http://a.test/", "http://u:p@a.test/1", "/2", NULL},
        {"!Authorization", "Authorization: Basic dTpw\r\n", "Authorization: Basic dTpw\r\n"}};
    open_following(site);
    expect_chain(site, &chain, (af_request){.url = NULL});
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, the_netrc_file_has_each_host_its_own)
{
    char path[] = "/tmp/afetch-netrc-XXXXXX";
    static const char text[] = "machine a.test login la password pa\n"
                               "machine b.test login lb password pb\n";
    static const struct chain chain = {
        {"http://a.test/", "http://b.test/1", "http://c.test/2", "http://a.test/3", NULL},
        {"Authorization: Basic bGE6cGE=\r\n", "Authorization: Basic bGI6cGI=\r\n", "!Authorization",
         "Authorization: Basic bGE6cGE=\r\n"}};
    int fd = mkstemp(path);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    site->options.netrc = true;
    site->options.netrc_file = path;
    open_following(site);
    expect_chain(site, &chain, (af_request){.url = NULL});
    site_close(site);
    unlink(path);
    return 0;
}

SITE_TEST(redirect_credentials, a_host_header_stays_with_the_host_whatever_the_port)
{
    static const char *const headers[] = {"Host: own.test", NULL};
    static const struct page pages[] = {
        {"own.test/", "HTTP/1.1 307 Moved\r\nLocation: http://a.test:81/1\r\n"
                      "Content-Length: 0\r\n\r\n"},
        {"own.test/1", "HTTP/1.1 307 Moved\r\nLocation: http://b.test/2\r\n"
                       "Content-Length: 0\r\n\r\n"},
        {"b.test/2", "HTTP/1.1 307 Moved\r\nLocation: http://a.test/3\r\n"
                     "Content-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    open_following(site);
    cr_expect_eq(site_visit(site, (af_request){.headers = headers}), AF_HTTP_OK);
    cr_expect_eq(site->request_count, 4);
    site_expect_line(site, 0, "Host: own.test\r\n");
    site_expect_line(site, 1, "Host: own.test\r\n");
    site_expect_line(site, 2, "!own.test");
    site_expect_line(site, 2, "Host: b.test\r\n");
    site_expect_line(site, 3, "Host: own.test\r\n");
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, other_headers_go_everywhere)
{
    static const char *const headers[] = {"X-Cookie: 1", "Authorization-Not: 2", NULL};
    static const struct chain chains[] = {CHAINS("X-Cookie: 1\r\n", "X-Cookie: 1\r\n")};
    static const struct chain others[] = {
        CHAINS("Authorization-Not: 2\r\n", "Authorization-Not: 2\r\n")};
    open_following(site);
    expect_chains(site, chains, COUNT(chains), (af_request){.headers = headers});
    expect_chains(site, others, COUNT(others), (af_request){.headers = headers});
    site_close(site);
    return 0;
}

/* Options of a chain must not be left in the handle of the next request. */
SITE_TEST(redirect_credentials, the_next_request_has_its_credentials_again)
{
    static const struct chain chain = {{"http://a.test/", "http://b.test/1", NULL},
                                       {"Authorization: Basic bjpzZWNyZXQ=\r\n", "!Authorization"}};
    site->options.user = "n:secret";
    open_following(site);
    for (int i = 0; i < 3; i++) {
        expect_chain(site, &chain, (af_request){.url = NULL});
        cr_expect_eq(site_visit(site, (af_request){.url = "http://c.test/"}), AF_HTTP_OK);
        site_expect_line(site, 0, "Authorization: Basic bjpzZWNyZXQ=\r\n");
    }
    site_close(site);
    return 0;
}

/* ------------------------------------------------------------ cookies and referers */

SITE_TEST(redirect_credentials, a_cookie_that_a_redirect_sets_is_sent_to_its_host_alone)
{
    static const char *const files[] = {"", NULL};
    static const struct page pages[] = {
        {"a.test/", "HTTP/1.1 302 Found\r\nLocation: /1\r\nSet-Cookie: name=value\r\n"
                    "Content-Length: 0\r\n\r\n"},
        {"a.test/1", "HTTP/1.1 302 Found\r\nLocation: http://b.test/2\r\n"
                     "Content-Length: 0\r\n\r\n"},
        {"b.test/2", "HTTP/1.1 302 Found\r\nLocation: http://a.test/3\r\n"
                     "Set-Cookie: name=of-b\r\nContent-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.cookie_files = files;
    open_following(site);
    cr_expect_eq(site_visit(site, (af_request){.url = NULL}), AF_HTTP_OK);
    site_expect_line(site, 0, "!Cookie");
    site_expect_line(site, 1, "Cookie: name=value\r\n");
    site_expect_line(site, 2, "!Cookie");
    site_expect_line(site, 3, "Cookie: name=value\r\n");
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, an_automatic_referer_has_no_user_and_no_fragment)
{
    static const struct page pages[] = {
        {"a.test/x?y", "HTTP/1.1 302 Found\r\nLocation: http://b.test/1#f\r\n"
                       "Content-Length: 0\r\n\r\n"},
        {"b.test/1", "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 0\r\n\r\n"},
        {NULL, NULL}};
    site->pages = pages;
    site->options.auto_referer = true;
    site->options.referer = "http://r.test/";
    open_following(site);
    cr_expect_eq(site_visit(site, (af_request){.url = "http://u:secret@a.test/x?y#z"}), AF_HTTP_OK);
    site_expect_line(site, 0, "Referer: http://r.test/\r\n");
    site_expect_line(site, 1, "Referer: http://a.test/x?y\r\n");
    site_expect_line(site, 2, "Referer: http://b.test/1\r\n");
    site_close(site);
    return 0;
}

SITE_TEST(redirect_credentials, a_referer_stays_where_it_is_not_automatic)
{
    static const struct chain chain = {
        {"http://a.test/", "http://b.test/1", "http://a.test/2", NULL},
        {"Referer: http://r.test/\r\n", "Referer: http://r.test/\r\n",
         "Referer: http://r.test/\r\n"}};
    site->options.referer = "http://r.test/";
    open_following(site);
    expect_chain(site, &chain, (af_request){.url = NULL});
    site_close(site);
    return 0;
}
