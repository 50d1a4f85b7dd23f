#include <afetch/event.h>

#include "virtual_clock.h"

static af_event *event;

static void open_event(void)
{
    open_loop();
    expect_code(af_event_new(&event), 0);
}

static void close_event(void)
{
    close_loop();
    af_event_free(event);
}

TestSuite(event, .init = open_event, .fini = close_event);

static int wait_for_event(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_event_wait(event);
    trace("%s:%s", (char *)name, word(r));
    return r;
}

static void expect_set(bool set)
{
    cr_assert(eq(int, af_event_is_set(event), set));
}

Test(event, is_unset_initially)
{
    expect_set(false);
    af_event_free(NULL);
}

Test(event, is_set_until_cleared)
{
    af_event_set(event);
    expect_set(true);
    af_event_set(event);
    expect_set(true);
    af_event_clear(event);
    expect_set(false);
    af_event_clear(event);
    expect_set(false);
}

Test(event, waiting_for_a_set_event_does_not_suspend)
{
    af_event_set(event);
    spawn(wait_for_event, "a");
    spawn(wait_for_event, "b");
    tick(1);
    expect_trace("a:ok b:ok");
    expect_code(af_event_wait(event), 0);
    expect_set(true);
}

Test(event, waiting_outside_a_task_is_an_error)
{
    expect_code(af_event_wait(event), AF_RUNTIME_ERROR);
}

Test(event, rule_10_the_waiter_resumes_one_iteration_after_set)
{
    spawn(wait_for_event, "a");
    tick(1);
    af_event_set(event);
    expect_trace("");
    tick(1);
    expect_trace("a:ok");
}

/* CPython's test_wait: waiting in the iteration of set() does not suspend. */
Test(event, rule_61_set_wakes_all_waiters_in_order)
{
    spawn(wait_for_event, "a");
    spawn(wait_for_event, "b");
    tick(1);
    expect_trace("");
    spawn(wait_for_event, "c");
    af_event_set(event);
    tick(1);
    expect_trace("c:ok a:ok b:ok");
}

/* CPython's test_clear_with_waiters. */
Test(event, rule_61_clearing_at_once_does_not_undo_the_set)
{
    spawn(wait_for_event, "a");
    tick(1);
    af_event_set(event);
    af_event_clear(event);
    expect_set(false);
    af_event_set(event);
    af_event_set(event);
    tick(1);
    expect_trace("a:ok");
    settle();
    expect_trace("");
}

Test(event, rule_61_a_waiter_after_clear_waits_for_the_next_set)
{
    spawn(wait_for_event, "a");
    tick(1);
    spawn(wait_for_event, "b");
    af_event_set(event);
    af_event_clear(event);
    tick(1);
    expect_trace("a:ok");
    settle();
    expect_trace("");
    af_event_set(event);
    tick(1);
    expect_trace("b:ok");
}

static int wait_twice(void *name, void **ret_result)
{
    wait_for_event(name, ret_result);
    return wait_for_event(name, ret_result);
}

Test(event, rule_61_one_set_wakes_each_waiter_once)
{
    spawn(wait_twice, "a");
    tick(1);
    af_event_set(event);
    af_event_clear(event);
    settle();
    expect_trace("a:ok");
    af_event_set(event);
    settle();
    expect_trace("a:ok");
}

Test(event, a_cancelled_waiter_does_not_delay_others)
{
    af_task *a = spawn(wait_for_event, "a");
    spawn(wait_for_event, "b");
    tick(1);
    af_future_cancel(a);
    tick(1);
    expect_trace("a:cancelled");
    cr_assert(af_future_cancelled(a));
    af_event_set(event);
    tick(1);
    expect_trace("b:ok");
}

Test(event, rule_20_a_cancel_in_the_iteration_of_set_is_delivered)
{
    for (int cancelled_first = 0; cancelled_first < 2; cancelled_first++) {
        af_event_clear(event);
        af_task *a = spawn(wait_for_event, "a");
        spawn(wait_for_event, "b");
        tick(1);
        if (cancelled_first)
            af_future_cancel(a);
        af_event_set(event);
        if (!cancelled_first)
            af_future_cancel(a);
        tick(1);
        expect_trace("a:cancelled b:ok");
        cr_assert(af_future_cancelled(a));
        expect_set(true);
    }
}

Test(event, can_be_freed_after_the_loop_of_its_waiter_is_closed)
{
    af_event *other;
    expect_code(af_event_new(&other), 0);
    spawn(wait_for_event, "a");
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1");
    af_event_free(event);
    event = other;
    open_loop();
}

Test(event, is_usable_after_the_loop_of_its_waiters_is_closed)
{
    af_loop *gone;
    af_task *task;
    expect_code(af_loop_new(&virtual_clock, &gone), 0);
    expect_code(af_loop_create_task(gone, wait_for_event, "a", NULL, &task), 0);
    af_loop_run_once(gone);
    af_loop_run_once(gone);
    af_future_unref(task);
    af_loop_close(gone);
    af_event_set(event);
    expect_set(true);
}

static void free_event(void *doomed)
{
    af_event_free(doomed);
}

static int wait_for_doomed(void *doomed, void **ret_result)
{
    (void)ret_result;
    return af_event_wait(doomed);
}

Test(event, may_be_freed_by_a_task_of_a_closing_loop_while_another_waits)
{
    af_loop *gone;
    af_task *owner, *other;
    af_event *doomed;
    expect_code(af_event_new(&doomed), 0);
    expect_code(af_loop_new(&virtual_clock, &gone), 0);
    expect_code(af_loop_create_task(gone, wait_for_event, doomed, free_event, &owner), 0);
    expect_code(af_loop_create_task(gone, wait_for_doomed, doomed, NULL, &other), 0);
    af_loop_run_once(gone);
    af_loop_run_once(gone);
    af_future_unref(owner);
    af_future_unref(other);
    expect_code(af_loop_close(gone), 0);
}
