/* The HTTP client: the contents of requests, and proxies. */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <afetch/http.h>
#include <afetch/stream.h>

#include "http_suite.h"

/* ---------------------------------------------- requests of their own kind */

/* Makes a request, and expects it to have LINE in it, or where it begins with '!' not to. */
static void expect_line(struct world *world, const af_request *wanted, const char *line)
{
    af_future *future;
    cr_assert_eq(af_client_request(world->client, wanted, &future), 0);
    cr_assert_eq(af_await(future, NULL), 0);
    cr_expect_eq(af_request_response(future)->error, AF_HTTP_OK);
    af_future_unref(future);
    bool expected = *line != '!';
    cr_expect_eq(strstr(world->script.request, line + !expected) != NULL, expected, "%s in %s",
                 line, world->script.request);
}

#define REQUEST(...) (&(af_request){.url = world->url, __VA_ARGS__})

HTTP_TEST(a_request_has_the_method_and_the_content_it_asks_for)
{
    world_open(world);
    expect_line(world, REQUEST(.method = "DELETE"), "DELETE / HTTP/1.1\r\n");
    expect_line(world, REQUEST(.content = "a=1", .content_size = 3), "POST / HTTP/1.1\r\n");
    expect_line(world, REQUEST(.content = "a=1", .content_size = 3), "\r\n\r\na=1");
    expect_line(world, REQUEST(.content = "a=1", .content_size = 3), "!Expect");
    expect_line(world, REQUEST(.method = "PUT", .content = "b", .content_size = 1), "PUT / ");
    expect_line(world, REQUEST(.method = "PUT", .content = "b", .content_size = 1), "\r\n\r\nb");
    expect_line(world, REQUEST(.method = "GET", .content = "b", .content_size = 1), "GET / ");
    expect_line(world, REQUEST(.method = "GET", .content = "b", .content_size = 1), "\r\n\r\nb");
    expect_line(world, REQUEST(.content = "", .content_size = 0), "POST / ");
    expect_line(world, REQUEST(.method = "POST"), "Content-Length: 0\r\n");
    expect_line(world, REQUEST(.method = "POST"), "!Content-Type");
    world_close(world);
    return 0;
}

HTTP_TEST(headers_of_a_request_take_the_place_of_the_clients)
{
    static const char *const ours[] = {"X-One: 1", "X-Two: 2", "Accept:", NULL};
    static const char *const own[] = {"x-one: eins", "X-Empty;", "User-Agent:", NULL};
    world->options.headers = ours;
    world_open(world);
    expect_line(world, REQUEST(.headers = own), "x-one: eins\r\n");
    expect_line(world, REQUEST(.headers = own), "!X-One");
    expect_line(world, REQUEST(.headers = own), "X-Two: 2\r\n");
    expect_line(world, REQUEST(.headers = own), "X-Empty:\r\n");
    expect_line(world, REQUEST(.headers = own), "!User-Agent");
    expect_line(world, REQUEST(.headers = own), "!Accept");
    expect_line(world, REQUEST(.content = "a", .content_size = 1), "X-One: 1\r\n");
    world_close(world);
    return 0;
}

HTTP_TEST(a_handle_forgets_what_one_request_asked_for)
{
    static const char *const own[] = {"X-Own: 1", NULL};
    const af_request kinds[] = {
        {.method = "POST", .content = "a=1", .content_size = 3, .headers = own},
        {.method = "HEAD"},
        {.method = "DELETE", .headers = own},
        {.method = "PUT", .content = "b", .content_size = 1},
        {.content = "c", .content_size = 1},
        {.headers = own},
        {.method = "HEAD", .content = "d", .content_size = 1},
    };
    char plain[sizeof world->script.request];
    world_open(world);
    expect_line(world, REQUEST(.method = NULL), "GET / ");
    strcpy(plain, world->script.request);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        af_request wanted = kinds[i];
        bool head = wanted.method && strcmp(wanted.method, "HEAD") == 0;
        wanted.url = world->url;
        /* A body after HEAD would be read as the next response. */
        world->script.answer = head ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
                                    : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        expect_line(world, &wanted, "HTTP/1.1");
        cr_expect_str_neq(world->script.request, plain);
        world->script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
        expect_line(world, REQUEST(.method = NULL), plain);
        cr_expect_str_eq(world->script.request, plain);
    }
    world_close(world);
    return 0;
}

static size_t handles_made;

/* Stands before libcurl's, and counts. */
CURL *curl_easy_init(void)
{
    typeof(curl_easy_init) *next = (typeof(next))dlsym(RTLD_NEXT, "curl_easy_init");
    handles_made++;
    return next();
}

HTTP_TEST(a_handle_is_used_again_from_libcurl_8_1_on)
{
    enum { MANY = 20 };
    bool is_reusable = curl_version_info(CURLVERSION_NOW)->version_num >= 0x080100;
    world_open(world);
    handles_made = 0;
    for (int i = 0; i < MANY; i++)
        expect_line(world, REQUEST(.method = NULL), "GET / ");
    if (is_reusable)
        cr_expect_leq(handles_made, 1);
    else
        cr_expect_geq(handles_made, MANY - 1);
    world_close(world);
    return 0;
}

HTTP_TEST(what_a_request_asks_for_outlives_a_wait_in_the_queue)
{
    enum { MANY = 700 };
    static af_future *futures[MANY];
    world->options.concurrency = MANY;
    world_open(world);
    for (int i = 0; i < MANY; i++) {
        char method[] = "PATCH", header[] = "X-Own: 1", url[64];
        const char *headers[] = {header, NULL};
        strcpy(url, choose_url(world, i, MANY));
        af_request wanted = {.url = url, .method = method, .headers = headers};
        cr_assert_eq(af_client_request(world->client, &wanted, &futures[i]), 0);
        memset(method, 'X', strlen(method));
        memset(header, 'X', strlen(header));
        memset(url, 'X', strlen(url));
    }
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(af_await(futures[i], NULL), 0);
        cr_assert_str_eq(af_request_response(futures[i])->method, "PATCH");
        af_future_unref(futures[i]);
    }
    cr_expect_not_null(strstr(world->script.request, "X-Own: 1\r\n"));
    world_close(world);
    return 0;
}

/* As RFC 1928 has it, without a password, to an IPv4 address; which is always the server's. */
static int serve_by_socks(af_stream *stream, void *arg)
{
    static const char method[] = {5, 0}, granted[] = {5, 0, 0, 1, 127, 0, 0, 1, 0, 0};
    unsigned char hello[2], methods[255], where[10];
    int r = af_stream_read_exactly(stream, hello, sizeof hello);
    if (r >= 0)
        r = af_stream_read_exactly(stream, methods, hello[1]);
    if (r >= 0)
        r = af_stream_write(stream, method, sizeof method);
    if (r >= 0)
        r = af_stream_read_exactly(stream, where, sizeof where);
    if (r < 0)
        return r;
    cr_expect_eq(where[3], 1);
    r = af_stream_write(stream, granted, sizeof granted);
    return r < 0 ? r : serve(stream, arg);
}

HTTP_TEST(a_request_goes_through_a_socks_proxy)
{
    char proxy[64];
    af_server *socks;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 16, serve_by_socks, &world->script, &socks), 0);
    snprintf(proxy, sizeof proxy, "socks5://127.0.0.1:%d", (int)af_server_port(socks));
    world->options.proxy = proxy;
    world_open(world);
    expect_line(world, &(af_request){.url = "http://127.0.0.2:1/path"}, "GET /path HTTP/1.1\r\n");
    world_close(world);
    af_server_close(socks);
    cr_expect_eq(af_server_wait_closed(socks), 0); /* its connection has the script */
    af_server_free(socks);
    return 0;
}

/* Answers each request, which has a name or an address, with the reply that the script has. */
static int refuse_by_socks(af_stream *stream, void *arg)
{
    const struct script *script = arg;
    unsigned char hello[2], methods[255], head[5], rest[257];
    int r = af_stream_read_exactly(stream, hello, sizeof hello);
    if (r >= 0)
        r = af_stream_read_exactly(stream, methods, hello[1]);
    if (r >= 0)
        r = af_stream_write(stream, (const char[]){5, 0}, 2);
    if (r >= 0)
        r = af_stream_read_exactly(stream, head, sizeof head);
    if (r >= 0)
        r = af_stream_read_exactly(stream, rest, (head[3] == 3 ? head[4] : 3) + 2U);
    const char reply[] = {5, script->socks_reply, 0, 1, 0, 0, 0, 0, 0, 0};
    return r < 0 ? r : af_stream_write(stream, reply, sizeof reply);
}

HTTP_TEST(a_host_that_is_unknown_behind_a_socks_proxy_is_not_resolved)
{
    enum { GENERAL_FAILURE = 1, HOST_UNREACHABLE = 4 };
    static const struct {
        const char *scheme;
        char reply;
        const char *url;
        enum af_http_error error;
    } cases[] = {
        {"socks4", GENERAL_FAILURE, "http://no-such.invalid/", AF_HTTP_RESOLVE},
        {"socks5", GENERAL_FAILURE, "http://no-such.invalid/", AF_HTTP_RESOLVE},
        {"socks5h", HOST_UNREACHABLE, "http://no-such.invalid/", AF_HTTP_RESOLVE},
        {"socks5h", GENERAL_FAILURE, "http://no-such.invalid/", AF_HTTP_CONNECT},
        {"socks5h", HOST_UNREACHABLE, "http://127.0.0.1/", AF_HTTP_CONNECT},
        {"socks5", HOST_UNREACHABLE, "http://127.0.0.1/", AF_HTTP_CONNECT},
    };
    af_server *socks;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 16, refuse_by_socks, &world->script, &socks), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char proxy[64];
        snprintf(proxy, sizeof proxy, "%s://127.0.0.1:%d", cases[i].scheme,
                 (int)af_server_port(socks));
        world->script.socks_reply = cases[i].reply;
        world->options.proxy = proxy;
        world_open(world);
        af_future *future;
        const af_response *response = fetch(world, cases[i].url, &future);
        cr_expect_eq(response->error, cases[i].error, "%s %s: %s", cases[i].scheme, cases[i].url,
                     response->error_text);
        cr_expect_not(strstr(response->error_text, "127.0.0.1") &&
                      cases[i].error == AF_HTTP_RESOLVE);
        af_future_unref(future);
        world_close(world);
    }
    af_server_close(socks);
    cr_expect_eq(af_server_wait_closed(socks), 0);
    af_server_free(socks);
    return 0;
}

static void expect_refused(const af_client_options *options, const char *text)
{
    af_client *client;
    int r = af_client_new(options, &client);
    cr_assert_eq(r, -EINVAL);
    cr_expect_str_eq(af_error_text(af_raised(r)), text);
}

HTTP_TEST(a_client_is_not_made_of_what_can_only_fail)
{
    static const char *const files[] = {"", "/nowhere/jar", NULL};
    static const char text[] =
        "proxy: no URL of a proxy, such as http://HOST:PORT or socks5://HOST:PORT";
    (void)world;
    expect_refused(&(af_client_options){.proxy = "ftp://name:password@host"}, text);
    expect_refused(&(af_client_options){.proxy = "http://name:password@host:9x9"}, text);
    expect_refused(&(af_client_options){.cookie_files = files},
                   "cookie file /nowhere/jar: No such file or directory");
    expect_refused(&(af_client_options){.netrc = true, .netrc_file = "/nowhere/netrc"},
                   "netrc file /nowhere/netrc: No such file or directory");
    return 0;
}
