/* The loop on a virtual clock. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "loop_suite.h"

TestSuite(loop, .init = open_loop, .fini = close_loop, .timeout = 30);

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
