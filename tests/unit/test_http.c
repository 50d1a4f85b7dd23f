/* The HTTP client, against a server of a few lines in the same loop. */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/wait.h>

TestSuite(http, .timeout = 30);

/* What the server answers to a request, word for word, and whether it then closes the connection.
 * Where it does not close, it waits for the client's end and notes it. */
struct script {
    const char *answer;
    bool close;
    char socks_reply;   /* of a proxy that refuses */
    char request[1024]; /* the last, head and body */
    size_t requests;
    size_t hung_up;
    af_future *first_request; /* done with the first */
};

/* Notes the head and what follows it. */
static int note_request(struct script *script, af_stream *stream, const char *head, size_t length)
{
    cr_assert_lt(length, sizeof script->request - 100);
    memcpy(script->request, head, length);
    script->request[length] = '\0';
    const char *header = strstr(script->request, "Content-Length: ");
    size_t size = header ? strtoul(strchr(header, ' '), NULL, 10) : 0;
    script->request[length + size] = '\0';
    return af_stream_read_exactly(stream, script->request + length, size);
}

static int serve(af_stream *stream, void *arg)
{
    struct script *script = arg;
    const char *head;
    size_t length;
    while (af_stream_read_until(stream, "\r\n\r\n", &head, &length) == 0 &&
           note_request(script, stream, head, length) == 0) {
        if (script->requests++ == 0 && !af_future_done(script->first_request))
            af_future_set_result(script->first_request, NULL, NULL);
        int r = af_stream_write(stream, script->answer, strlen(script->answer));
        if (r < 0 || script->close)
            return r;
    }
    script->hung_up++;
    return 0;
}

struct world {
    struct script script;
    af_client_options options;
    af_server *server;
    af_client *client;
    char url[64];
};

static void world_open(struct world *world)
{
    cr_assert_eq(af_create_future(&world->script.first_request), 0);
    cr_assert_eq(af_start_server("127.0.0.1", 0, 1024, serve, &world->script, &world->server), 0);
    snprintf(world->url, sizeof world->url, "http://127.0.0.1:%d/",
             (int)af_server_port(world->server));
    cr_assert_eq(af_client_new(&world->options, &world->client), 0);
}

static void world_close(struct world *world)
{
    af_client_free(world->client);
    af_server_close(world->server);
    cr_assert_eq(af_server_wait_closed(world->server), 0);
    af_server_free(world->server);
    af_future_unref(world->script.first_request);
}

static af_future *request(struct world *world, const char *url)
{
    af_future *future;
    af_request wanted = {.url = url, .body = AF_BODY_MEMORY, .keep_headers = true};
    cr_assert_eq(af_client_request(world->client, &wanted, &future), 0);
    return future;
}

/* Awaits a response that must come, whatever it says. The future is the caller's. */
static const af_response *fetch(struct world *world, const char *url, af_future **ret_future)
{
    void *response;
    *ret_future = request(world, url);
    cr_assert_eq(af_await(*ret_future, &response), 0);
    return response;
}

/* Runs a test's coroutine with a world of its own. */
static int in_world(void *arg, void **ret_result)
{
    (void)ret_result;
    int (*test)(struct world *) = *(int (**)(struct world *))arg;
    struct world world = {.script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                           "X-Word: One\r\nx-word: two\r\n\r\nhi"};
    return test(&world);
}

static void run(int (*test)(struct world *))
{
    cr_assert_eq(af_run(NULL, in_world, &test, NULL), 0);
}

#define HTTP_TEST(name)                   \
    static int name(struct world *world); \
    Test(http, name)                      \
    {                                     \
        run(name);                        \
    }                                     \
    static int name(struct world *world)

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
        /* What follows a HEAD would be taken for the next answer. */
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

/* The server's for some of COUNT requests and the last, and one that refuses connections for the
 * rest, so that 1,024 descriptors are enough: both ends of a connection are here. */
static const char *choose_url(const struct world *world, int number, int count)
{
    return number % 50 == 0 || number == count - 1 ? world->url : "http://127.0.0.1:1/";
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

/* What a listener heard, a letter for each. */
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
