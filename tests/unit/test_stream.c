/* Streams and servers. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <afetch/run.h>
#include <afetch/stream.h>
#include <afetch/timeout.h>
#include <afetch/wait.h>

#include "async/stream.h"
#include "failing_allocation.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

TestSuite(stream, .timeout = 20);
TestSuite(server, .timeout = 20);

/* Both ends of a connection, and observations of the test. */
struct pair {
    af_stream *a;
    af_stream *b;
    bool done;
};

static void pair_open(struct pair *pair)
{
    int fds[2];
    *pair = (struct pair){0};
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    cr_assert_eq(stream_new(af_running_loop(), fds[0], &pair->a), 0);
    cr_assert_eq(stream_new(af_running_loop(), fds[1], &pair->b), 0);
}

static void pair_free(struct pair *pair)
{
    af_stream_free(pair->a);
    af_stream_free(pair->b);
}

static void run(af_coroutine *main)
{
    cr_assert_eq(af_run(NULL, main, NULL, NULL), 0);
}

static int write_string(af_stream *stream, const char *string)
{
    return af_stream_write(stream, string, strlen(string));
}

static void expect_bytes(const char *data, size_t length, const char *expected)
{
    cr_expect_eq(length, strlen(expected));
    cr_expect_eq(strncmp(data, expected, length), 0, "%.*s", (int)length, data);
}

static void expect_text(int code, const char *expected)
{
    cr_expect_str_eq(af_error_text(af_raised(code)), expected);
}

static void expect_read(af_stream *stream, const char *expected)
{
    char buffer[256];
    ssize_t r = af_stream_read(stream, buffer, sizeof buffer);
    cr_assert_geq(r, 0);
    expect_bytes(buffer, (size_t)r, expected);
}

/* ----------------------------------------------------------------- reading */

static int write_in_pieces(void *arg, void **ret_result)
{
    (void)ret_result;
    static const char *const pieces[] = {"hel", "lo\r", "\nre", "st"};
    struct pair *pair = arg;
    for (size_t i = 0; i < 4; i++) {
        int r = write_string(pair->b, pieces[i]);
        if (r >= 0)
            r = af_sleep(0.001);
        if (r < 0)
            return r;
    }
    af_stream_close(pair->b);
    return 0;
}

static int read_until_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    cr_assert_eq(af_create_task(write_in_pieces, &pair, NULL, NULL), 0);
    const char *data;
    size_t length;
    cr_expect_eq(af_stream_read_until(pair.a, "\r\n", &data, &length), 0);
    expect_bytes(data, length, "hello\r\n");
    char rest[4];
    cr_expect_eq(af_stream_read_exactly(pair.a, rest, 4), 0);
    expect_bytes(rest, 4, "rest");
    pair_free(&pair);
    return 0;
}

Test(stream, read_until_finds_a_separator_across_pieces)
{
    run(read_until_main);
}

static int limit_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    af_stream_set_limit(pair.a, 8);
    const char *data;
    size_t length;
    write_string(pair.b, "12345678;123456789;");
    cr_expect_eq(af_stream_read_until(pair.a, ";", &data, &length), 0);
    expect_bytes(data, length, "12345678;");
    cr_expect_eq(af_stream_read_until(pair.a, ";", &data, &length), AF_LIMIT_OVERRUN);
    expect_text(AF_LIMIT_OVERRUN, "no separator within 8 bytes");
    expect_read(pair.a, "123456789;");
    write_string(pair.b, "no separator");
    cr_expect_eq(af_stream_read_until(pair.a, ";", &data, &length), AF_LIMIT_OVERRUN);
    expect_read(pair.a, "no separator");
    cr_expect_eq(af_stream_read_until(pair.a, "", &data, &length), AF_VALUE_ERROR);
    pair_free(&pair);
    return 0;
}

Test(stream, read_until_keeps_data_over_the_limit)
{
    run(limit_main);
}

static int incomplete_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    write_string(pair.b, "part");
    af_stream_close(pair.b);
    const char *data;
    size_t length;
    char buffer[8];
    cr_expect_eq(af_stream_read_until(pair.a, "\n", &data, &length), AF_INCOMPLETE_READ);
    expect_text(AF_INCOMPLETE_READ, "the stream ended before the separator");
    cr_expect_eq(af_stream_read_exactly(pair.a, buffer, sizeof buffer), AF_INCOMPLETE_READ);
    expect_text(AF_INCOMPLETE_READ, "the stream ended after 4 of 8 bytes");
    cr_expect_not(af_stream_at_eof(pair.a));
    expect_read(pair.a, "part");
    cr_expect(af_stream_at_eof(pair.a));
    expect_read(pair.a, "");
    pair_free(&pair);
    return 0;
}

Test(stream, data_before_an_early_end_can_be_read)
{
    run(incomplete_main);
}

static int lines_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    af_stream_set_limit(pair.a, 8);
    write_string(pair.b, "one\n\na line too long\nlast");
    af_stream_close(pair.b);
    const char *line;
    size_t length;
    cr_expect_eq(af_stream_read_line(pair.a, &line, &length), 0);
    expect_bytes(line, length, "one\n");
    cr_expect_eq(af_stream_read_line(pair.a, &line, &length), 0);
    expect_bytes(line, length, "\n");
    cr_expect_eq(af_stream_read_line(pair.a, &line, &length), AF_VALUE_ERROR);
    expect_text(AF_VALUE_ERROR, "the line is longer than 8 bytes");
    cr_expect_eq(af_stream_read_line(pair.a, &line, &length), 0);
    expect_bytes(line, length, "last");
    cr_expect_eq(af_stream_read_line(pair.a, &line, &length), 0);
    cr_expect_eq(length, 0);
    pair_free(&pair);
    return 0;
}

Test(stream, read_line_returns_lines_and_drops_one_over_the_limit)
{
    run(lines_main);
}

static int read_all_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    cr_assert_eq(af_create_task(write_in_pieces, &pair, NULL, NULL), 0);
    const char *data;
    size_t length;
    cr_expect_eq(af_stream_read_all(pair.a, 10, &data, &length), AF_LIMIT_OVERRUN);
    expect_text(AF_LIMIT_OVERRUN, "the stream is longer than 10 bytes");
    cr_expect_eq(af_stream_read_all(pair.a, 11, &data, &length), 0);
    expect_bytes(data, length, "hello\r\nrest");
    cr_expect_eq(af_stream_read_all(pair.a, 0, &data, &length), 0);
    cr_expect_eq(length, 0);
    pair_free(&pair);
    return 0;
}

Test(stream, read_all_reads_to_the_end_up_to_its_maximum)
{
    run(read_all_main);
}

static int read_one(void *arg, void **ret_result)
{
    (void)ret_result;
    struct pair *pair = arg;
    char byte;
    return (int)af_stream_read(pair->a, &byte, 1);
}

static int cancel_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    af_task *reader;
    cr_assert_eq(af_create_task(read_one, &pair, NULL, &reader), 0);
    cr_expect_eq(af_wait_for(reader, 0.01, NULL), AF_TIMEOUT);
    af_future_unref(reader);
    write_string(pair.b, "still there");
    expect_read(pair.a, "still there");
    pair_free(&pair);
    return 0;
}

Test(stream, a_cancelled_read_leaves_the_stream_usable)
{
    run(cancel_main);
}

static int cancelled_exactly_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    write_string(pair.b, "half");
    af_timeout timeout;
    cr_assert_eq(af_timeout_enter(&timeout, 0.01), 0);
    char whole[8];
    int r = af_timeout_exit(&timeout, af_stream_read_exactly(pair.a, whole, sizeof whole));
    cr_expect_eq(r, AF_TIMEOUT);
    write_string(pair.b, "half");
    cr_expect_eq(af_stream_read_exactly(pair.a, whole, sizeof whole), 0);
    expect_bytes(whole, sizeof whole, "halfhalf");
    pair_free(&pair);
    return 0;
}

Test(stream, a_cancelled_read_exactly_loses_nothing)
{
    run(cancelled_exactly_main);
}

static int two_readers_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    af_task *reader;
    cr_assert_eq(af_create_task(read_one, &pair, NULL, &reader), 0);
    cr_expect_eq(af_sleep(0), 0);
    char byte;
    cr_expect_eq(af_stream_read(pair.a, &byte, 1), AF_RUNTIME_ERROR);
    af_stream_close(pair.a);
    cr_expect_eq(af_await(reader, NULL), 0, "closing ends the read that waits");
    af_future_unref(reader);
    pair_free(&pair);
    return 0;
}

Test(stream, a_second_reader_is_an_error)
{
    run(two_readers_main);
}

static int read_ten(void *arg, void **ret_result)
{
    (void)ret_result;
    struct pair *pair = arg;
    char bytes[10];
    int r = af_stream_read_exactly(pair->a, bytes, sizeof bytes);
    if (r >= 0)
        expect_bytes(bytes, sizeof bytes, "helloworld");
    return r;
}

static int second_reader_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    af_task *reader;
    cr_assert_eq(write_string(pair.b, "hello"), 0);
    cr_assert_eq(af_create_task(read_ten, &pair, NULL, &reader), 0);
    for (int i = 0; i < 5; i++)
        af_sleep(0);
    char bytes[10];
    const char *data;
    size_t length;
    cr_expect_eq(af_stream_read(pair.a, bytes, 5), AF_RUNTIME_ERROR);
    cr_expect_eq(af_stream_read_exactly(pair.a, bytes, 5), AF_RUNTIME_ERROR);
    cr_expect_eq(af_stream_read_line(pair.a, &data, &length), AF_RUNTIME_ERROR);
    cr_expect_eq(af_stream_read_all(pair.a, 100, &data, &length), AF_RUNTIME_ERROR);
    cr_assert_eq(write_string(pair.b, "world"), 0);
    cr_expect_eq(af_await(reader, NULL), 0);
    af_future_unref(reader);
    pair_free(&pair);
    return 0;
}

Test(stream, a_second_reader_takes_no_data_from_the_first)
{
    run(second_reader_main);
}

/* ----------------------------------------------------------------- writing */

enum { KIB = 1024, LONG = 1024 * KIB };

static const char block[LONG];

static int drain(void *arg, void **ret_result)
{
    (void)ret_result;
    struct pair *pair = arg;
    int r = af_stream_drain(pair->a);
    pair->done = true;
    return r;
}

/* Minimizes the kernel's buffers, so that data is queued in the stream. */
static void shrink_buffer(af_stream *stream)
{
    int smallest = 1;
    cr_assert_eq(
        setsockopt(af_stream_fd(stream), SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest), 0);
}

static int drain_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    shrink_buffer(pair.a);
    size_t size = 256 * KIB, taken = 0;
    cr_expect_eq(af_stream_write(pair.a, block, size), 0);
    af_task *drainer;
    cr_assert_eq(af_create_task(drain, &pair, NULL, &drainer), 0);
    cr_expect_eq(af_sleep(0.01), 0);
    cr_expect_not(pair.done);

    char part[KIB];
    while (!pair.done) {
        ssize_t r = af_stream_read(pair.b, part, sizeof part);
        cr_assert_gt(r, 0);
        taken += (size_t)r;
        cr_assert_eq(af_sleep(0), 0);
    }
    cr_expect_eq(af_await(drainer, NULL), 0);
    cr_expect_geq(taken, size - 32 * KIB, "not before the low-water mark");
    cr_expect_lt(taken, size, "and not later");
    af_future_unref(drainer);
    pair_free(&pair);
    return 0;
}

Test(stream, drain_suspends_above_the_high_mark_until_the_low_mark)
{
    run(drain_main);
}

static int no_drain_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    shrink_buffer(pair.a);
    cr_expect_eq(af_stream_write(pair.a, block, 64 * KIB), 0);
    af_task *other;
    cr_assert_eq(af_create_task(drain, &pair, NULL, &other), 0);
    cr_expect_eq(af_stream_drain(pair.a), 0);
    cr_expect_not(pair.done, "the other had no turn");
    cr_expect_eq(af_await(other, NULL), 0);
    af_future_unref(other);
    pair_free(&pair);
    return 0;
}

Test(stream, drain_does_not_suspend_up_to_the_high_mark)
{
    run(no_drain_main);
}

static int write_limits_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    shrink_buffer(pair.a);
    cr_expect_eq(af_stream_set_write_limits(pair.a, 1, 2), AF_VALUE_ERROR);
    cr_expect_eq(af_stream_set_write_limits(pair.a, LONG, LONG), 0);
    cr_expect_eq(af_stream_write(pair.a, block, LONG), 0);
    cr_expect_eq(af_stream_drain(pair.a), 0);

    cr_expect_eq(af_stream_set_write_limits(pair.a, 0, 0), 0);
    af_task *drainer;
    cr_assert_eq(af_create_task(drain, &pair, NULL, &drainer), 0);
    size_t taken = 0;
    while (!pair.done) {
        static char part[16 * KIB];
        ssize_t r = af_stream_read(pair.b, part, sizeof part);
        cr_assert_gt(r, 0);
        taken += (size_t)r;
        cr_assert_eq(af_sleep(0), 0);
    }
    cr_expect_geq(taken, LONG - 32 * KIB, "not before the queue is empty");
    af_future_unref(drainer);

    cr_expect_eq(af_stream_write(pair.a, block, LONG), 0);
    pair.done = false;
    cr_assert_eq(af_create_task(drain, &pair, NULL, &drainer), 0);
    cr_expect_eq(af_sleep(0), 0);
    cr_expect_not(pair.done);
    cr_expect_eq(af_stream_set_write_limits(pair.a, LONG, LONG), 0);
    cr_expect_eq(af_await(drainer, NULL), 0, "raised marks let it go on");
    af_future_unref(drainer);
    pair_free(&pair);
    return 0;
}

Test(stream, write_limits_can_be_set)
{
    run(write_limits_main);
}

static size_t read_to_end(af_stream *stream)
{
    static char part[16 * KIB];
    size_t size = 0;
    ssize_t r;
    while ((r = af_stream_read(stream, part, sizeof part)) > 0)
        size += (size_t)r;
    cr_expect_eq(r, 0);
    return size;
}

static int close_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    cr_expect_eq(af_stream_write(pair.a, block, LONG), 0);
    af_stream_close(pair.a);
    cr_expect_geq(af_stream_fd(pair.a), 0);
    cr_expect_eq(read_to_end(pair.b), LONG);
    cr_expect_eq(af_stream_wait_closed(pair.a), 0);
    cr_expect_eq(af_stream_fd(pair.a), -1);
    cr_expect_eq(af_stream_write(pair.a, "x", 1), -ECONNRESET);
    cr_expect_eq(af_stream_drain(pair.a), -ECONNRESET);
    pair_free(&pair);
    return 0;
}

Test(stream, close_sends_what_is_queued_first)
{
    run(close_main);
}

static int half_close_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    cr_expect_eq(af_stream_write(pair.a, block, LONG), 0);
    cr_expect_eq(af_stream_write_eof(pair.a), 0);
    cr_expect_eq(af_stream_write(pair.a, "x", 1), AF_RUNTIME_ERROR);
    cr_expect_eq(read_to_end(pair.b), LONG);
    cr_expect_eq(write_string(pair.b, "the answer"), 0);
    expect_read(pair.a, "the answer");
    pair_free(&pair);
    return 0;
}

Test(stream, write_eof_closes_the_sending_direction)
{
    run(half_close_main);
}

static int both_halves_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    cr_expect_eq(af_stream_write_eof(pair.a), 0);
    cr_expect_eq(af_stream_write_eof(pair.a), 0, "once more does nothing");
    expect_read(pair.b, "");
    cr_expect(af_stream_at_eof(pair.b));
    cr_expect_eq(write_string(pair.b, "last words"), 0);
    cr_expect_eq(af_stream_write_eof(pair.b), 0);
    expect_read(pair.a, "last words");
    expect_read(pair.a, "");
    cr_expect_geq(af_stream_fd(pair.a), 0, "it is for close to end the connection");
    af_stream_close(pair.a);
    af_stream_close(pair.b);
    cr_expect_eq(af_stream_wait_closed(pair.a), 0);
    cr_expect_eq(af_stream_wait_closed(pair.b), 0);
    pair_free(&pair);
    return 0;
}

Test(stream, each_side_closes_its_sending_direction)
{
    run(both_halves_main);
}

static int broken_main(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct pair pair;
    pair_open(&pair);
    cr_expect_eq(af_stream_write(pair.a, block, LONG), 0);
    af_task *drainer;
    cr_assert_eq(af_create_task(drain, &pair, NULL, &drainer), 0);
    cr_expect_eq(af_sleep(0), 0);
    af_stream_close(pair.b);
    int r = af_await(drainer, NULL);
    cr_expect(r == -EPIPE || r == -ECONNRESET);
    cr_expect_eq(af_stream_write(pair.a, "x", 1), r);
    cr_expect_eq(af_stream_wait_closed(pair.a), r);
    cr_expect_eq(af_stream_read(pair.a, &(char){0}, 1), r);
    af_future_unref(drainer);
    pair_free(&pair);
    return 0;
}

Test(stream, a_broken_connection_fails_current_and_later_calls)
{
    run(broken_main);
}

static int open_main(void *arg, void **ret_result)
{
    (void)ret_result;
    pair_open(arg);
    return 0;
}

Test(stream, waiting_outside_a_task_is_an_error)
{
    af_loop *loop;
    cr_assert_eq(af_loop_new(NULL, &loop), 0);
    struct pair pair;
    af_task *task;
    cr_assert_eq(af_loop_create_task(loop, open_main, &pair, NULL, &task), 0);
    cr_assert_eq(af_loop_run_until_complete(loop, task, NULL), 0);
    char byte;
    cr_expect_eq(af_stream_read(pair.a, &byte, 1), AF_RUNTIME_ERROR);
    af_future_unref(task);
    pair_free(&pair);
    af_loop_close(loop);
}

/* ----------------------------------------------------------------- serving */

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
