#include <errno.h>

#include <afetch/timeout.h>

#include "virtual_clock.h"

TestSuite(timeout, .init = open_loop, .fini = close_loop);

/* A timeout around a sleep, and its result. */
struct scope {
    double timeout;
    double sleep;
    bool expired;
    af_timeout scope;
};

static int sleep_in_scope(void *arg, void **ret_result)
{
    struct scope *it = arg;
    (void)ret_result;
    int r = af_timeout_enter(&it->scope, it->timeout);
    if (r < 0)
        return r;
    r = af_sleep(it->sleep);
    trace("body:%s", word(r));
    r = af_timeout_exit(&it->scope, r);
    it->expired = af_timeout_expired(&it->scope);
    trace("scope:%s", word(r));
    trace("%u", af_task_cancelling(af_current_task()));
    return r;
}

static af_task *enter(struct scope *it)
{
    af_task *task = spawn(sleep_in_scope, it);
    tick(1);
    return task;
}

Test(timeout, rule_46_an_expiry_cancels_once_and_the_exit_makes_it_a_timeout)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    af_task *task = enter(&it);
    cr_assert_eq(af_timeout_when(&it.scope), 5);
    cr_assert(not(af_timeout_expired(&it.scope)));
    settle();
    expect_trace("body:cancelled scope:timeout 0");
    cr_assert(it.expired);
    cr_assert_eq(af_loop_time(loop), 5);
    expect_code(af_future_result(task, NULL), AF_TIMEOUT);
}

Test(timeout, rule_46_a_body_within_the_deadline_keeps_its_result)
{
    struct scope it = {.timeout = 5, .sleep = 1};
    enter(&it);
    settle();
    expect_trace("body:ok scope:ok 0");
    cr_assert(not(it.expired));
    cr_assert_eq(af_loop_time(loop), 1, "its timer is gone");
}

Test(timeout, forever_never_expires)
{
    struct scope it = {.timeout = AF_FOREVER, .sleep = 1e6};
    enter(&it);
    settle();
    expect_trace("body:ok scope:ok 0");
}

Test(timeout, rule_47_another_cancel_remains_a_cancel)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    af_task *task = enter(&it);
    af_future_cancel(task);
    settle();
    expect_trace("body:cancelled scope:cancelled 1");
    cr_assert(not(it.expired));
    cr_assert(af_future_cancelled(task));
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(timeout, rule_46_another_cancel_in_the_iteration_of_expiry_takes_precedence)
{
    for (int before = 0; before < 2; before++) {
        struct scope it = {.timeout = 5, .sleep = 10};
        af_task *task = spawn(sleep_in_scope, &it);
        if (before)
            af_loop_call_later(loop, 5, cancel_later, task, NULL);
        tick(1);
        if (!before)
            af_loop_call_later(loop, 5, cancel_later, task, NULL);
        settle();
        expect_trace("body:cancelled scope:cancelled 1");
        cr_assert(it.expired);
        cr_assert(af_future_cancelled(task));
    }
}

static int cancelled_before(void *arg, void **ret_result)
{
    af_future_cancel(af_current_task());
    trace("before:%s", word(af_sleep(0)));
    return sleep_in_scope(arg, ret_result);
}

Test(timeout, rule_46_cancels_from_before_the_entry_do_not_count)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    spawn(cancelled_before, &it);
    settle();
    expect_trace("before:cancelled body:cancelled scope:timeout 1");
}

/* CPython's test_cancel_in_timeout_after_cancellation. */
Test(timeout, rule_47_another_cancel_after_an_earlier_one_remains_a_cancel)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    af_task *task = spawn(cancelled_before, &it);
    tick(2);
    af_future_cancel(task);
    settle();
    expect_trace("before:cancelled body:cancelled scope:cancelled 2");
    cr_assert(af_future_cancelled(task));
}

/* A body with another outcome than that of a sleep. */
static int exit_with(void *arg, void **ret_result)
{
    struct scope *it = arg;
    (void)ret_result;
    af_timeout_enter(&it->scope, it->timeout);
    int r = af_sleep(it->sleep);
    trace("body:%s", word(r));
    r = af_timeout_exit(&it->scope, af_raise(-EIO, "foreign"));
    trace("scope:%s", word(r));
    trace("%u", af_task_cancelling(af_current_task()));
    return 0;
}

Test(timeout, rule_47_other_exceptions_propagate)
{
    struct scope expired = {.timeout = 5, .sleep = 10}, open = {.timeout = 5, .sleep = 1};
    expect_code(run(exit_with, &expired), 0);
    expect_trace("body:cancelled scope:foreign 0");
    expect_code(run(exit_with, &open), 0);
    expect_trace("body:ok scope:foreign 0");
}

static int swallow_in_scope(void *arg, void **ret_result)
{
    struct scope *it = arg;
    (void)ret_result;
    af_timeout_enter(&it->scope, it->timeout);
    trace("body:%s", word(af_sleep(it->sleep)));
    cr_assert(af_timeout_expired(&it->scope));
    trace("more:%s", word(af_sleep(3)));
    trace("scope:%s", word(af_timeout_exit(&it->scope, 0)));
    trace("%u", af_task_cancelling(af_current_task()));
    return 0;
}

Test(timeout, a_body_that_swallows_it_continues_and_is_cancelled_once)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    expect_code(run(swallow_in_scope, &it), 0);
    expect_trace("body:cancelled more:ok scope:ok 0");
}

Test(timeout, outside_a_task_and_with_nan_it_is_an_error)
{
    af_timeout scope;
    expect_code(af_timeout_enter(&scope, 1), AF_RUNTIME_ERROR);
    expect_code(af_timeout_enter_at(&scope, 1), AF_RUNTIME_ERROR);
    expect_code(run(sleep_in_scope, &(struct scope){.timeout = NAN}), AF_VALUE_ERROR);
}

/* ----------------------------------------------------------------- nesting */

struct nest {
    double outer, inner, sleep, busy;
};

static int sleep_in_two_scopes(void *arg, void **ret_result)
{
    const struct nest *nest = arg;
    (void)ret_result;
    af_timeout outer, inner;
    af_timeout_enter(&outer, nest->outer);
    af_timeout_enter(&inner, nest->inner);
    advance(nest->busy);
    int r = af_sleep(nest->sleep);
    trace("body:%s", word(r));
    r = af_timeout_exit(&inner, r);
    trace("inner:%s", word(r));
    r = af_timeout_exit(&outer, r);
    trace("outer:%s", word(r));
    trace("%d%d", af_timeout_expired(&inner), af_timeout_expired(&outer));
    trace("%u", af_task_cancelling(af_current_task()));
    return r;
}

Test(timeout, rule_48_scopes_nest)
{
    static const struct {
        struct nest nest;
        const char *trace;
    } cases[] = {
        {{5, 9, 1, 0}, "body:ok inner:ok outer:ok 00 0"},
        {{5, 9, 20, 0}, "body:cancelled inner:cancelled outer:timeout 01 0"},
        {{9, 5, 20, 0}, "body:cancelled inner:timeout outer:timeout 10 0"},
        {{5, 5, 20, 0}, "body:cancelled inner:cancelled outer:timeout 11 0"},
        /* CPython's test_nested_timeouts_loop_busy: both are due before the next iteration. */
        {{3, 2, 1, 10}, "body:cancelled inner:cancelled outer:timeout 11 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run(sleep_in_two_scopes, (void *)&cases[i].nest);
        cr_assert(eq(str, take_trace(), (char *)cases[i].trace), "case %zu", i);
    }
}

/* -------------------------------------------------------------- reschedule */

Test(timeout, rule_49_a_later_time_delays_it)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    enter(&it);
    expect_code(af_timeout_reschedule(&it.scope, 8), 0);
    cr_assert_eq(af_timeout_when(&it.scope), 8);
    settle();
    expect_trace("body:cancelled scope:timeout 0");
    cr_assert_eq(af_loop_time(loop), 8);
}

Test(timeout, rule_49_forever_disables_it)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    enter(&it);
    expect_code(af_timeout_reschedule(&it.scope, AF_FOREVER), 0);
    settle();
    expect_trace("body:ok scope:ok 0");
}

Test(timeout, rule_49_a_past_time_expires_in_the_next_iteration)
{
    struct scope it = {.timeout = AF_FOREVER, .sleep = 10};
    enter(&it);
    advance(3);
    expect_code(af_timeout_reschedule(&it.scope, 1), 0);
    af_loop_call_soon(loop, trace_callback, "behind", NULL);
    tick(1);
    expect_trace("behind");
    tick(1);
    expect_trace("body:cancelled scope:timeout 0");
}

Test(timeout, rule_49_rescheduling_an_inactive_timeout_is_an_error)
{
    struct scope it = {.timeout = 5, .sleep = 1};
    enter(&it);
    settle();
    expect_code(af_timeout_reschedule(&it.scope, 100), AF_RUNTIME_ERROR);
    it.sleep = 10;
    enter(&it);
    tick(1);
    cr_assert(af_timeout_expired(&it.scope));
    expect_code(af_timeout_reschedule(&it.scope, 100), AF_RUNTIME_ERROR);
    settle();
    expect_code(af_timeout_reschedule(&it.scope, 100), AF_RUNTIME_ERROR);
}

Test(timeout, rule_49_a_nan_time_has_no_effect)
{
    struct scope it = {.timeout = 5, .sleep = 10};
    enter(&it);
    expect_code(af_timeout_reschedule(&it.scope, NAN), AF_VALUE_ERROR);
    settle();
    expect_trace("body:cancelled scope:timeout 0");
}

static int enter_at(void *when, void **ret_result)
{
    (void)ret_result;
    af_timeout scope;
    af_timeout_enter_at(&scope, *(double *)when);
    return af_timeout_exit(&scope, af_sleep(100));
}

Test(timeout, enter_at_takes_a_time_of_the_clock)
{
    advance(1000);
    expect_code(run(enter_at, &(double){1007}), AF_TIMEOUT);
    cr_assert_eq(af_loop_time(loop), 1007);
    expect_code(run(enter_at, &(double){1}), AF_TIMEOUT);
    cr_assert_eq(af_loop_time(loop), 1007);
}

/* -------------------------------------------------------------------- zero */

static int no_sleep_in_scope(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_timeout scope;
    af_timeout_enter(&scope, 0);
    int r = af_timeout_exit(&scope, 0);
    trace("scope:%s", word(r));
    trace("after:%s", word(af_sleep(1)));
    return r;
}

Test(timeout, rule_50_zero_expires_only_if_the_body_suspends)
{
    expect_code(run(no_sleep_in_scope, NULL), 0);
    expect_trace("scope:ok after:ok");
    struct scope it = {.timeout = 0, .sleep = 1};
    expect_code(run(sleep_in_scope, &it), AF_TIMEOUT);
    expect_trace("body:cancelled scope:timeout 0");
}

/* CPython's test_timeout_zero_sleep_zero: the step of the sleep is queued after the expiry. */
Test(timeout, rule_50_zero_cancels_a_sleep_of_zero)
{
    struct scope it = {.timeout = 0, .sleep = 0};
    expect_code(run(sleep_in_scope, &it), AF_TIMEOUT);
    expect_trace("body:cancelled scope:timeout 0");
}
