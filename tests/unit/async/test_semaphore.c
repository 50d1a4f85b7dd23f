#include <afetch/semaphore.h>

#include "virtual_clock.h"

static af_semaphore *semaphore;

static void open_semaphore(void)
{
    open_loop();
    expect_code(af_semaphore_new(0, &semaphore), 0);
}

static void close_semaphore(void)
{
    close_loop();
    af_semaphore_free(semaphore);
}

TestSuite(semaphore, .init = open_semaphore, .fini = close_semaphore);

static int acquire(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_semaphore_acquire(semaphore);
    trace("%s:%s", (char *)name, word(r));
    return r;
}

static void release(void)
{
    expect_code(af_semaphore_release(semaphore), 0);
}

static void expect_value(size_t value, bool locked)
{
    cr_assert(eq(sz, af_semaphore_value(semaphore), value));
    cr_assert(eq(int, af_semaphore_locked(semaphore), locked));
}

Test(semaphore, acquiring_a_free_permit_does_not_suspend)
{
    release();
    release();
    expect_value(2, false);
    spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    expect_trace("a:ok b:ok");
    expect_value(0, true);
}

Test(semaphore, a_free_permit_can_be_acquired_outside_a_task)
{
    release();
    expect_code(af_semaphore_acquire(semaphore), 0);
    expect_code(af_semaphore_acquire(semaphore), AF_RUNTIME_ERROR);
    expect_value(0, true);
}

Test(semaphore, has_its_initial_value)
{
    af_semaphore *five;
    expect_code(af_semaphore_new(5, &five), 0);
    cr_assert(eq(sz, af_semaphore_value(five), 5));
    af_semaphore_free(five);
    af_semaphore_free(NULL);
}

Test(semaphore, rule_10_the_waiter_resumes_one_iteration_after_release)
{
    spawn(acquire, "a");
    tick(1);
    release();
    expect_trace("");
    tick(1);
    expect_trace("a:ok");
}

Test(semaphore, rule_59_first_come_first_served)
{
    spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    release();
    tick(1);
    expect_trace("a:ok");
    release();
    release();
    tick(1);
    expect_trace("b:ok c:ok");
}

Test(semaphore, rule_59_a_released_permit_passes_to_the_waiter_directly)
{
    spawn(acquire, "a");
    tick(1);
    release();
    expect_value(0, true);
    expect_code(af_semaphore_acquire(semaphore), AF_RUNTIME_ERROR);
    tick(1);
    expect_trace("a:ok");
    release();
    expect_value(1, false);
}

Test(semaphore, rule_59_a_new_waiter_queues_behind_the_woken_one)
{
    spawn(acquire, "a");
    tick(1);
    spawn(acquire, "newcomer");
    release();
    release();
    expect_value(1, true);
    tick(1);
    expect_trace("a:ok");
    tick(1);
    expect_trace("newcomer:ok");
}

/* CPython's test_acquire_fifo_order_2 and similar: a woken waiter wakes the next if there is a
 * permit. */
Test(semaphore, rule_59_permits_released_while_one_is_woken_go_to_later_waiters)
{
    spawn(acquire, "a");
    tick(1);
    spawn(acquire, "b");
    spawn(acquire, "c");
    release();
    release();
    release();
    expect_value(2, true);
    tick(1);
    expect_trace("a:ok");
    tick(1);
    expect_trace("b:ok c:ok");
    expect_value(0, true);
}

Test(semaphore, rule_59_a_cancelled_waiter_is_skipped)
{
    af_task *a = spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    af_future_cancel(a);
    release();
    settle();
    expect_trace("a:cancelled b:ok");
    expect_value(0, true);
}

Test(semaphore, rule_59_cancelled_waiters_do_not_lock_it)
{
    af_task *a = spawn(acquire, "a");
    tick(1);
    release();
    af_future_cancel(a);
    expect_value(0, true);
    settle();
    expect_value(1, false);
    spawn(acquire, "b");
    tick(1);
    expect_trace("a:cancelled b:ok");
}

Test(semaphore, rule_59_a_waiter_that_is_cancelled_but_not_resumed_does_not_count)
{
    af_task *a = spawn(acquire, "a");
    tick(1);
    af_future_cancel(a);
    release();
    expect_value(1, false);
    expect_code(af_semaphore_acquire(semaphore), 0);
    settle();
    expect_trace("a:cancelled");
    expect_value(0, true);
}

Test(semaphore, rule_60_a_cancel_after_the_grant_returns_the_permit)
{
    af_task *a = spawn(acquire, "a");
    tick(1);
    release();
    af_future_cancel(a);
    settle();
    expect_trace("a:cancelled");
    expect_value(1, false);
}

Test(semaphore, rule_60_a_cancel_after_the_grant_wakes_the_next)
{
    af_task *a = spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    release();
    af_future_cancel(a);
    tick(1);
    expect_trace("a:cancelled");
    tick(1);
    expect_trace("b:ok");
    settle();
    expect_trace("");
    release();
    settle();
    expect_trace("c:ok");
}

Test(semaphore, rule_60_cancels_after_several_grants_lose_none)
{
    af_task *tasks[] = {spawn(acquire, "a"), spawn(acquire, "b"), spawn(acquire, "c"),
                        spawn(acquire, "d")};
    tick(1);
    release();
    release();
    af_future_cancel(tasks[0]);
    af_future_cancel(tasks[1]);
    settle();
    expect_trace("a:cancelled b:cancelled c:ok d:ok");
}

Test(semaphore, rule_60_releasing_a_bounded_one_too_often_is_an_error)
{
    af_semaphore *bounded;
    expect_code(af_bounded_semaphore_new(1, &bounded), 0);
    expect_code(af_semaphore_release(bounded), AF_VALUE_ERROR);
    cr_assert(eq(sz, af_semaphore_value(bounded), 1));
    expect_code(af_semaphore_acquire(bounded), 0);
    expect_code(af_semaphore_release(bounded), 0);
    expect_code(af_semaphore_release(bounded), AF_VALUE_ERROR);
    af_semaphore_free(bounded);
}

/* --------------------------------------------------------- limiting others */

static unsigned inside, most_inside;

static int work(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_semaphore_acquire(semaphore);
    if (r < 0)
        return r;
    if (++inside > most_inside)
        most_inside = inside;
    r = af_sleep(1);
    inside--;
    return r < 0 ? r : af_semaphore_release(semaphore);
}

Test(semaphore, permits_limit_concurrency)
{
    for (int i = 0; i < 3; i++)
        release();
    for (int i = 0; i < 30; i++)
        spawn(work, NULL);
    settle();
    cr_assert(eq(uint, most_inside, 3));
    cr_assert_eq(af_loop_time(loop), 10);
    expect_value(3, false);
}

/* Adding and removing a waiter does not iterate over the others. */
Test(semaphore, many_waiters_are_not_slow, .timeout = 20)
{
    for (int i = 0; i < many(); i++)
        expect_code(af_loop_create_task(loop, acquire, "", NULL, NULL), 0);
    af_task *last = spawn(acquire, "last");
    tick(1);
    af_future_cancel(last);
    tick(1);
    expect_trace("last:cancelled");
    for (int i = 0; i < many(); i++) {
        release();
        tick(1);
        expect_trace(":ok");
    }
    expect_value(0, true);
}
