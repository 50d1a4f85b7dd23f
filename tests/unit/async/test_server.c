/* Servers. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/wait.h>

#include "stream_suite.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

TestSuite(server, .timeout = 20);

static int echo(af_stream *stream, void *arg)
{
    (void)arg;
    char buffer[4 * KIB];
    ssize_t size;
    while ((size = af_stream_read(stream, buffer, sizeof buffer)) > 0) {
        int r = af_stream_write(stream, buffer, (size_t)size);
        if (r >= 0)
            r = af_stream_drain(stream);
        if (r < 0)
            return r;
    }
    return (int)size;
}

static void expect_echo(af_stream *stream, const char *text)
{
    cr_expect_eq(write_string(stream, text), 0);
    expect_read(stream, text);
}

static int expect_echo_at(const char *host, uint16_t port, const char *text)
{
    af_stream *stream;
    int r = af_open_connection(host, port, &stream);
    if (r < 0)
        return r;
    expect_echo(stream, text);
    af_stream_free(stream);
    return 0;
}

static int echo_main(void *arg, void **ret_result)
{
    (void)ret_result;
    const char *host = arg;
    af_server *server;
    int r = af_start_server(host, 0, 10, echo, NULL, &server);
    if (r < 0)
        return r;
    af_stream *stream;
    cr_assert_eq(af_open_connection(host, af_server_port(server), &stream), 0);
    expect_echo(stream, "first");
    expect_echo(stream, "second");
    af_address address;
    cr_expect_eq(af_stream_peer_address(stream, &address), 0);
    cr_expect_str_eq(address.host, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host);
    cr_expect_eq(address.port, af_server_port(server));
    cr_expect_eq(af_stream_write_eof(stream), 0);
    expect_read(stream, "");
    af_stream_close(stream);
    cr_expect_eq(af_stream_wait_closed(stream), 0);
    cr_expect_eq(af_stream_peer_address(stream, &address), -EBADF);
    af_stream_free(stream);
    af_server_free(server);
    return 0;
}

Test(server, answers_on_a_free_port)
{
    cr_expect_eq(af_run(NULL, echo_main, "127.0.0.1", NULL), 0);
    cr_expect_eq(af_run(NULL, echo_main, "localhost", NULL), 0);
}

Test(server, answers_on_ipv6)
{
    int r = af_run(NULL, echo_main, "::1", NULL);
    if (r == -EADDRNOTAVAIL || r == -EAFNOSUPPORT)
        cr_skip("there is no ::1 here");
    cr_expect_eq(r, 0);
}

Test(server, a_host_name_is_an_error)
{
    cr_expect_eq(af_run(NULL, echo_main, "example.com", NULL), AF_VALUE_ERROR);
    expect_text(AF_VALUE_ERROR, "example.com: not a numeric address");
}

/* Responds only at the end of the client's data. */
static int count_bytes(af_stream *stream, void *arg)
{
    (void)arg;
    const char *data;
    size_t length;
    int r = af_stream_read_all(stream, LONG, &data, &length);
    if (r < 0)
        return r;
    char text[32];
    snprintf(text, sizeof text, "%zu bytes", length);
    return write_string(stream, text);
}

static void expect_count(af_stream *stream)
{
    const char *data;
    size_t length;
    cr_expect_eq(af_stream_write(stream, block, LONG), 0);
    cr_expect_eq(af_stream_write_eof(stream), 0);
    cr_expect_eq(af_stream_read_all(stream, 64, &data, &length), 0);
    expect_bytes(data, length, "1048576 bytes");
    af_stream_close(stream);
    cr_expect_eq(af_stream_wait_closed(stream), 0);
    af_stream_free(stream);
}

static int count_main(void *arg, void **ret_result)
{
    (void)ret_result;
    const char *host = arg;
    af_server *server;
    int r = af_start_server(host, 0, 10, count_bytes, NULL, &server);
    if (r < 0)
        return r;
    af_stream *stream;
    cr_assert_eq(af_open_connection(host, af_server_port(server), &stream), 0);
    expect_count(stream);
    af_server_close(server);
    cr_expect_eq(af_server_wait_closed(server), 0);
    af_server_free(server);
    return 0;
}

Test(server, responds_to_a_client_after_write_eof)
{
    cr_expect_eq(af_run(NULL, count_main, "127.0.0.1", NULL), 0);
    int r = af_run(NULL, count_main, "::1", NULL);
    if (r != -EADDRNOTAVAIL && r != -EAFNOSUPPORT)
        cr_expect_eq(r, 0);
}

static int unix_main(void *arg, void **ret_result)
{
    (void)ret_result;
    const char *path = arg;
    af_server *old, *server;
    cr_assert_eq(af_start_unix_server(path, 10, echo, NULL, &old), 0);
    cr_assert_eq(af_start_unix_server(path, 10, echo, NULL, &server), 0);
    cr_expect_eq(af_server_port(server), 0);
    af_server_free(old);
    af_stream *stream;
    cr_assert_eq(af_open_unix_connection(path, &stream), 0, "the path is the new one's");
    expect_echo(stream, "local");
    af_address address;
    cr_expect_eq(af_stream_peer_address(stream, &address), 0);
    cr_expect_str_eq(address.host, path);
    cr_expect_eq(af_stream_local_address(stream, &address), 0);
    cr_expect_str_eq(address.host, "");
    af_stream_free(stream);
    af_server_free(server);
    return 0;
}

static int count_unix_main(void *arg, void **ret_result)
{
    (void)ret_result;
    const char *path = arg;
    af_server *server;
    cr_assert_eq(af_start_unix_server(path, 10, count_bytes, NULL, &server), 0);
    af_stream *stream;
    cr_assert_eq(af_open_unix_connection(path, &stream), 0);
    expect_count(stream);
    af_server_close(server);
    cr_expect_eq(af_server_wait_closed(server), 0);
    af_server_free(server);
    cr_expect_eq(af_open_unix_connection(path, &stream), -ENOENT);
    char expected[80];
    snprintf(expected, sizeof expected, "%s: No such file or directory", path);
    expect_text(-ENOENT, expected);
    return 0;
}

/* Passes a path to MAIN, which must not leave a file there. */
static void run_with_path(af_coroutine *main)
{
    char folder[] = "/tmp/afetch-XXXXXX", path[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/socket", folder);
    cr_expect_eq(af_run(NULL, main, path, NULL), 0);
    cr_expect_eq(rmdir(folder), 0);
}

Test(server, answers_on_a_unix_socket_and_replaces_an_old_one)
{
    run_with_path(unix_main);
}

Test(server, responds_on_a_unix_socket_to_a_client_after_write_eof)
{
    run_with_path(count_unix_main);
}

static int wait_closed(void *arg, void **ret_result)
{
    (void)ret_result;
    return af_server_wait_closed(arg);
}

static int server_close_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, echo, NULL, &server), 0);
    uint16_t port = af_server_port(server);
    af_stream *stream;
    cr_assert_eq(af_open_connection("127.0.0.1", port, &stream), 0);
    expect_echo(stream, "before");

    af_server_close(server);
    cr_expect_eq(af_server_port(server), 0);
    cr_expect_eq(expect_echo_at("127.0.0.1", port, ""), -ECONNREFUSED);
    expect_echo(stream, "after");

    af_task *waiter;
    cr_assert_eq(af_create_task(wait_closed, server, NULL, &waiter), 0);
    cr_expect_eq(af_sleep(0.01), 0);
    cr_expect_not(af_future_done(waiter));
    af_stream_free(stream);
    cr_expect_eq(af_await(waiter, NULL), 0);
    af_future_unref(waiter);
    af_server_free(server);
    return 0;
}

Test(server, close_refuses_new_connections_and_keeps_open_ones)
{
    run(server_close_main);
}

static int serve_forever(void *arg, void **ret_result)
{
    (void)ret_result;
    return af_server_serve_forever(arg);
}

static int serve_forever_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, echo, NULL, &server), 0);
    uint16_t port = af_server_port(server);
    af_task *forever;
    cr_assert_eq(af_create_task(serve_forever, server, NULL, &forever), 0);
    cr_expect_eq(expect_echo_at("127.0.0.1", port, "hello"), 0);
    cr_expect(af_future_cancel(forever));
    cr_expect_eq(af_await(forever, NULL), AF_CANCELLED);
    cr_expect_eq(expect_echo_at("127.0.0.1", port, ""), -ECONNREFUSED);
    af_future_unref(forever);
    af_server_free(server);
    return 0;
}

Test(server, serve_forever_closes_the_server_when_cancelled)
{
    run(serve_forever_main);
}

/* An open client delays only the end of a server that another task closed. */
static int closed_by_another_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, echo, NULL, &server), 0);
    af_stream *client;
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &client), 0);
    af_task *forever;
    cr_assert_eq(af_create_task(serve_forever, server, NULL, &forever), 0);
    af_sleep(0.01);
    af_server_close(server);
    af_sleep(0);
    cr_expect(af_future_cancel(forever));
    cr_expect_eq(af_await(forever, NULL), AF_CANCELLED);
    af_future_unref(forever);
    af_stream_free(client);
    af_server_free(server);
    return 0;
}

Test(server, serve_forever_of_a_closed_server_returns_at_the_first_cancellation)
{
    run(closed_by_another_main);
}

static int abort_connection(af_stream *stream, void *arg)
{
    (void)arg;
    af_stream_abort(stream);
    return 0;
}

static int abort_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, abort_connection, NULL, &server), 0);
    af_stream *stream;
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
    char byte;
    cr_expect_eq(af_stream_read(stream, &byte, 1), -ECONNRESET);
    af_stream_free(stream);
    af_server_free(server);
    return 0;
}

Test(server, abort_resets_the_connection)
{
    run(abort_main);
}

/* Fails with the code that the client sends. */
static int fail_as_told(af_stream *stream, void *arg)
{
    (void)arg;
    int code;
    int r = af_stream_read_exactly(stream, &code, sizeof code);
    return r < 0 ? r : af_raise(code, "as told");
}

struct reports {
    size_t count;
    int code;
};

static void count_report(af_loop *loop, const af_exception_context *context, void *arg)
{
    (void)loop;
    struct reports *reports = arg;
    reports->count++;
    reports->code = context->error.code;
}

static int reports_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct reports reports = {0};
    af_loop_set_exception_handler(af_running_loop(), count_report, &reports);
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, fail_as_told, NULL, &server), 0);
    static const int codes[] = {-ECONNRESET, -EPIPE, AF_CANCELLED, AF_USER_ERROR};
    for (size_t i = 0; i < 4; i++) {
        af_stream *stream;
        cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
        cr_expect_eq(af_stream_write(stream, &codes[i], sizeof codes[i]), 0);
        expect_read(stream, "");
        af_stream_free(stream);
    }
    cr_expect_eq(reports.count, 1);
    cr_expect_eq(reports.code, AF_USER_ERROR);
    af_loop_set_exception_handler(af_running_loop(), NULL, NULL);
    af_server_free(server);
    return 0;
}

Test(server, reports_errors_of_handlers_but_not_lost_connections)
{
    run(reports_main);
}

static void limit_descriptors(rlim_t most)
{
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = most;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int no_descriptors_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct reports reports = {0};
    af_loop *loop = af_running_loop();
    af_loop_set_exception_handler(loop, count_report, &reports);
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, echo, NULL, &server), 0);
    int next = dup(STDIN_FILENO);
    cr_assert_eq(close(next), 0);
    limit_descriptors((rlim_t)next + 1); /* only enough for the client's socket */
    af_stream *stream;
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
    cr_expect_eq(af_sleep(0.1), 0);
    cr_expect_eq(reports.count, 1, "it does not spin");
    cr_expect_eq(reports.code, -EMFILE);
    limit_descriptors(256);
    double start = af_loop_time(loop);
    expect_echo(stream, "at last");
    cr_expect_geq(af_loop_time(loop) - start, 0.5);
    cr_expect_eq(reports.count, 1);
    af_loop_set_exception_handler(loop, NULL, NULL);
    af_stream_free(stream);
    af_server_free(server);
    return 0;
}

Test(server, pauses_without_free_descriptors)
{
    if (RUNNING_ON_VALGRIND)
        cr_skip("valgrind accepts beyond the limit, and drops what it has accepted");
    run(no_descriptors_main);
}

static int no_stacks_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct reports reports = {0};
    af_loop *loop = af_running_loop();
    af_loop_set_exception_handler(loop, count_report, &reports);
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, echo, NULL, &server), 0);
    limit_mappings(0);
    af_stream *turned_away, *stream;
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &turned_away), 0);
    expect_read(turned_away, "");
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
    cr_expect_eq(af_sleep(0.1), 0);
    cr_expect_eq(reports.count, 1, "it does not spin");
    cr_expect_eq(reports.code, -EAGAIN);
    unlimit_mappings();
    double start = af_loop_time(loop);
    expect_echo(stream, "at last");
    cr_expect_geq(af_loop_time(loop) - start, 0.5);
    cr_expect_eq(reports.count, 1);
    af_loop_set_exception_handler(loop, NULL, NULL);
    af_stream_free(turned_away);
    af_stream_free(stream);
    af_server_free(server);
    return 0;
}

Test(server, pauses_without_free_stacks)
{
    run(no_stacks_main);
}

static int greet_and_wait(af_stream *stream, void *arg)
{
    (void)arg;
    int r = write_string(stream, "hello");
    return r < 0 ? r : af_sleep(60);
}

static int leave_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, greet_and_wait, NULL, &server), 0);
    af_stream *stream;
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
    expect_read(stream, "hello");
    af_stream_free(stream);
    af_server_free(server);
    return 0;
}

Test(server, connections_end_with_the_run)
{
    run(leave_main);
}

/* Responds without reading all data. */
static int answer_early(af_stream *stream, void *arg)
{
    (void)arg;
    const char *line;
    size_t length;
    int r = af_stream_read_line(stream, &line, &length);
    return r < 0 ? r : write_string(stream, "no more, please\n");
}

static int early_answer_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    af_stream *client;
    const char *answer;
    size_t length;
    cr_assert_eq(af_start_server("127.0.0.1", 0, 10, answer_early, NULL, &server), 0);
    cr_assert_eq(af_open_connection("127.0.0.1", af_server_port(server), &client), 0);
    cr_assert_eq(write_string(client, "first line\n"), 0);
    cr_assert_eq(af_stream_write(client, block, 20 * KIB), 0);
    cr_expect_eq(af_stream_read_all(client, KIB, &answer, &length), 0);
    expect_bytes(answer, length, "no more, please\n");
    af_stream_free(client);
    af_server_free(server);
    return 0;
}

Test(server, a_response_arrives_even_if_the_request_was_not_read)
{
    run(early_answer_main);
}

static af_server *closed_between;
static af_task *waiting_for_close;

static int await_close(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_server_wait_closed(closed_between);
}

static int begin_waiting(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_start_server("127.0.0.1", 0, 10, answer_early, NULL, &closed_between);
    if (r >= 0)
        r = af_create_task(await_close, NULL, NULL, &waiting_for_close);
    return r < 0 ? r : af_sleep(0);
}

static int end_waiting(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_wait_for(waiting_for_close, 5, NULL);
}

Test(server, closing_it_between_two_runs_wakes_waiters)
{
    af_runner *runner;
    cr_assert_eq(af_runner_new(NULL, &runner), 0);
    cr_assert_eq(af_runner_run(runner, begin_waiting, NULL, NULL), 0);
    af_server_close(closed_between);
    cr_expect_eq(af_runner_run(runner, end_waiting, NULL, NULL), 0);
    af_future_unref(waiting_for_close);
    af_server_free(closed_between);
    cr_assert_eq(af_runner_close(runner), 0);
}
