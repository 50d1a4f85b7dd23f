#include <errno.h>

#include <afetch/shield.h>
#include <afetch/wait.h>

#include "virtual_clock.h"

TestSuite(wait, .init = open_loop, .fini = close_loop);

static af_future *children[8];

struct waiting {
    size_t count;
    double timeout;
    enum af_return_when when;
};

static void setup_children(size_t count)
{
    for (size_t i = 0; i < count; i++)
        children[i] = new_future();
}

/* Traces the number of done children. */
static int wait_for_children(void *arg, void **ret_result)
{
    const struct waiting *waiting = arg;
    (void)ret_result;
    int r = af_wait(children, waiting->count, waiting->timeout, waiting->when);
    if (r < 0)
        trace("%s", word(r));
    else
        trace("%d", r);
    return r;
}

static af_task *spawn_wait(size_t count, double timeout, enum af_return_when when)
{
    static struct waiting waiting;
    waiting = (struct waiting){count, timeout, when};
    af_task *task = spawn(wait_for_children, &waiting);
    tick(1);
    return task;
}

Test(wait, rule_10_the_waiter_resumes_two_iterations_after_the_child)
{
    setup_children(1);
    spawn_wait(1, AF_FOREVER, AF_ALL_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("1");
}

Test(wait, takes_two_iterations_for_done_children)
{
    setup_children(1);
    af_future_set_result(children[0], NULL, NULL);
    spawn_wait(1, AF_FOREVER, AF_ALL_COMPLETED);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("1");
}

Test(wait, rule_32_without_children_is_an_error)
{
    spawn_wait(0, AF_FOREVER, AF_ALL_COMPLETED);
    expect_trace("value-error");
}

Test(wait, a_nan_timeout_is_an_error)
{
    setup_children(1);
    spawn_wait(1, NAN, AF_ALL_COMPLETED);
    expect_trace("value-error");
}

Test(wait, outside_a_task_is_an_error)
{
    setup_children(1);
    expect_code(af_wait(children, 1, AF_FOREVER, AF_ALL_COMPLETED), AF_RUNTIME_ERROR);
}

Test(wait, rule_32_duplicates_count_once)
{
    setup_children(2);
    children[2] = children[3] = children[0];
    spawn_wait(4, AF_FOREVER, AF_ALL_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("");
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("2");
}

Test(wait, all_completed_waits_for_all)
{
    setup_children(3);
    spawn_wait(3, AF_FOREVER, AF_ALL_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    fail_later(children[1]);
    settle();
    expect_trace("");
    af_future_cancel(children[2]);
    settle();
    expect_trace("3");
}

Test(wait, rule_33_a_timeout_is_no_error_and_cancels_no_child)
{
    setup_children(2);
    spawn_wait(2, 5, AF_ALL_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("1");
    cr_assert_eq(af_loop_time(loop), 5);
    cr_assert(not(af_future_done(children[1])));
}

Test(wait, rule_33_the_last_child_stops_the_timer)
{
    setup_children(1);
    spawn_wait(1, 100, AF_ALL_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("1");
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(wait, rule_33_a_timeout_of_zero_takes_two_iterations)
{
    setup_children(1);
    spawn_wait(1, -1, AF_ALL_COMPLETED);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("0");
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(wait, rule_33_an_exception_of_a_child_is_neither_raised_nor_retrieved)
{
    af_future_new(loop, &children[0]);
    spawn_wait(1, AF_FOREVER, AF_ALL_COMPLETED);
    fail_later(children[0]);
    settle();
    expect_trace("1");
    af_future_unref(children[0]);
    expect_reports("exception was never retrieved: broken");
}

Test(wait, first_completed_returns_at_the_first)
{
    setup_children(3);
    spawn_wait(3, AF_FOREVER, AF_FIRST_COMPLETED);
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("1");
    spawn_wait(3, AF_FOREVER, AF_FIRST_COMPLETED);
    settle();
    expect_trace("1");
}

Test(wait, rule_34_done_children_are_counted_when_the_waiter_resumes)
{
    setup_children(3);
    spawn_wait(3, AF_FOREVER, AF_FIRST_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    tick(1);
    af_future_set_result(children[1], NULL, NULL);
    tick(1);
    expect_trace("2");
}

Test(wait, rule_35_first_exception_returns_at_the_first_exception)
{
    setup_children(3);
    spawn_wait(3, AF_FOREVER, AF_FIRST_EXCEPTION);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("");
    fail_later(children[1]);
    settle();
    expect_trace("2");
}

Test(wait, rule_35_a_cancelled_child_does_not_trigger_it)
{
    setup_children(2);
    spawn_wait(2, AF_FOREVER, AF_FIRST_EXCEPTION);
    af_future_cancel(children[0]);
    settle();
    expect_trace("");
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("2");
}

/* The third fails after the wait ended and before the waiter resumes, and is retrieved too. */
Test(wait, rule_35_a_failure_before_the_waiter_resumes_counts_as_retrieved)
{
    setup_children(2);
    af_future_new(loop, &children[2]);
    spawn_wait(3, AF_FOREVER, AF_FIRST_EXCEPTION);
    fail_later(children[0]);
    tick(1);
    fail_later(children[2]);
    settle();
    expect_trace("2");
    af_future_unref(children[2]);
    expect_reports("");
    af_future_result(children[0], NULL);
}

/* Both fail in the iteration of the timeout. The exception of the last is not retrieved. The order
 * of completion decides which is the last, not the order of the arguments. */
Test(wait, rule_35_the_exception_of_the_last_child_is_not_retrieved)
{
    af_future_new(loop, &children[0]);
    af_future_new(loop, &children[1]);
    spawn_wait(2, 5, AF_FIRST_EXCEPTION);
    af_loop_call_at(loop, 5, fail_later, children[1], NULL);
    af_loop_call_at(loop, 5, fail_later, children[0], NULL);
    settle();
    expect_trace("2");
    cr_assert(not(af_future_unretrieved(children[1])));
    cr_assert(af_future_unretrieved(children[0]));
    af_future_unref(children[1]);
    expect_reports("");
    af_future_unref(children[0]);
    expect_reports("exception was never retrieved: broken");
}

static int set_soon(void *future)
{
    return af_loop_call_soon(loop, set_later, future, NULL);
}

/* For the sanitizers: the loop is closed before the callback of the child runs. */
Test(wait, a_child_may_be_done_in_the_last_iteration)
{
    setup_children(1);
    af_loop_call_at(loop, 5, set_soon, children[0], NULL);
    spawn_wait(1, 5, AF_ALL_COMPLETED);
    while (!af_future_done(children[0]))
        tick(1);
    expect_trace("1");
}

Test(wait, rule_36_cancelling_the_waiter_does_not_cancel_the_children)
{
    setup_children(1);
    children[1] = spawn(sleeper, &(struct actor){"child", .delay = 3});
    af_task *task = spawn_wait(2, 100, AF_ALL_COMPLETED);
    af_future_cancel(task);
    tick(1);
    expect_trace("cancelled");
    cr_assert(not(af_future_done(children[0])));
    settle();
    expect_trace("child:ok");
    cr_assert_eq(af_loop_time(loop), 3);
}

Test(wait, a_cancel_in_the_iteration_of_the_last_child_takes_precedence)
{
    setup_children(1);
    af_task *task = spawn_wait(1, 100, AF_ALL_COMPLETED);
    af_future_set_result(children[0], NULL, NULL);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled");
}

/* ---------------------------------------------------------------- wait_for */

TestSuite(wait_for, .init = open_loop, .fini = close_loop);

struct attempt {
    af_future *future;
    double timeout;
    void *result;
};

static int attempt(void *arg, void **ret_result)
{
    struct attempt *attempt = arg;
    (void)ret_result;
    int r = af_wait_for(attempt->future, attempt->timeout, &attempt->result);
    trace("for:%s", word(r));
    return r;
}

/* A task that swallows its cancellation, sleeps, and returns another outcome. */
static int stubborn(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    int r = af_sleep(100);
    trace("inner:%s", word(r));
    af_sleep(actor->delay);
    trace("inner ends");
    *ret_result = "value";
    return actor->code;
}

Test(wait_for, rule_10_the_waiter_resumes_one_iteration_after_the_future)
{
    struct attempt it = {new_future(), 5, NULL};
    int value;
    spawn(attempt, &it);
    tick(1);
    af_future_set_result(it.future, &value, NULL);
    tick(1);
    expect_trace("for:ok");
    cr_assert_eq(it.result, &value);
    settle();
    cr_assert_eq(af_loop_time(loop), 0, "its timer is gone");
}

Test(wait_for, returns_the_exception)
{
    struct attempt it = {new_future(), 5, NULL};
    spawn(attempt, &it);
    tick(1);
    fail_later(it.future);
    settle();
    expect_trace("for:broken");
}

Test(wait_for, waits_forever_without_a_timeout)
{
    struct attempt it = {spawn(sleeper, &(struct actor){"inner", .delay = 1e9}), AF_FOREVER, NULL};
    spawn(attempt, &it);
    settle();
    expect_trace("inner:ok for:ok");
}

Test(wait_for, returns_a_done_future_at_once)
{
    struct attempt it = {new_future(), 5, NULL};
    af_future_set_result(it.future, NULL, NULL);
    spawn(attempt, &it);
    tick(1);
    expect_trace("for:ok");
}

Test(wait_for, rule_41_at_the_timeout_the_inner_is_cancelled_and_its_end_awaited)
{
    struct actor inner = {.delay = 2, .code = AF_CANCELLED};
    struct attempt it = {spawn(stubborn, &inner), 5, NULL};
    spawn(attempt, &it);
    settle();
    expect_trace("inner:cancelled inner ends for:timeout");
    cr_assert_eq(af_loop_time(loop), 7);
}

Test(wait_for, rule_42_an_inner_that_returns_anyway_has_its_result_returned)
{
    struct actor inner = {.delay = 2};
    struct attempt it = {spawn(stubborn, &inner), 5, NULL};
    spawn(attempt, &it);
    settle();
    expect_trace("inner:cancelled inner ends for:ok");
    cr_assert(eq(str, it.result, "value"));
}

Test(wait_for, rule_42_an_inner_that_raises_has_its_exception_returned)
{
    struct actor inner = {.delay = 2, .code = -EIO};
    struct attempt it = {spawn(stubborn, &inner), 5, NULL};
    spawn(attempt, &it);
    settle();
    expect_trace("inner:cancelled inner ends for:Input/output error");
}

Test(wait_for, rule_43_without_time_a_done_future_returns_its_result)
{
    struct attempt good = {new_future(), 0, NULL}, bad = {new_future(), -1, NULL};
    int value;
    af_future_set_result(good.future, &value, NULL);
    fail_later(bad.future);
    spawn(attempt, &good);
    spawn(attempt, &bad);
    tick(1);
    expect_trace("for:ok for:broken");
    cr_assert_eq(good.result, &value);
}

static int wait_for_a_new_task(void *arg, void **ret_result)
{
    af_task *task;
    expect_code(af_create_task(sleeper, arg, NULL, &task), 0);
    int r = af_wait_for(task, 0, ret_result);
    trace("for:%s", word(r));
    cr_assert(af_future_cancelled(task));
    af_future_unref(task);
    return r;
}

Test(wait_for, rule_43_without_time_a_task_that_has_not_begun_never_runs)
{
    expect_code(run(wait_for_a_new_task, &(struct actor){.name = "inner"}), AF_TIMEOUT);
    expect_trace("for:timeout");
}

Test(wait_for, rule_43_without_time_the_end_is_awaited)
{
    static const struct {
        int code;
        const char *trace;
    } cases[] = {{AF_CANCELLED, "inner:cancelled inner ends for:timeout"},
                 {0, "inner:cancelled inner ends for:ok"},
                 {-EIO, "inner:cancelled inner ends for:Input/output error"}};
    for (size_t i = 0; i < 3; i++) {
        struct actor inner = {.delay = 2, .code = cases[i].code};
        struct attempt it = {spawn(stubborn, &inner), 0, NULL};
        tick(1);
        spawn(attempt, &it);
        settle();
        expect_trace(cases[i].trace);
    }
}

Test(wait_for, rule_43_without_time_the_wait_can_be_cancelled)
{
    struct actor inner = {.delay = 2};
    struct attempt it = {spawn(stubborn, &inner), 0, NULL};
    tick(1);
    af_task *task = spawn(attempt, &it);
    tick(2);
    af_future_cancel(task);
    settle();
    expect_trace("inner:cancelled for:cancelled inner ends");
}

Test(wait_for, rule_44_cancelling_the_waiter_cancels_the_inner)
{
    struct attempt it = {new_future(), 5, NULL};
    af_task *task = spawn(attempt, &it);
    tick(1);
    af_future_cancel(task);
    cr_assert(af_future_cancelled(it.future));
    settle();
    expect_trace("for:cancelled");
    cr_assert(af_future_cancelled(task));
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(wait_for, rule_44_a_shield_protects_the_inner)
{
    af_future *inner = spawn(sleeper, &(struct actor){"inner", .delay = 8}), *shield;
    af_shield(inner, &shield);
    struct attempt it = {keep(shield), 5, NULL};
    spawn(attempt, &it);
    settle();
    expect_trace("for:timeout inner:ok");
    expect_code(af_future_result(inner, NULL), 0);
}

Test(wait_for, rule_45_a_cancel_in_the_iteration_of_the_result_is_raised)
{
    struct attempt it = {new_future(), 5, NULL};
    af_task *task = spawn(attempt, &it);
    tick(1);
    af_future_set_result(it.future, NULL, NULL);
    af_future_cancel(task);
    settle();
    expect_trace("for:cancelled");
    cr_assert(af_future_cancelled(task));
}

Test(wait_for, rule_45_a_timeout_replaces_a_result_of_the_same_iteration)
{
    struct attempt it = {new_future(), 5, NULL};
    af_loop_call_later(loop, 5, set_later, it.future, NULL);
    spawn(attempt, &it);
    settle();
    expect_trace("for:timeout");
    expect_code(af_future_result(it.future, NULL), 0);
}

Test(wait_for, rule_45_a_timeout_and_a_cancel_in_one_iteration_are_a_cancel)
{
    struct attempt it = {new_future(), 5, NULL};
    af_task *task = spawn(attempt, &it);
    af_loop_call_later(loop, 5, cancel_later, task, NULL);
    settle();
    expect_trace("for:cancelled");
    cr_assert(eq(uint, af_task_cancelling(task), 1));
}

Test(wait_for, a_nan_timeout_is_an_error)
{
    struct attempt it = {new_future(), NAN, NULL};
    spawn(attempt, &it);
    settle();
    expect_trace("for:value-error");
    expect_code(af_wait_for(it.future, 0, NULL), AF_RUNTIME_ERROR);
    expect_code(af_wait_for(it.future, 1, NULL), AF_RUNTIME_ERROR);
    cr_assert(not(af_future_done(it.future)));
}
