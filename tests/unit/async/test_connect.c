/* Connections by name. The tests replace getaddrinfo(), so that names have the required addresses
 * and no external server is queried. */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/wait.h>

#include "async/loop.h"
#include "virtual_clock.h"

TestSuite(connect, .timeout = 20);

static sem_t asked, answer; /* blocks the lookup of slow.test */

static const struct name {
    const char *name;
    const char *addresses[3];
    int error;
} names[] = {
    {.name = "second.test", .addresses = {"127.0.0.2", "127.0.0.1"}},
    {.name = "refused.test", .addresses = {"127.0.0.2"}},
    {.name = "twice.test", .addresses = {"127.0.0.2", "127.0.0.2"}},
    {.name = "different.test", .addresses = {"127.0.0.2", "224.0.0.1", "127.0.0.2"}},
    {.name = "slow.test", .addresses = {"127.0.0.1"}},
    {.name = "nobody.test", .error = EAI_NONAME},
    {.name = "broken.test", .error = EAI_SYSTEM},
    {.name = "full.test", .error = EAI_MEMORY},
    {.name = "localhost", .error = EAI_NONAME},
};

static const struct name *find_name(const char *node)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (node && strcmp(names[i].name, node) == 0)
            return &names[i];
    return NULL;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret_found)
{
    typeof(getaddrinfo) *next = (typeof(next))dlsym(RTLD_NEXT, "getaddrinfo");
    const struct name *name = find_name(node);
    if (!name || hints->ai_flags & AI_NUMERICHOST)
        return next(node, service, hints, ret_found);
    if (strcmp(node, "slow.test") == 0) {
        sem_post(&asked);
        sem_wait(&answer);
    }
    errno = EMFILE;
    struct addrinfo **end = ret_found;
    for (size_t i = 0; i < 3 && name->addresses[i]; i++) {
        int error = next(name->addresses[i], service, hints, end);
        if (error != 0)
            return error;
        end = &(*end)->ai_next;
    }
    return name->error;
}

/* ------------------------------------------------------------------- tests */

static int greet(af_stream *stream, void *arg)
{
    (void)arg;
    return af_stream_write(stream, "hello", 5);
}

static int open_to(const char *host, uint16_t port)
{
    af_stream *stream;
    int r = af_open_connection(host, port, &stream);
    if (r < 0)
        return r;
    char text[5];
    expect_code(af_stream_read_exactly(stream, text, sizeof text), 0);
    cr_assert_eq(memcmp(text, "hello", 5), 0);
    af_stream_free(stream);
    return 0;
}

static uint16_t port;

static int serve(void *arg, void **ret_result)
{
    af_coroutine **main = arg;
    af_server *server;
    expect_code(af_start_server("127.0.0.1", 0, 10, greet, NULL, &server), 0);
    port = af_server_port(server);
    int r = (*main)(NULL, ret_result);
    af_server_free(server);
    return r;
}

/* Runs MAIN with a server on 127.0.0.1 and the port. */
static void run_with_server(af_coroutine *main)
{
    expect_code(af_run(NULL, serve, &main, NULL), 0);
}

static int names_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(open_to("second.test", port), 0);
    return 0;
}

Test(connect, tries_the_addresses_of_a_name_one_after_another)
{
    run_with_server(names_main);
}

static int localhost_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(open_to("localhost", port), 0);
    expect_code(open_to("LocalHost", port), 0);
    return 0;
}

Test(connect, localhost_is_loopback_even_if_the_resolver_does_not_know_it)
{
    run_with_server(localhost_main);
}

static int number_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(open_to("127.0.0.1", port), 0);
    cr_assert_null(af_running_loop()->executor);
    return 0;
}

Test(connect, a_numeric_address_is_not_looked_up)
{
    run_with_server(number_main);
}

/* Error texts if no server listens; each %u is the port. */
static void expect_failure(const char *host, int code, const char *format)
{
    char expected[256];
    snprintf(expected, sizeof expected, format, port, port);
    int r = open_to(host, port);
    expect_code(r, code);
    cr_assert(eq(str, (char *)af_error_text(af_raised(r)), expected));
}

static int refused_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_failure("127.0.0.2", -ECONNREFUSED, "127.0.0.2:%u: Connection refused");
    expect_failure("refused.test", -ECONNREFUSED, "127.0.0.2:%u: Connection refused");
    expect_failure("twice.test", -ECONNREFUSED, "127.0.0.2:%u: Connection refused");
    expect_failure("different.test", -ECONNREFUSED,
                   "127.0.0.2:%u: Connection refused; 224.0.0.1:%u: Network is unreachable");
    return 0;
}

Test(connect, if_all_addresses_fail_the_error_names_each_once)
{
    run_with_server(refused_main);
}

static int ipv6_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_stream *stream;
    int r = af_open_connection("::1", port, &stream);
    if (r == -ECONNREFUSED)
        expect_failure("::1", -ECONNREFUSED, "[::1]:%u: Connection refused");
    return r;
}

Test(connect, an_ipv6_address_is_in_brackets_in_errors)
{
    af_coroutine *main = ipv6_main;
    int r = af_run(NULL, serve, &main, NULL);
    if (r == -EADDRNOTAVAIL || r == -EAFNOSUPPORT)
        cr_skip("there is no ::1 here");
    expect_code(r, -ECONNREFUSED);
}

static int unresolved_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_failure("nobody.test", AF_RESOLVE_ERROR, "nobody.test: Name or service not known");
    expect_failure("broken.test", -EMFILE, "broken.test: Too many open files");
    expect_failure("full.test", -ENOMEM, "Cannot allocate memory");
    return 0;
}

Test(connect, a_name_without_address_is_an_error)
{
    run_with_server(unresolved_main);
}

static int open_slow(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return open_to("slow.test", port);
}

static int cancel_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_task *task;
    expect_code(af_create_task(open_slow, NULL, NULL, &task), 0);
    expect_code(af_sleep(0), 0);
    sem_wait(&asked);
    expect_code(af_wait_for(task, 0.001, NULL), AF_TIMEOUT);
    af_future_unref(task);
    sem_post(&answer);
    return 0;
}

Test(connect, a_lookup_can_be_cancelled)
{
    sem_init(&asked, 0, 0);
    sem_init(&answer, 0, 0);
    run_with_server(cancel_main);
    sem_destroy(&asked);
    sem_destroy(&answer);
}

static int open_in_callback(void *arg)
{
    *(int *)arg = open_to("second.test", 1);
    return 0;
}

Test(connect, connecting_outside_a_task_is_an_error)
{
    int r = 0;
    open_real_loop();
    expect_code(af_loop_call_soon(loop, open_in_callback, &r, NULL), 0);
    tick(1);
    expect_code(r, AF_RUNTIME_ERROR);
    close_loop();
}

static int taken_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    int r = af_start_server("127.0.0.1", port, 10, greet, NULL, &server);
    expect_code(r, -EADDRINUSE);
    char expected[64];
    snprintf(expected, sizeof expected, "127.0.0.1:%u: Address already in use", port);
    cr_assert(eq(str, (char *)af_error_text(af_raised(r)), expected));
    return 0;
}

Test(connect, a_bind_error_names_the_address)
{
    run_with_server(taken_main);
}
