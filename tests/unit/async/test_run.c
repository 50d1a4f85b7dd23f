/* run() and runners. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include <afetch/run.h>
#include <afetch/timeout.h>

#include "run_suite.h"

static af_runner *running;

TestSuite(run, .timeout = 30);

static int return_argument(void *arg, void **ret_result)
{
    listen_to(af_running_loop());
    *ret_result = arg;
    return af_sleep(5);
}

Test(run, returns_the_result_of_main_and_closes_the_loop)
{
    int value;
    void *result = NULL;
    expect_code(af_run(&virtual_clock, return_argument, &value, &result), 0);
    cr_assert_eq(result, &value);
    cr_assert_null(af_running_loop());
    expect_code(af_run(&virtual_clock, return_argument, &value, NULL), 0);
}

static int fail(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_sleep(0);
    return af_raise(-EIO, "main failed");
}

Test(run, returns_the_error_of_main)
{
    void *result = NULL;
    expect_code(af_run(&virtual_clock, fail, NULL, &result), -EIO);
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EIO)), "main failed"));
    cr_assert_null(result);
}

static int cancel_itself(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_future_cancel(af_current_task());
    return af_sleep(1);
}

Test(run, returns_cancelled_if_main_is_cancelled)
{
    expect_code(af_run(&virtual_clock, cancel_itself, NULL, NULL), AF_CANCELLED);
}

static int run_nested(void *arg, void **ret_result)
{
    (void)arg;
    return af_run(&virtual_clock, return_argument, NULL, ret_result);
}

Test(run, rule_68_a_nested_run_is_an_error)
{
    expect_code(af_run(&virtual_clock, run_nested, NULL, NULL), AF_RUNTIME_ERROR);
}

static int stop_the_loop(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_loop_stop(af_running_loop());
    return af_sleep(1);
}

Test(run, rule_7_stopping_the_loop_is_an_error)
{
    expect_code(af_run(&virtual_clock, stop_the_loop, NULL, NULL), AF_RUNTIME_ERROR);
}

static int wait_for_nothing(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_sleep(AF_FOREVER);
    trace("%s", word(r));
    return r;
}

Test(run, an_error_of_the_poll_ends_it_and_cancels_main)
{
    expect_code(af_run(&virtual_clock, wait_for_nothing, NULL, NULL), -EDEADLK);
    expect_trace("cancelled");
}

/* ------------------------------------------------------------- left behind */

static int hang(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_sleep(1000);
    trace("%s:%s", (char *)name, word(r));
    if (af_sleep(3) < 0)
        return -EINVAL;
    trace("%s ends", (char *)name);
    return r;
}

static int leave_tasks(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    listen_to(af_running_loop());
    create(hang, "a");
    create(hang, "b");
    int r = af_sleep(0);
    trace("main ends");
    return r;
}

Test(run, rule_68_remaining_tasks_are_cancelled_in_order_and_awaited)
{
    expect_code(af_run(&virtual_clock, leave_tasks, NULL, NULL), 0);
    expect_trace("main ends a:cancelled b:cancelled a ends b ends");
    expect_reports("");
}

static int fail_when_cancelled(void *name, void **ret_result)
{
    (void)ret_result;
    af_sleep(1000);
    return af_raise(-EIO, "%s failed", (char *)name);
}

static int leave_failing_tasks(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    listen_to(af_running_loop());
    create(fail_when_cancelled, "a");
    create(hang, "b");
    create(fail_when_cancelled, "c");
    return af_sleep(0);
}

Test(run, rule_68_errors_of_remaining_tasks_are_reported)
{
    expect_code(af_run(&virtual_clock, leave_failing_tasks, NULL, NULL), 0);
    expect_reports("unhandled exception during run() shutdown: a failed; "
                   "unhandled exception during run() shutdown: c failed");
}

static int leave_and_fail(void *arg, void **ret_result)
{
    leave_failing_tasks(arg, ret_result);
    return af_raise(-EPIPE, "main failed");
}

Test(run, rule_68_the_error_of_main_is_returned_before_those_of_other_tasks)
{
    expect_code(af_run(&virtual_clock, leave_and_fail, NULL, NULL), -EPIPE);
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EPIPE)), "main failed"));
}

static int leave_a_stubborn_task(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    listen_to(af_running_loop());
    create(stubborn, NULL);
    return af_sleep(0);
}

Test(run, a_task_may_return_although_cancelled)
{
    expect_code(af_run(&virtual_clock, leave_a_stubborn_task, NULL, NULL), 0);
    expect_trace("goes on");
    expect_reports("");
}

/* ---------------------------------------------------------------- in steps */

Test(run, a_runner_runs_one_after_another_in_one_loop)
{
    af_runner *runner;
    int value;
    void *result;
    expect_code(af_runner_new(&virtual_clock, &runner), 0);
    expect_code(af_runner_run(runner, leave_tasks, NULL, NULL), 0);
    cr_assert_eq(af_runner_loop(runner), loop);
    expect_trace("main ends");
    expect_code(af_runner_run(runner, fail, NULL, NULL), -EIO);
    expect_code(af_runner_run(runner, return_argument, &value, &result), 0);
    cr_assert_eq(result, &value);
    cr_assert_eq(af_loop_time(loop), 5);
    expect_code(af_runner_close(runner), 0);
    expect_trace("a:cancelled b:cancelled a ends b ends");
    expect_code(af_runner_close(NULL), 0);
}

/* ----------------------------------------------------- everything together */

static int clean_up_and_go(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_timeout scope;
    af_timeout_enter(&scope, 1);
    int r = af_timeout_exit(&scope, af_sleep(AF_FOREVER));
    trace("%s", word(r));
    af_timeout_enter(&scope, 1);
    r = af_timeout_exit(&scope, af_sleep(AF_FOREVER));
    trace("%s", word(r));
    return 0;
}

static int leave_a_task_with_timeouts(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    create(clean_up_and_go, NULL);
    return af_sleep(0);
}

Test(run, rule_47_a_task_cancelled_at_the_end_may_use_timeouts)
{
    expect_code(af_run(&virtual_clock, leave_a_task_with_timeouts, NULL, NULL), 0);
    expect_trace("cancelled timeout");
}

static int ignore(void *arg)
{
    (void)arg;
    return 0;
}

static int sleep_long(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(1000);
}

Test(closed_loop, accepts_nothing_and_remaining_objects_are_valid)
{
    af_loop *closed;
    af_future *future;
    af_task *task;
    cr_assert(zero(int, af_loop_new(NULL, &closed)));
    cr_assert(zero(int, af_future_new(closed, &future)));
    cr_assert(zero(int, af_loop_create_task(closed, sleep_long, NULL, NULL, &task)));
    cr_assert(zero(int, af_loop_add_reader(closed, 0, ignore, NULL)));
    af_loop_stop(closed);
    cr_assert(zero(int, af_loop_run_forever(closed)));
    af_loop_close(closed);

    cr_expect(eq(int, af_loop_call_soon(closed, ignore, NULL, NULL), AF_RUNTIME_ERROR));
    cr_expect(eq(int, af_loop_add_reader(closed, 0, ignore, NULL), AF_RUNTIME_ERROR));
    cr_expect(eq(int, af_loop_add_signal_handler(closed, 10, ignore, NULL), AF_RUNTIME_ERROR));
    cr_expect(eq(int, af_loop_run_once(closed), AF_RUNTIME_ERROR));
    cr_expect(not(af_loop_remove_reader(closed, 0)));
    cr_expect(not(af_future_cancel(task)));
    cr_expect(zero(int, af_future_set_result(future, NULL, NULL)));
    af_future_unref(task);
    af_future_unref(future);
}

static int end_with_another_text(af_future *future, void *arg)
{
    (void)arg;
    af_future_result(future, NULL);
    return 0;
}

static int fail_with_a_text(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_sleep(1000);
    return af_raise(-EINVAL, "the child's text");
}

static int fail_beside_a_child(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_task *task;
    int r = af_create_task(fail_with_a_text, NULL, NULL, &task);
    if (r >= 0)
        r = af_future_add_done_callback(task, end_with_another_text, NULL);
    af_future_unref(task);
    if (r >= 0)
        r = af_sleep(0);
    return r < 0 ? r : af_raise(-EINVAL, "main's text");
}

Test(run, the_error_is_that_of_main_even_if_closing_fails)
{
    expect_code(af_run(NULL, fail_beside_a_child, NULL, NULL), -EINVAL);
    cr_assert_str_eq(af_error_text(af_raised(-EINVAL)), "main's text");
}

static int close_the_runner(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(af_runner_close(running), AF_RUNTIME_ERROR);
    return 0;
}

Test(run, a_running_runner_cannot_be_closed)
{
    cr_assert(zero(int, af_runner_new(NULL, &running)));
    expect_code(af_runner_run(running, close_the_runner, NULL, NULL), 0);
    expect_code(af_runner_close(running), 0);
}

static int look_at_the_handler(void *ret_untouched, void **ret_result)
{
    (void)ret_result;
    struct sigaction action;
    sigaction(SIGINT, NULL, &action);
    *(bool *)ret_untouched = action.sa_handler == SIG_DFL;
    return 0;
}

static void *look_in_thread(void *ret_untouched)
{
    af_run(NULL, look_at_the_handler, ret_untouched, NULL);
    return NULL;
}

Test(run, rule_68_only_the_main_thread_handles_the_interrupt)
{
    bool untouched = false;
    pthread_t thread;
    signal(SIGINT, SIG_DFL);
    cr_assert(zero(int, pthread_create(&thread, NULL, look_in_thread, &untouched)));
    pthread_join(thread, NULL);
    cr_expect(untouched);
    expect_code(af_run(NULL, look_at_the_handler, &untouched, NULL), 0);
    cr_expect(not(untouched));
}
