/* Helpers of the tests of the HTTP client: a server and a client in one loop. */
#ifndef TESTS_HTTP_SUITE_H
#define TESTS_HTTP_SUITE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>
#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/task.h>

/* The server's response to a request, byte for byte, and true if it then closes the connection. If
 * not, it waits for the client to close and records that. */
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
static inline int note_request(struct script *script, af_stream *stream, const char *head,
                               size_t length)
{
    cr_assert_lt(length, sizeof script->request - 100);
    memcpy(script->request, head, length);
    script->request[length] = '\0';
    const char *header = strstr(script->request, "Content-Length: ");
    size_t size = header ? strtoul(strchr(header, ' '), NULL, 10) : 0;
    script->request[length + size] = '\0';
    return af_stream_read_exactly(stream, script->request + length, size);
}

static inline int serve(af_stream *stream, void *arg)
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

static inline void world_open(struct world *world)
{
    cr_assert_eq(af_create_future(&world->script.first_request), 0);
    cr_assert_eq(af_start_server("127.0.0.1", 0, 1024, serve, &world->script, &world->server), 0);
    snprintf(world->url, sizeof world->url, "http://127.0.0.1:%d/",
             (int)af_server_port(world->server));
    cr_assert_eq(af_client_new(&world->options, &world->client), 0);
}

static inline void world_close(struct world *world)
{
    af_client_free(world->client);
    af_server_close(world->server);
    cr_assert_eq(af_server_wait_closed(world->server), 0);
    af_server_free(world->server);
    af_future_unref(world->script.first_request);
}

static inline af_future *request(struct world *world, const char *url)
{
    af_future *future;
    af_request wanted = {.url = url, .body = AF_BODY_MEMORY, .keep_headers = true};
    cr_assert_eq(af_client_request(world->client, &wanted, &future), 0);
    return future;
}

/* Awaits a response that must come, whatever it says. The future is the caller's. */
static inline const af_response *fetch(struct world *world, const char *url, af_future **ret_future)
{
    void *response;
    *ret_future = request(world, url);
    cr_assert_eq(af_await(*ret_future, &response), 0);
    return response;
}

/* Runs a test's coroutine with a world of its own. */
static inline int in_world(void *arg, void **ret_result)
{
    (void)ret_result;
    int (*test)(struct world *) = *(int (**)(struct world *))arg;
    struct world world = {.script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                           "X-Word: One\r\nx-word: two\r\n\r\nhi"};
    return test(&world);
}

static inline void run(int (*test)(struct world *))
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

/* Returns the server's URL for some of COUNT requests and the last, and for the rest one that
 * refuses connections, so that 1,024 descriptors suffice: both ends of a connection are in this
 * process. */
static inline const char *choose_url(const struct world *world, int number, int count)
{
    return number % 50 == 0 || number == count - 1 ? world->url : "http://127.0.0.1:1/";
}

#endif
