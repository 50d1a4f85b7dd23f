/* Streams. */
#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>

#include <afetch/stream.h>
#include <afetch/timeout.h>
#include <afetch/wait.h>

#include "stream_suite.h"

TestSuite(stream, .timeout = 20);

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
