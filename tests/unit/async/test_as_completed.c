#include <errno.h>

#include <afetch/as_completed.h>
#include <afetch/task.h>

#include "virtual_clock.h"

TestSuite(as_completed, .init = open_loop, .fini = close_loop);

/* Children of the iterator, and its timeout. */
static af_future *children[8];
static size_t count;
static double timeout;
static af_as_completed *iterator;

static void setup_children(size_t how_many)
{
    count = how_many;
    timeout = AF_FOREVER;
    for (size_t i = 0; i < count; i++)
        children[i] = new_future();
}

static int number_of(const af_future *child)
{
    int number = 0;
    while (children[number] != child)
        number++;
    return number;
}

/* Traces the number of each returned child, or a word for an error. */
static int walk(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_future *child;
    expect_code(af_as_completed_new(children, count, timeout, &iterator), 0);
    int r;
    while ((r = af_as_completed_next(iterator, &child)) != 0) {
        if (r > 0)
            trace("%d", number_of(child));
        else
            trace("%s", word(r));
        if (r == AF_CANCELLED)
            break;
    }
    af_as_completed_free(iterator);
    iterator = NULL;
    trace("end");
    return r;
}

Test(as_completed, rule_10_the_waiter_resumes_two_iterations_after_the_child)
{
    setup_children(1);
    spawn(walk, NULL);
    tick(1);
    af_future_set_result(children[0], NULL, NULL);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("0 end");
}

Test(as_completed, rule_37_returns_children_in_the_order_of_completion)
{
    setup_children(3);
    spawn(walk, NULL);
    tick(1);
    af_future_set_result(children[2], NULL, NULL);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("2 0");
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("1 end");
}

Test(as_completed, returns_done_children_in_the_order_of_the_arguments)
{
    setup_children(3);
    for (int i = 3; i-- > 0;)
        af_future_set_result(children[i], NULL, NULL);
    spawn(walk, NULL);
    settle();
    expect_trace("0 1 2 end");
}

Test(as_completed, returns_failed_and_cancelled_children)
{
    setup_children(3);
    spawn(walk, NULL);
    tick(1);
    fail_later(children[1]);
    af_future_cancel(children[2]);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("1 2 0 end");
    expect_code(af_future_result(children[1], NULL), -EIO);
}

Test(as_completed, does_not_retrieve_exceptions)
{
    setup_children(1);
    af_future *bad;
    af_future_new(loop, &bad);
    children[0] = bad;
    spawn(walk, NULL);
    tick(1);
    fail_later(bad);
    settle();
    af_future_unref(bad);
    expect_trace("0 end");
    expect_reports("exception was never retrieved: broken");
}

Test(as_completed, returns_duplicates_once)
{
    setup_children(2);
    children[2] = children[0];
    count = 3;
    spawn(walk, NULL);
    tick(1);
    af_future_set_result(children[0], NULL, NULL);
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("0 1 end");
}

Test(as_completed, ends_at_once_without_children)
{
    setup_children(0);
    timeout = 5;
    spawn(walk, NULL);
    tick(1);
    expect_trace("end");
    settle();
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(as_completed, needs_a_running_loop_and_a_valid_timeout)
{
    setup_children(1);
    expect_code(af_as_completed_new(children, 1, 1, &iterator), AF_RUNTIME_ERROR);
    cr_assert_null(iterator);
}

static int make_with_no_number(void *arg)
{
    (void)arg;
    return af_as_completed_new(children, 1, NAN, &iterator);
}

Test(as_completed, a_nan_timeout_is_a_value_error)
{
    setup_children(1);
    af_loop_call_soon(loop, make_with_no_number, NULL, NULL);
    tick(1);
    expect_reports("exception in a callback: the timeout of as_completed is not a number");
    cr_assert_null(iterator);
}

/* ------------------------------------------------------- several at a time */

static int take_one(void *name, void **ret_result)
{
    (void)ret_result;
    af_future *child;
    int r = af_as_completed_next(iterator, &child);
    if (r > 0)
        trace("%s=%d", (char *)name, number_of(child));
    else
        trace("%s:%s", (char *)name, r == 0 ? "end" : word(r));
    return r;
}

static int make_iterator(void *arg)
{
    (void)arg;
    return af_as_completed_new(children, count, timeout, &iterator);
}

static void open_iterator(void)
{
    af_loop_call_soon(loop, make_iterator, NULL, NULL);
    tick(1);
}

Test(as_completed, rule_37_waiters_are_served_in_order)
{
    setup_children(3);
    open_iterator();
    spawn(take_one, "a");
    spawn(take_one, "b");
    spawn(take_one, "c");
    spawn(take_one, "d");
    tick(1);
    expect_trace("d:end");
    af_future_set_result(children[1], NULL, NULL);
    af_future_set_result(children[2], NULL, NULL);
    tick(3);
    af_future_set_result(children[0], NULL, NULL);
    settle();
    expect_trace("a=1 b=2 c=0");
    af_as_completed_free(iterator);
}

Test(as_completed, a_cancelled_waiter_passes_its_child_on)
{
    setup_children(2);
    open_iterator();
    af_task *first = spawn(take_one, "a");
    spawn(take_one, "b");
    tick(1);
    af_future_set_result(children[1], NULL, NULL);
    tick(1);
    af_future_cancel(first);
    settle();
    expect_trace("a:cancelled b=1");
    af_as_completed_free(iterator);
}

Test(as_completed, a_cancelled_waiter_is_skipped)
{
    setup_children(2);
    open_iterator();
    af_task *first = spawn(take_one, "a");
    spawn(take_one, "b");
    tick(1);
    af_future_cancel(first);
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("a:cancelled b=1");
    af_as_completed_free(iterator);
}

/* ----------------------------------------------------------------- timeout */

Test(as_completed, rule_38_after_the_timeout_each_missing_child_is_a_timeout)
{
    setup_children(3);
    timeout = 5;
    spawn(walk, NULL);
    tick(1);
    af_future_set_result(children[1], NULL, NULL);
    settle();
    expect_trace("1 timeout timeout end");
    cr_assert_eq(af_loop_time(loop), 5);
    cr_assert(not(af_future_done(children[0])), "they go on");
    af_future_set_result(children[0], NULL, NULL);
    af_future_set_result(children[2], NULL, NULL);
    settle();
    expect_trace("");
}

Test(as_completed, rule_38_the_timeout_applies_to_all_children_together)
{
    setup_children(2);
    timeout = 5;
    spawn(walk, NULL);
    af_loop_call_later(loop, 4, set_later, children[0], NULL);
    af_loop_call_later(loop, 6, set_later, children[1], NULL);
    settle();
    expect_trace("0 timeout end");
}

Test(as_completed, rule_38_a_child_done_in_the_iteration_of_the_timeout_is_missing)
{
    setup_children(1);
    timeout = 5;
    af_loop_call_later(loop, 5, set_later, children[0], NULL);
    spawn(walk, NULL);
    settle();
    expect_trace("timeout end");
}

Test(as_completed, rule_38_the_timeout_wakes_all_waiters)
{
    setup_children(2);
    timeout = 5;
    open_iterator();
    spawn(take_one, "a");
    spawn(take_one, "b");
    settle();
    expect_trace("a:timeout b:timeout");
    af_as_completed_free(iterator);
}

Test(as_completed, rule_38_zero_or_less_times_out_in_the_next_iteration)
{
    setup_children(1);
    timeout = -1;
    spawn(walk, NULL);
    tick(1);
    expect_trace("");
    settle();
    expect_trace("timeout end");
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(as_completed, the_last_child_stops_the_timer)
{
    setup_children(1);
    timeout = 100;
    open_iterator();
    af_future_set_result(children[0], NULL, NULL);
    settle();
    cr_assert_eq(af_loop_time(loop), 0);
    af_as_completed_free(iterator);
}

Test(as_completed, free_removes_the_callbacks)
{
    setup_children(2);
    timeout = 100;
    open_iterator();
    af_future_set_result(children[0], NULL, NULL);
    af_as_completed_free(iterator);
    af_as_completed_free(NULL);
    af_future_set_result(children[1], NULL, NULL);
    settle();
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(as_completed, cancelling_the_waiter_does_not_cancel_the_children)
{
    setup_children(1);
    af_task *task = spawn(walk, NULL);
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled end");
    cr_assert(not(af_future_done(children[0])));
    cr_assert(af_future_cancelled(task));
}
