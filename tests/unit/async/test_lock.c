#include <afetch/lock.h>

#include "virtual_clock.h"

static af_lock *lock;

static void open_lock(void)
{
    open_loop();
    expect_code(af_lock_new(&lock), 0);
}

static void close_lock(void)
{
    close_loop();
    af_lock_free(lock);
}

TestSuite(lock, .init = open_lock, .fini = close_lock);

static int acquire(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_lock_acquire(lock);
    trace("%s:%s", (char *)name, word(r));
    return r;
}

static void hold(void)
{
    expect_code(af_lock_acquire(lock), 0);
}

static void release(void)
{
    expect_code(af_lock_release(lock), 0);
}

static void expect_locked(bool locked)
{
    cr_assert(eq(int, af_lock_locked(lock), locked));
}

/* ------------------------------------------------------------------ taking */

Test(lock, is_unlocked_initially)
{
    expect_locked(false);
    af_lock_free(NULL);
}

Test(lock, acquiring_an_unlocked_lock_does_not_suspend)
{
    spawn(acquire, "a");
    tick(1);
    expect_trace("a:ok");
    expect_locked(true);
    release();
    expect_locked(false);
}

Test(lock, outside_a_task_only_an_unlocked_lock_can_be_acquired)
{
    hold();
    expect_locked(true);
    expect_code(af_lock_acquire(lock), AF_RUNTIME_ERROR);
    release();
    hold();
}

Test(lock, rule_10_the_waiter_resumes_one_iteration_after_release)
{
    hold();
    spawn(acquire, "a");
    tick(1);
    release();
    expect_trace("");
    tick(1);
    expect_trace("a:ok");
}

/* CPython's test_acquire. */
Test(lock, rule_58_first_come_first_served)
{
    hold();
    spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    expect_trace("");
    release();
    tick(1);
    expect_trace("a:ok");
    tick(1);
    expect_trace("");
    spawn(acquire, "c");
    release();
    tick(1);
    expect_trace("b:ok");
    release();
    tick(1);
    expect_trace("c:ok");
}

Test(lock, rule_58_any_task_may_release_it)
{
    spawn(acquire, "a");
    settle();
    release();
    spawn(acquire, "b");
    settle();
    expect_trace("a:ok b:ok");
}

Test(lock, rule_58_a_new_waiter_queues_behind_the_woken_one)
{
    hold();
    spawn(acquire, "a");
    tick(1);
    spawn(acquire, "newcomer");
    release();
    expect_locked(false);
    expect_code(af_lock_acquire(lock), AF_RUNTIME_ERROR);
    tick(1);
    expect_trace("a:ok");
    expect_locked(true);
    release();
    tick(1);
    expect_trace("newcomer:ok");
}

Test(lock, rule_58_releasing_an_unlocked_lock_is_an_error)
{
    expect_code(af_lock_release(lock), AF_RUNTIME_ERROR);
    hold();
    spawn(acquire, "a");
    tick(1);
    release();
    expect_code(af_lock_release(lock), AF_RUNTIME_ERROR);
    tick(1);
    expect_trace("a:ok");
    release();
    expect_code(af_lock_release(lock), AF_RUNTIME_ERROR);
    expect_locked(false);
}

static int inside;

static int work(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_lock_acquire(lock);
    if (r < 0)
        return r;
    expect_code(inside++, 0);
    r = af_sleep(1);
    inside--;
    return r < 0 ? r : af_lock_release(lock);
}

Test(lock, is_held_by_one_task_at_a_time)
{
    for (int i = 0; i < 10; i++)
        spawn(work, NULL);
    settle();
    cr_assert_eq(af_loop_time(loop), 10);
    expect_locked(false);
}

/* -------------------------------------------------------------- cancelling */

Test(lock, rule_58_a_cancelled_waiter_leaves_the_queue)
{
    hold();
    af_task *a = spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    af_future_cancel(a);
    tick(1);
    expect_trace("a:cancelled");
    expect_locked(true);
    release();
    tick(1);
    expect_trace("b:ok");
}

/* CPython's test_finished_waiter_cancelled. */
Test(lock, rule_58_a_woken_waiter_that_is_cancelled_wakes_the_next)
{
    hold();
    af_task *a = spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    release();
    af_future_cancel(a);
    tick(1);
    expect_trace("a:cancelled");
    expect_locked(false);
    tick(1);
    expect_trace("b:ok");
    expect_locked(true);
}

Test(lock, rule_58_each_cancelled_waiter_wakes_the_next)
{
    hold();
    af_task *a = spawn(acquire, "a"), *b = spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    release();
    af_future_cancel(a);
    tick(1);
    af_future_cancel(b);
    tick(1);
    expect_trace("a:cancelled b:cancelled");
    tick(1);
    expect_trace("c:ok");
}

Test(lock, rule_58_without_other_waiters_it_is_unlocked)
{
    hold();
    af_task *a = spawn(acquire, "a");
    tick(1);
    release();
    af_future_cancel(a);
    settle();
    expect_trace("a:cancelled");
    expect_locked(false);
    hold();
}

/* CPython's test_cancel_race and test_cancel_release_race: release finds a waiter that is cancelled
 * but still queued. */
Test(lock, rule_58_released_in_the_iteration_of_a_cancel_it_goes_to_another_waiter)
{
    hold();
    af_task *a = spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    af_future_cancel(a);
    release();
    expect_locked(false);
    tick(1);
    expect_trace("a:cancelled");
    tick(1);
    expect_trace("b:ok");
    settle();
    expect_trace("");
    expect_locked(true);
}

Test(lock, rule_58_a_cancelled_waiter_behind_the_woken_one_wakes_no_other)
{
    hold();
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    af_future_cancel(b);
    release();
    tick(1);
    expect_trace("b:cancelled a:ok");
    settle();
    expect_trace("");
    release();
    settle();
    expect_trace("c:ok");
}

Test(lock, rule_58_cancelled_waiters_do_not_block_acquire)
{
    hold();
    af_task *a = spawn(acquire, "a"), *b = spawn(acquire, "b");
    tick(1);
    af_future_cancel(a);
    af_future_cancel(b);
    release();
    hold();
    settle();
    expect_trace("a:cancelled b:cancelled");
    expect_locked(true);
}

Test(lock, rule_58_a_waiter_behind_cancelled_ones_blocks_acquire)
{
    hold();
    af_task *a = spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    af_future_cancel(a);
    release();
    expect_code(af_lock_acquire(lock), AF_RUNTIME_ERROR);
    settle();
    expect_trace("a:cancelled b:ok");
}

/* ---------------------------------------------------------------- the end */

Test(lock, can_be_freed_after_the_loop_of_its_waiter_is_closed)
{
    af_lock *other;
    expect_code(af_lock_new(&other), 0);
    hold();
    spawn(acquire, "a");
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1");
    af_lock_free(lock);
    lock = other;
    open_loop();
}
