#include <afetch/condition.h>

#include "virtual_clock.h"

static af_condition *condition;

static void open_condition(void)
{
    open_loop();
    expect_code(af_condition_new(NULL, &condition), 0);
}

static void close_condition(void)
{
    close_loop();
    af_condition_free(condition);
}

TestSuite(condition, .init = open_condition, .fini = close_condition);

/* Waits once, and returns with the lock held. */
static int wait_and_hold(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_condition_acquire(condition);
    if (r < 0)
        return r;
    r = af_condition_wait(condition);
    trace("%s:%s", (char *)name, word(r));
    cr_assert(af_condition_locked(condition));
    return r;
}

static int wait_and_release(void *name, void **ret_result)
{
    int r = wait_and_hold(name, ret_result);
    expect_code(af_condition_release(condition), 0);
    return r;
}

static void acquire(void)
{
    expect_code(af_condition_acquire(condition), 0);
}

static void release(void)
{
    expect_code(af_condition_release(condition), 0);
}

static void notify(size_t count)
{
    expect_code(af_condition_notify(condition, count), 0);
}

static void expect_locked(bool locked)
{
    cr_assert(eq(int, af_condition_locked(condition), locked));
}

/* ---------------------------------------------------------------- the lock */

Test(condition, has_its_own_unlocked_lock)
{
    expect_locked(false);
    acquire();
    expect_locked(true);
    expect_code(af_condition_acquire(condition), AF_RUNTIME_ERROR);
    release();
    expect_locked(false);
    expect_code(af_condition_release(condition), AF_RUNTIME_ERROR);
    af_condition_free(NULL);
}

Test(condition, may_use_a_lock_of_the_caller)
{
    af_lock *lock;
    af_condition *one, *two;
    expect_code(af_lock_new(&lock), 0);
    expect_code(af_condition_new(lock, &one), 0);
    expect_code(af_condition_new(lock, &two), 0);
    expect_code(af_condition_acquire(one), 0);
    cr_assert(af_lock_locked(lock));
    cr_assert(af_condition_locked(two));
    expect_code(af_condition_notify_all(two), 0);
    expect_code(af_lock_release(lock), 0);
    cr_assert(not(af_condition_locked(one)));
    af_condition_free(one);
    af_condition_free(two);
    expect_code(af_lock_acquire(lock), 0);
    af_lock_free(lock);
}

/* CPython's test_wait_unacquired and test_notify_unacquired. */
Test(condition, rule_62_without_the_lock_waiting_and_notifying_are_errors)
{
    expect_code(af_condition_wait(condition), AF_RUNTIME_ERROR);
    expect_code(af_condition_notify(condition, 1), AF_RUNTIME_ERROR);
    expect_code(af_condition_notify_all(condition), AF_RUNTIME_ERROR);
    expect_locked(false);
}

Test(condition, waiting_outside_a_task_is_an_error_and_keeps_the_lock)
{
    spawn(wait_and_release, "a");
    tick(1);
    acquire();
    spawn(wait_and_release, "b");
    tick(1);
    expect_code(af_condition_wait(condition), AF_RUNTIME_ERROR);
    expect_locked(true);
    settle();
    expect_trace("");
    expect_locked(true);
}

/* ----------------------------------------------------------------- waiting */

/* CPython's test_wait. */
Test(condition, rule_62_wait_releases_the_lock_and_acquires_it_in_order)
{
    spawn(wait_and_hold, "a");
    spawn(wait_and_hold, "b");
    spawn(wait_and_hold, "c");
    tick(1);
    expect_locked(false);
    acquire();
    notify(1);
    tick(1);
    expect_trace("");
    release();
    tick(1);
    expect_trace("a:ok");
    expect_locked(true);
    notify(2);
    tick(1);
    expect_trace("");
    release();
    tick(1);
    expect_trace("b:ok");
    release();
    tick(1);
    expect_trace("c:ok");
    expect_locked(true);
}

Test(condition, rule_62_resumes_in_one_iteration_if_the_lock_is_free)
{
    spawn(wait_and_hold, "a");
    tick(1);
    acquire();
    notify(1);
    release();
    tick(1);
    expect_trace("a:ok");
}

/* CPython's test_notify. */
Test(condition, rule_62_notify_wakes_count_waiters_in_order)
{
    spawn(wait_and_release, "a");
    spawn(wait_and_release, "b");
    spawn(wait_and_release, "c");
    spawn(wait_and_release, "d");
    tick(1);
    acquire();
    notify(0);
    notify(1);
    release();
    settle();
    expect_trace("a:ok");
    acquire();
    notify(2);
    release();
    settle();
    expect_trace("b:ok c:ok");
    acquire();
    notify(1);
    notify(2048);
    release();
    settle();
    expect_trace("d:ok");
    expect_locked(false);
}

Test(condition, rule_62_notify_all_wakes_all_current_waiters)
{
    spawn(wait_and_release, "a");
    spawn(wait_and_release, "b");
    tick(1);
    acquire();
    expect_code(af_condition_notify_all(condition), 0);
    spawn(wait_and_release, "late");
    release();
    settle();
    expect_trace("a:ok b:ok");
    acquire();
    expect_code(af_condition_notify_all(condition), 0);
    release();
    settle();
    expect_trace("late:ok");
}

static int state;

static bool is_not_zero(void *number)
{
    trace("look");
    return *(int *)number != 0;
}

static int wait_until_not_zero(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_condition_acquire(condition);
    if (r < 0)
        return r;
    r = af_condition_wait_for(condition, is_not_zero, &state);
    trace("%s:%s", (char *)name, word(r));
    release();
    return r;
}

/* CPython's test_wait_for. */
Test(condition, wait_for_checks_the_predicate_at_each_wake)
{
    spawn(wait_until_not_zero, "a");
    tick(1);
    expect_trace("look");
    acquire();
    notify(1);
    release();
    tick(1);
    expect_trace("look");
    acquire();
    state = 1;
    notify(1);
    release();
    tick(1);
    expect_trace("look a:ok");
}

/* CPython's test_wait_for_unacquired. */
Test(condition, wait_for_a_true_predicate_needs_no_lock)
{
    state = 1;
    expect_code(af_condition_wait_for(condition, is_not_zero, &state), 0);
    state = 0;
    expect_code(af_condition_wait_for(condition, is_not_zero, &state), AF_RUNTIME_ERROR);
    expect_trace("look look");
}

Test(condition, wait_for_ends_with_a_cancellation)
{
    af_task *a = spawn(wait_until_not_zero, "a");
    tick(1);
    af_future_cancel(a);
    tick(1);
    expect_trace("look a:cancelled");
    expect_locked(false);
}

/* -------------------------------------------------------------- cancelling */

/* CPython's test_wait_cancel. */
Test(condition, rule_62_a_cancelled_waiter_acquires_the_lock_again)
{
    af_task *a = spawn(wait_and_hold, "a");
    tick(1);
    expect_locked(false);
    af_future_cancel(a);
    tick(1);
    expect_trace("a:cancelled");
    cr_assert(af_future_cancelled(a));
    expect_locked(true);
}

Test(condition, rule_62_repeated_cancellation_does_not_end_the_wait_for_the_lock)
{
    af_task *a = spawn(wait_and_hold, "a");
    tick(1);
    acquire();
    for (int i = 0; i < 3; i++) {
        af_future_cancel(a);
        tick(2);
        expect_trace("");
    }
    cr_assert(eq(uint, af_task_cancelling(a), 3));
    release();
    tick(1);
    expect_trace("a:cancelled");
    expect_locked(true);
}

/* CPython's test_wait_cancel_contested and test_cancelled_error_re_aquire. */
Test(condition, rule_62_a_waiter_cancelled_as_the_lock_is_released_acquires_it)
{
    for (int cancelled_first = 0; cancelled_first < 2; cancelled_first++) {
        af_task *a = spawn(wait_and_hold, "a");
        tick(1);
        acquire();
        notify(1);
        tick(1);
        if (cancelled_first)
            af_future_cancel(a);
        release();
        if (!cancelled_first)
            af_future_cancel(a);
        expect_trace("");
        tick(1);
        expect_trace("a:cancelled");
        expect_locked(true);
        release();
    }
}

/* CPython's test_wait_cancel_after_notify. */
Test(condition, rule_62_a_cancellation_during_acquire_is_raised_with_the_lock_held)
{
    af_task *a = spawn(wait_and_release, "a");
    tick(1);
    acquire();
    notify(1);
    tick(1);
    af_future_cancel(a);
    tick(1);
    expect_trace("");
    release();
    tick(1);
    expect_trace("a:cancelled");
    cr_assert(af_future_cancelled(a));
    expect_locked(false);
}

/* CPython's test_cancelled_wakeup. */
Test(condition, rule_62_cancelled_in_the_iteration_of_the_notification_it_passes_it_on)
{
    af_task *a = spawn(wait_and_release, "a");
    spawn(wait_and_release, "b");
    spawn(wait_and_release, "c");
    tick(1);
    acquire();
    notify(1);
    af_future_cancel(a);
    release();
    tick(1);
    expect_trace("a:cancelled");
    tick(1);
    expect_trace("b:ok");
    settle();
    expect_trace("");
}

/* CPython's test_cancelled_wakeup_relock. */
Test(condition, rule_62_cancelled_while_it_acquires_the_lock_it_passes_the_notification_on)
{
    af_task *a = spawn(wait_and_release, "a");
    spawn(wait_and_release, "b");
    spawn(wait_and_release, "c");
    tick(1);
    acquire();
    notify(1);
    tick(1);
    af_future_cancel(a);
    tick(1);
    expect_trace("");
    release();
    tick(1);
    expect_trace("a:cancelled");
    tick(1);
    expect_trace("b:ok");
    settle();
    expect_trace("");
}

/* As in CPython, which does not know if there was a notification: the next waiter wakes without
 * one. */
Test(condition, rule_62_a_cancelled_waiter_notifies_even_without_a_notification)
{
    af_task *a = spawn(wait_and_release, "a");
    spawn(wait_and_release, "b");
    spawn(wait_and_release, "c");
    tick(1);
    af_future_cancel(a);
    settle();
    expect_trace("a:cancelled b:ok");
}

Test(condition, rule_62_a_cancelled_waiter_uses_no_notification)
{
    af_task *a = spawn(wait_and_release, "a");
    spawn(wait_and_release, "b");
    tick(1);
    acquire();
    af_future_cancel(a);
    notify(1);
    release();
    settle();
    expect_trace("a:cancelled b:ok");
}

/* ----------------------------------------------------------------- the end */

Test(condition, can_be_freed_after_the_loop_of_its_waiter_is_closed)
{
    af_condition *other;
    expect_code(af_condition_new(NULL, &other), 0);
    spawn(wait_and_hold, "a");
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1");
    af_condition_free(condition);
    condition = other;
    open_loop();
}
