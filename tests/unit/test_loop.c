#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "virtual_clock.h"

TestSuite(loop, .init = open_loop, .fini = close_loop, .timeout = 30);

static int soon(void *text)
{
    return af_loop_call_soon(loop, trace_callback, text, NULL);
}

static int later(double delay, char *text)
{
    return af_loop_call_later(loop, delay, trace_callback, text, NULL);
}

/* libev would abort the process. */
Test(loop, creation_fails_without_a_free_descriptor)
{
    struct rlimit limit, none;
    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    af_loop *made = NULL;
    int r = af_loop_new(NULL, &made);
    setrlimit(RLIMIT_NOFILE, &limit);
    expect_code(r, -EMFILE);
    cr_assert_null(made);
}

/* -------------------------------------------------------------- iterations */

static int trace_and_add(void *text)
{
    trace("%s", (char *)text);
    return soon("added");
}

Test(loop, rule_1_callbacks_added_by_a_batch_run_in_the_next_iteration)
{
    af_loop_call_soon(loop, trace_and_add, "a", NULL);
    soon("b");
    tick(1);
    expect_trace("a b");
    tick(1);
    expect_trace("added");
}

Test(loop, rule_1_due_timers_run_after_ready_callbacks)
{
    later(1, "timer");
    advance(1);
    soon("ready");
    tick(1);
    expect_trace("ready timer");
}

static int add_a_due_timer(void *text)
{
    trace("%s", (char *)text);
    return later(0, "timer");
}

Test(loop, rule_1_a_timer_due_during_a_batch_runs_in_the_next)
{
    af_loop_call_soon(loop, add_a_due_timer, "a", NULL);
    tick(1);
    expect_trace("a");
    tick(1);
    expect_trace("timer");
}

static int add_both(void *arg)
{
    (void)arg;
    later(0, "later");
    return soon("soon");
}

Test(loop, rule_2_call_soon_runs_before_call_later_of_zero)
{
    af_loop_call_soon(loop, add_both, NULL, NULL);
    tick(2);
    expect_trace("soon later");
}

Test(loop, callbacks_run_first_in_first_out)
{
    soon("a");
    soon("b");
    soon("c");
    tick(1);
    expect_trace("a b c");
}

/* ------------------------------------------------------------------ timers */

/* CPython's test_call_later_negative_delays. */
Test(loop, rule_3_a_negative_delay_is_due_at_once)
{
    later(-1, "a");
    later(-2, "b");
    soon("ready");
    tick(1);
    cr_assert_eq(polled, 0);
    expect_trace("ready b a");
}

Test(loop, rule_3_a_cancelled_timer_never_runs_and_never_delays_the_loop)
{
    af_handle *handle;
    af_loop_call_later(loop, 100, trace_callback, "cancelled", &handle);
    later(5, "kept");
    af_handle_cancel(handle);
    cr_assert(af_handle_cancelled(handle));
    af_handle_unref(handle);
    tick(1);
    cr_assert_eq(polled, 5);
    expect_trace("kept");
    settle();
    expect_trace("");
    cr_assert_eq(af_loop_time(loop), 5);
}

Test(loop, rule_3_the_first_timer_does_not_wake_the_loop_if_cancelled)
{
    af_handle *handle;
    af_loop_call_later(loop, 1, trace_callback, "cancelled", &handle);
    later(5, "kept");
    af_handle_cancel(handle);
    af_handle_unref(handle);
    tick(1);
    cr_assert_eq(polled, 5);
}

Test(loop, rule_4_timers_with_equal_times_run_in_the_order_of_creation)
{
    static char names[10][8];
    for (int i = 0; i < 10; i++) {
        snprintf(names[i], sizeof names[i], "%d", i);
        later(3, names[i]);
    }
    settle();
    expect_trace("0 1 2 3 4 5 6 7 8 9");
}

Test(loop, timers_run_in_the_order_of_their_times)
{
    later(3, "c");
    later(1, "a");
    af_loop_call_at(loop, 2, trace_callback, "b", NULL);
    tick(1);
    expect_trace("a");
    tick(1);
    expect_trace("b");
    settle();
    expect_trace("c");
    cr_assert_eq(af_loop_time(loop), 3);
}

Test(loop, timers_within_the_clock_resolution_are_due)
{
    later(1, "a");
    later(1 + 1e-10, "b");
    later(1.001, "c");
    tick(1);
    expect_trace("a b");
}

/* At such values, adding the clock resolution does not change the time. */
Test(loop, a_timer_is_due_at_large_clock_values)
{
    advance(1e9);
    later(1, "timer");
    tick(1);
    expect_trace("timer");
}

Test(loop, a_nan_time_is_a_value_error)
{
    expect_code(later(NAN, ""), AF_VALUE_ERROR);
    expect_code(af_loop_call_at(loop, NAN, trace_callback, "", NULL), AF_VALUE_ERROR);
}

Test(loop, a_timer_at_infinity_never_runs)
{
    later(AF_FOREVER, "never");
    soon("a");
    settle();
    cr_assert_eq(polled, AF_FOREVER);
    expect_trace("a");
}

/* ----------------------------------------------------------------- handles */

static int cancel_handle(void *handle)
{
    af_handle_cancel(*(af_handle **)handle);
    return 0;
}

Test(loop, a_handle_cancelled_in_its_own_batch_does_not_run)
{
    af_handle *handle;
    af_loop_call_soon(loop, cancel_handle, &handle, NULL);
    af_loop_call_soon(loop, trace_callback, "never", &handle);
    soon("kept");
    tick(1);
    expect_trace("kept");
    af_handle_unref(handle);
}

Test(loop, a_timer_cancelled_when_it_is_due_does_not_run)
{
    af_handle *handle;
    af_loop_call_soon(loop, cancel_handle, &handle, NULL);
    af_loop_call_later(loop, 0, trace_callback, "never", &handle);
    tick(1);
    expect_trace("");
    af_handle_unref(handle);
}

Test(loop, cancelling_after_the_run_or_twice_is_harmless)
{
    af_handle *handle;
    af_loop_call_soon(loop, trace_callback, "a", &handle);
    tick(1);
    af_handle_cancel(handle);
    af_handle_cancel(handle);
    af_handle_unref(handle);
    af_loop_call_later(loop, 1, trace_callback, "b", &handle);
    af_handle_cancel(handle);
    af_handle_cancel(handle);
    af_handle_unref(handle);
    af_handle_unref(NULL);
    settle();
    expect_trace("a");
}

static int cancel_own_handle(void *handle)
{
    trace("ran");
    return cancel_handle(handle);
}

Test(loop, a_callback_may_cancel_its_own_handle)
{
    af_handle *handle;
    af_loop_call_soon(loop, cancel_own_handle, &handle, &handle);
    settle();
    expect_trace("ran");
    af_handle_unref(handle);
}

/* -------------------------------------------------------------- exceptions */

Test(loop, rule_5_a_failed_callback_is_reported_and_the_loop_continues)
{
    af_loop_call_soon(loop, failing_callback, "a", NULL);
    af_loop_call_later(loop, 1, failing_callback, "b", NULL);
    soon("c");
    settle();
    expect_trace("a c b");
    expect_reports("exception in a callback: a failed; exception in a callback: b failed");
}

Test(loop, without_a_handler_errors_are_not_reported)
{
    af_loop_set_exception_handler(loop, NULL, NULL);
    af_loop_call_soon(loop, failing_callback, "a", NULL);
    soon("b");
    tick(1);
    expect_trace("a b");
    expect_reports("");
}

/* -------------------------------------------------------- running and stop */

static int stop(void *arg)
{
    (void)arg;
    trace("stop");
    af_loop_stop(loop);
    return soon("next");
}

Test(loop, rule_7_stop_finishes_the_current_batch)
{
    af_loop_call_soon(loop, stop, NULL, NULL);
    soon("rest");
    expect_code(af_loop_run_forever(loop), 0);
    expect_trace("stop rest");
    settle();
    expect_trace("next");
}

Test(loop, rule_7_stopped_before_the_run_it_runs_one_iteration)
{
    af_loop_call_soon(loop, trace_and_add, "a", NULL);
    af_loop_stop(loop);
    expect_code(af_loop_run_forever(loop), 0);
    expect_trace("a");
    tick(1);
    expect_trace("added");
    later(7, "not yet");
    af_loop_stop(loop);
    expect_code(af_loop_run_forever(loop), 0);
    cr_assert_eq(polled, 0);
    expect_trace("");
}

Test(loop, rule_7_stopping_before_the_future_is_done_is_an_error)
{
    af_future *future = new_future();
    af_loop_call_soon(loop, stop, NULL, NULL);
    expect_code(af_loop_run_until_complete(loop, future, NULL), AF_RUNTIME_ERROR);
    expect_trace("stop");
    af_future_set_result(future, NULL, NULL);
    settle();
    expect_trace("next");
}

Test(loop, run_until_complete_returns_the_result_and_the_exception)
{
    af_future *good = new_future(), *bad = new_future();
    int value;
    void *result = NULL;
    af_future_set_result(good, &value, NULL);
    expect_code(af_loop_run_until_complete(loop, good, &result), 0);
    cr_assert_eq(result, &value);
    af_loop_call_later(loop, 3, fail_later, bad, NULL);
    expect_code(af_loop_run_until_complete(loop, bad, &result), -EIO);
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EIO)), "broken"));
    cr_assert_eq(result, &value, "untouched on failure");
}

Test(loop, an_error_of_the_poll_ends_the_run)
{
    expect_code(af_loop_run_once(loop), -EDEADLK);
    expect_code(af_loop_run_forever(loop), -EDEADLK);
    expect_code(af_loop_run_until_complete(loop, new_future(), NULL), -EDEADLK);
    soon("alive");
    tick(1);
    expect_trace("alive");
}

static int run_nested(void *arg)
{
    trace("%s", word(af_loop_run_once(arg)));
    trace("%s", word(af_loop_run_forever(arg)));
    trace("%s", word(af_loop_run_until_complete(arg, new_future(), NULL)));
    return 0;
}

Test(loop, cannot_run_inside_a_running_loop)
{
    af_loop *other;
    af_loop_new(NULL, &other);
    af_loop_call_soon(loop, run_nested, loop, NULL);
    af_loop_call_soon(loop, run_nested, other, NULL);
    tick(1);
    expect_trace("runtime-error runtime-error runtime-error "
                 "runtime-error runtime-error runtime-error");
    af_loop_close(other);
}

static int trace_running_loop(void *expected)
{
    trace(af_running_loop() == expected ? "running" : "not running");
    return 0;
}

Test(loop, running_loop_is_set_only_while_it_runs)
{
    cr_assert_null(af_running_loop());
    af_loop_call_soon(loop, trace_running_loop, loop, NULL);
    tick(1);
    expect_trace("running");
    cr_assert_null(af_running_loop());
}

Test(loop, time_uses_the_clock_of_the_options)
{
    advance(12.5);
    cr_assert_eq(af_loop_time(loop), 12.5);
}

/* ----------------------------------------------------------------- closing */

static int resolve(af_future *future, void *arg)
{
    (void)future;
    trace("%s", (char *)arg);
    return 0;
}

Test(loop, close_discards_callbacks)
{
    af_loop *other;
    af_handle *held;
    af_future *future;
    af_loop_new(NULL, &other);
    af_loop_call_soon(other, trace_callback, "soon", NULL);
    af_loop_call_later(other, 0, trace_callback, "later", &held);
    af_loop_call_soon_threadsafe(other, trace_callback, "foreign");
    af_future_new(other, &future);
    af_future_add_done_callback(future, resolve, "future");
    af_future_set_result(future, NULL, NULL);
    af_future_unref(future);
    af_loop_close(other);
    af_handle_cancel(held);
    af_handle_unref(held);
    expect_trace("");
}

static int nothing(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return 0;
}

Test(loop, after_close_nothing_can_be_added_and_futures_remain_valid)
{
    af_future *pending, *failed;
    af_task *done;
    af_future_new(loop, &pending);
    af_future_new(loop, &failed);
    af_loop_create_task(loop, nothing, NULL, NULL, &done);
    af_future_add_done_callback(pending, resolve, "never");
    fail_later(failed);
    tick(1);
    af_loop_close(loop);
    expect_code(soon("never"), AF_RUNTIME_ERROR);
    expect_code(later(1, "never"), AF_RUNTIME_ERROR);
    expect_code(af_loop_create_task(loop, nothing, NULL, NULL, NULL), AF_RUNTIME_ERROR);
    expect_code(af_future_add_done_callback(failed, resolve, "never"), AF_RUNTIME_ERROR);
    expect_code(af_future_set_result(pending, NULL, NULL), 0);
    expect_code(af_future_result(done, NULL), 0);
    af_future_unref(pending);
    af_future_unref(done);
    expect_trace("");
    expect_reports("");
    af_future_unref(failed);
    expect_reports("exception was never retrieved: broken");
    open_loop();
}

Test(loop, with_its_own_poll_it_supports_no_descriptors_and_signals)
{
    expect_code(af_loop_add_reader(loop, 0, trace_callback, ""), -ENOTSUP);
    expect_code(af_loop_add_writer(loop, 0, trace_callback, ""), -ENOTSUP);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), -ENOTSUP);
    cr_assert(not(af_loop_remove_reader(loop, 0)));
    cr_assert(not(af_loop_remove_signal_handler(loop, SIGUSR1)));
}

/* ------------------------------------------------- the real clock and poll */

static int ends[2], other_ends[2];

static void open_pipes(void)
{
    open_real_loop();
    cr_assert(zero(int, pipe2(ends, O_NONBLOCK)));
    cr_assert(zero(int, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, other_ends)));
}

static void close_pipes(void)
{
    close_loop();
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(other_ends[i]);
    }
}

TestSuite(real_loop, .init = open_pipes, .fini = close_pipes, .timeout = 30);

static int stop_quietly(void *arg)
{
    (void)arg;
    af_loop_stop(loop);
    return 0;
}

static int trace_and_stop(void *text)
{
    trace("%s", (char *)text);
    return stop_quietly(NULL);
}

static pthread_t loop_thread;

/* True if the thread is blocked in the kernel, as in a poll. */
static bool asleep(pid_t thread)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%*d %*s %c", &state) != 1)
        state = 0;
    if (file)
        fclose(file);
    return state == 'S';
}

static void *wake_once_asleep(void *thread)
{
    while (!asleep(*(pid_t *)thread))
        sched_yield();
    af_loop_call_soon_threadsafe(loop, trace_and_stop, "woken");
    return NULL;
}

static int start_waker(void *thread)
{
    return -pthread_create(&loop_thread, NULL, wake_once_asleep, thread);
}

Test(real_loop, rule_6_a_call_from_another_thread_wakes_the_poll)
{
    pid_t self = gettid();
    af_loop_call_soon(loop, start_waker, &self, NULL);
    expect_code(af_loop_run_forever(loop), 0);
    pthread_join(loop_thread, NULL);
    expect_trace("woken");
}

static unsigned arrived;

static int arrive(void *number)
{
    arrived++;
    if (number)
        af_loop_stop(loop);
    return 0;
}

static void *call_many(void *arg)
{
    for (int i = 0; i < 10000; i++)
        af_loop_call_soon_threadsafe(loop, arrive, i == 9999 ? arg : NULL);
    return NULL;
}

Test(real_loop, rule_6_no_call_from_another_thread_is_lost)
{
    pthread_create(&loop_thread, NULL, call_many, "last");
    expect_code(af_loop_run_forever(loop), 0);
    pthread_join(loop_thread, NULL);
    cr_assert(eq(uint, arrived, 10000));
}

Test(real_loop, rule_6_calls_from_a_thread_keep_their_order)
{
    af_loop_call_soon_threadsafe(loop, trace_callback, "a");
    af_loop_call_soon_threadsafe(loop, trace_callback, "b");
    af_loop_call_soon_threadsafe(loop, trace_and_stop, "c");
    af_loop_run_forever(loop);
    expect_trace("a b c");
}

Test(real_loop, a_timer_ends_the_poll)
{
    double before = af_loop_time(loop);
    af_loop_call_later(loop, 0.002, trace_and_stop, "timer", NULL);
    expect_code(af_loop_run_forever(loop), 0);
    cr_assert(af_loop_time(loop) - before >= 0.002);
    expect_trace("timer");
}

static int count_down(void *count)
{
    if (--*(int *)count == 0)
        return stop_quietly(NULL);
    return af_loop_call_soon(loop, count_down, count, NULL);
}

Test(real_loop, a_busy_loop_runs_timers)
{
    int count = 1000;
    af_loop_call_soon(loop, count_down, &count, NULL);
    af_loop_call_later(loop, 0, trace_callback, "timer", NULL);
    af_loop_run_forever(loop);
    expect_trace("timer");
}

/* ------------------------------------------------------------- descriptors */

static int read_one(void *fd)
{
    char byte;
    if (read(*(int *)fd, &byte, 1) != 1)
        return -errno;
    trace("%c", byte);
    if (byte == '.')
        af_loop_stop(loop);
    return 0;
}

Test(real_loop, a_reader_runs_as_long_as_there_is_input)
{
    expect_code(af_loop_add_reader(loop, ends[0], read_one, &ends[0]), 0);
    cr_assert(eq(int, write(ends[1], "abc.", 4), 4));
    expect_code(af_loop_run_forever(loop), 0);
    expect_trace("a b c .");
    cr_assert(af_loop_remove_reader(loop, ends[0]));
    cr_assert(not(af_loop_remove_reader(loop, ends[0])));
}

Test(real_loop, a_reader_runs_in_the_iteration_that_polled)
{
    af_loop_add_reader(loop, ends[0], read_one, &ends[0]);
    cr_assert(eq(int, write(ends[1], "ab", 2), 2));
    tick(1);
    expect_trace("a");
    tick(1);
    expect_trace("b");
}

Test(real_loop, a_removed_reader_does_not_run)
{
    af_loop_add_reader(loop, ends[0], read_one, &ends[0]);
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    af_loop_remove_reader(loop, ends[0]);
    int count = 200;
    af_loop_call_soon(loop, count_down, &count, NULL);
    af_loop_run_forever(loop);
    expect_trace("");
}

Test(real_loop, a_second_reader_replaces_the_first)
{
    af_loop_add_reader(loop, ends[0], trace_callback, "first");
    af_loop_add_reader(loop, ends[0], trace_and_stop, "second");
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    af_loop_run_forever(loop);
    expect_trace("second");
    cr_assert(af_loop_remove_reader(loop, ends[0]));
    cr_assert(not(af_loop_remove_reader(loop, ends[0])));
}

static int write_one(void *fd)
{
    trace("write");
    af_loop_remove_writer(loop, *(int *)fd);
    return write(*(int *)fd, ".", 1) == 1 ? 0 : -errno;
}

Test(real_loop, a_descriptor_may_have_a_reader_and_a_writer)
{
    af_loop_add_reader(loop, other_ends[0], read_one, &other_ends[0]);
    af_loop_add_writer(loop, other_ends[0], trace_callback, "writable");
    af_loop_add_writer(loop, other_ends[1], write_one, &other_ends[1]);
    tick(1);
    char *first = take_trace();
    cr_assert_not_null(strstr(first, "writable"));
    cr_assert_not_null(strstr(first, "write"));
    cr_assert(af_loop_remove_writer(loop, other_ends[0]));
    cr_assert(not(af_loop_remove_writer(loop, other_ends[1])), "it removed itself");
    af_loop_run_forever(loop);
    expect_trace(".");
}

static int remove_both(void *arg)
{
    (void)arg;
    trace("one of two");
    af_loop_remove_reader(loop, ends[0]);
    af_loop_remove_reader(loop, other_ends[0]);
    return 0;
}

static int trace_once(void *arg)
{
    int fd = *(int *)arg;
    trace("%d", fd - ends[0]);
    af_loop_remove_reader(loop, fd);
    return 0;
}

Test(real_loop, callbacks_run_in_the_order_in_which_descriptors_became_ready)
{
    static int pipes[5][2];
    char expected[64];
    size_t order[] = {3, 1, 4, 0, 2};
    for (size_t i = 0; i < 5; i++) {
        cr_assert(zero(int, pipe2(pipes[i], O_NONBLOCK)));
        af_loop_add_reader(loop, pipes[i][0], trace_once, &pipes[i][0]);
    }
    af_loop_stop(loop); /* does not wait, but starts to watch them */
    tick(1);
    for (size_t i = 0; i < 5; i++)
        cr_assert(eq(int, (int)write(pipes[order[i]][1], "x", 1), 1));
    tick(1);
    snprintf(expected, sizeof expected, "%d %d %d %d %d", pipes[3][0] - ends[0],
             pipes[1][0] - ends[0], pipes[4][0] - ends[0], pipes[0][0] - ends[0],
             pipes[2][0] - ends[0]);
    expect_trace(expected);
    for (size_t i = 0; i < 5; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

Test(real_loop, the_reader_of_a_descriptor_runs_before_its_writer)
{
    cr_assert(eq(int, (int)write(other_ends[1], "x", 1), 1));
    af_loop_add_reader(loop, other_ends[0], trace_callback, "r");
    af_loop_add_writer(loop, other_ends[0], trace_callback, "w");
    tick(1);
    expect_trace("r w");
    af_loop_remove_reader(loop, other_ends[0]);
    af_loop_remove_writer(loop, other_ends[0]);
    af_loop_add_writer(loop, other_ends[0], trace_callback, "w");
    af_loop_add_reader(loop, other_ends[0], trace_callback, "r");
    tick(1);
    expect_trace("r w");
}

static int call_in_turns(void *arg)
{
    (void)arg;
    af_loop_call_soon_threadsafe(loop, trace_callback, "1");
    soon("2");
    af_loop_call_soon_threadsafe(loop, trace_callback, "3");
    soon("4");
    return 0;
}

Test(real_loop, rule_6_calls_of_both_kinds_keep_their_order)
{
    call_in_turns(NULL);
    tick(1);
    expect_trace("1 2 3 4");
    af_loop_call_soon(loop, call_in_turns, NULL, NULL);
    tick(2);
    expect_trace("1 2 3 4");
}

static void *run_too(void *ret_code)
{
    *(int *)ret_code = af_loop_run_forever(loop);
    return NULL;
}

static int let_another_thread_run(void *ret_code)
{
    pthread_t thread;
    cr_assert(zero(int, pthread_create(&thread, NULL, run_too, ret_code)));
    return -pthread_join(thread, NULL);
}

Test(real_loop, a_loop_runs_in_one_thread)
{
    int code = 0;
    af_loop_call_soon(loop, let_another_thread_run, &code, NULL);
    tick(1);
    expect_code(code, AF_RUNTIME_ERROR);
}

Test(real_loop, a_reader_removed_in_its_own_batch_does_not_run)
{
    af_loop_add_reader(loop, ends[0], remove_both, NULL);
    af_loop_add_reader(loop, other_ends[0], remove_both, NULL);
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    cr_assert(eq(int, write(other_ends[1], "x", 1), 1));
    tick(1);
    expect_trace("one of two");
}

Test(real_loop, a_failed_reader_is_reported_and_stays)
{
    af_loop_add_reader(loop, ends[0], failing_callback, "reader");
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    tick(2);
    expect_trace("reader reader");
    expect_reports("exception in a callback: reader failed; "
                   "exception in a callback: reader failed");
}

Test(real_loop, large_descriptor_numbers_work)
{
    int high = fcntl(ends[0], F_DUPFD, 500);
    cr_assert(ge(int, high, 500));
    af_loop_add_reader(loop, ends[0], trace_callback, "never");
    af_loop_remove_reader(loop, ends[0]);
    expect_code(af_loop_add_reader(loop, high, read_one, &high), 0);
    cr_assert(eq(int, write(ends[1], ".", 1), 1));
    af_loop_run_forever(loop);
    expect_trace(".");
    cr_assert(af_loop_remove_reader(loop, high));
    cr_assert(not(af_loop_remove_reader(loop, 5000)));
    close(high);
}

Test(real_loop, a_negative_descriptor_is_an_error)
{
    expect_code(af_loop_add_reader(loop, -1, trace_callback, ""), -EBADF);
    expect_code(af_loop_add_writer(loop, -1, trace_callback, ""), -EBADF);
    cr_assert(not(af_loop_remove_reader(loop, -1)));
    cr_assert(not(af_loop_remove_writer(loop, -1)));
}

Test(real_loop, close_removes_readers_writers_and_signal_handlers)
{
    af_loop_add_reader(loop, ends[0], trace_callback, "");
    af_loop_add_writer(loop, ends[1], trace_callback, "");
    af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, "");
    af_loop_add_signal_handler(loop, SIGUSR2, trace_callback, "");
}

/* ----------------------------------------------------------------- signals */

static int raise_signal(void *number)
{
    return -raise(*(int *)number);
}

static void (*disposition(int number))(int)
{
    struct sigaction action;
    sigaction(number, NULL, &action);
    return action.sa_handler;
}

Test(real_loop, a_signal_runs_its_handler_in_the_loop)
{
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_and_stop, "first"), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_and_stop, "signal"), 0);
    raise(SIGUSR1);
    expect_trace("");
    af_loop_run_forever(loop);
    expect_trace("signal");
}

Test(real_loop, a_busy_loop_handles_signals)
{
    int number = SIGUSR1, endless = -1;
    af_loop_add_signal_handler(loop, SIGUSR1, trace_and_stop, "signal");
    af_loop_call_soon(loop, count_down, &endless, NULL);
    af_loop_call_soon(loop, raise_signal, &number, NULL);
    af_loop_run_forever(loop);
    expect_trace("signal");
}

static int remove_signal_handler(void *number)
{
    trace("signal");
    af_loop_remove_signal_handler(loop, *(int *)number);
    return stop_quietly(NULL);
}

Test(real_loop, a_signal_handler_may_remove_itself)
{
    int number = SIGUSR1;
    cr_assert(disposition(SIGUSR1) == SIG_DFL);
    af_loop_add_signal_handler(loop, SIGUSR1, remove_signal_handler, &number);
    cr_assert(disposition(SIGUSR1) != SIG_DFL);
    raise(SIGUSR1);
    af_loop_run_forever(loop);
    expect_trace("signal");
    cr_assert(disposition(SIGUSR1) == SIG_DFL, "it has its old meaning again");
    cr_assert(not(af_loop_remove_signal_handler(loop, SIGUSR1)));
}

Test(real_loop, some_signals_cannot_be_handled)
{
    static const int numbers[] = {SIGKILL, SIGSTOP, 0, -1, NSIG};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        expect_code(af_loop_add_signal_handler(loop, numbers[i], trace_callback, ""), -EINVAL);
}

Test(real_loop, a_signal_is_handled_by_one_loop)
{
    af_loop *other;
    cr_assert(zero(int, af_loop_new(NULL, &other)));
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), 0);
    expect_code(af_loop_add_signal_handler(other, SIGUSR1, trace_callback, ""), -EBUSY);
    cr_assert(af_loop_remove_signal_handler(loop, SIGUSR1));
    expect_code(af_loop_add_signal_handler(other, SIGUSR1, trace_callback, ""), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), -EBUSY);
    expect_code(af_loop_close(other), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), 0);
}

Test(real_loop, a_closed_descriptor_is_an_error)
{
    int fd = dup(0);
    close(fd);
    expect_code(af_loop_add_reader(loop, fd, trace_callback, ""), -EBADF);
    expect_code(af_loop_add_writer(loop, 777, trace_callback, ""), -EBADF);
    expect_code(af_loop_add_reader(loop, -1, trace_callback, ""), -EBADF);
    cr_assert_str_eq(af_error_text(af_raised(-EBADF)), strerror(EBADF));
    cr_assert(not(af_loop_remove_reader(loop, 777)));
}

static int close_the_loop(void *arg)
{
    (void)arg;
    expect_code(af_loop_close(loop), AF_RUNTIME_ERROR);
    return stop_quietly(NULL);
}

Test(real_loop, a_running_loop_cannot_be_closed)
{
    af_loop_call_soon(loop, close_the_loop, NULL, NULL);
    expect_code(af_loop_run_forever(loop), 0);
    expect_code(af_loop_call_soon(loop, stop_quietly, NULL, NULL), 0);
    expect_code(af_loop_run_forever(loop), 0);
}

Test(real_loop, run_once_resets_stop)
{
    af_loop_stop(loop);
    expect_code(af_loop_run_once(loop), 0);
    af_loop_call_later(loop, 0.05, trace_callback, "later", NULL); /* the poll waits for them */
    expect_code(af_loop_run_once(loop), 0);
    expect_trace("later");
}

static int fail_with_a_text(void *arg)
{
    (void)arg;
    return af_raise(-EIO, "the callback's own");
}

static void raise_another(af_loop *reporting, const af_exception_context *context, void *arg)
{
    (void)reporting, (void)arg;
    af_raise(-EIO, "another");
    trace("%s", af_error_text(context->error));
}

Test(loop, an_exception_handler_may_raise_errors_of_its_own)
{
    af_loop_set_exception_handler(loop, raise_another, NULL);
    af_loop_call_soon(loop, fail_with_a_text, NULL, NULL);
    af_loop_run_once(loop);
    expect_trace("the callback's own");
}
