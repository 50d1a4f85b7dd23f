#include <errno.h>

#include <afetch/gather.h>
#include <afetch/shield.h>

#include "failing_allocation.h"
#include "virtual_clock.h"

TestSuite(shield, .init = open_loop, .fini = close_loop);

static af_future *shield(af_future *inner)
{
    af_future *outer;
    expect_code(af_shield(inner, &outer), 0);
    return keep(outer);
}

Test(shield, rule_10_two_iterations_from_the_inner_to_the_awaiter)
{
    af_future *inner = new_future();
    spawn(awaiter, &(struct actor){"a", .future = shield(inner)});
    tick(1);
    af_future_set_result(inner, NULL, NULL);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("a:ok");
}

Test(shield, has_the_outcome_of_the_inner)
{
    af_future *good = new_future(), *bad = new_future();
    af_future *good_shield = shield(good), *bad_shield = shield(bad);
    int value;
    void *result;
    af_future_set_result(good, &value, NULL);
    fail_later(bad);
    tick(1);
    expect_code(af_future_result(good_shield, &result), 0);
    cr_assert_eq(result, &value);
    expect_code(af_future_result(bad_shield, NULL), -EIO);
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EIO)), "broken"));
}

Test(shield, rule_39_cancelling_the_outer_does_not_cancel_the_inner)
{
    af_future *inner = spawn(sleeper, &(struct actor){"inner", .delay = 2});
    af_task *task = spawn(awaiter, &(struct actor){"outer", .future = shield(inner)});
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("outer:cancelled inner:ok");
    cr_assert(af_future_cancelled(task));
    expect_code(af_future_result(inner, NULL), 0);
}

Test(shield, rule_39_a_cancelled_inner_cancels_the_outer)
{
    af_future *inner = new_future(), *outer = shield(inner);
    af_future_cancel(inner);
    cr_assert(not(af_future_done(outer)));
    tick(1);
    cr_assert(af_future_cancelled(outer));
}

Test(shield, rule_39_a_done_inner_is_returned_itself)
{
    af_future *inner = new_future();
    af_future_set_result(inner, NULL, NULL);
    cr_assert_eq(shield(inner), inner);
}

Test(shield, cancel_is_true_once)
{
    af_future *inner = new_future(), *outer = shield(inner);
    cr_assert(af_future_cancel(outer));
    cr_assert(af_future_cancelled(outer));
    cr_assert(not(af_future_cancel(outer)));
    cr_assert(not(af_future_done(inner)));
    af_future_set_result(inner, NULL, NULL);
    settle();
    cr_assert(af_future_cancelled(outer));
}

static af_future *failing(void)
{
    af_future *inner;
    af_future_new(loop, &inner);
    return inner;
}

Test(shield, rule_40_an_inner_that_fails_after_the_outer_was_cancelled_is_reported)
{
    af_future *inner = failing(), *outer;
    af_shield(inner, &outer);
    af_future_cancel(outer);
    tick(1);
    af_future_unref(outer);
    fail_later(inner);
    tick(2);
    af_future_unref(inner);
    expect_reports("exception was never retrieved: broken");
}

Test(shield, rule_40_an_inner_that_fails_in_the_same_iteration_is_not_reported)
{
    af_future *inner = failing();
    af_future *outer = shield(inner);
    fail_later(inner);
    af_future_cancel(outer);
    tick(2);
    af_future_unref(inner);
    close_loop();
    expect_reports("");
    open_loop();
}

Test(shield, an_exception_must_be_retrieved_from_the_outer)
{
    af_future *inner = failing(), *outer;
    af_shield(inner, &outer);
    fail_later(inner);
    tick(2);
    af_future_unref(inner);
    expect_reports("");
    af_future_unref(outer);
    expect_reports("exception was never retrieved: broken");
}

Test(shield, can_be_unreferenced_while_pending)
{
    af_future *inner = new_future(), *outer;
    af_shield(inner, &outer);
    af_future_unref(outer);
    af_future_set_result(inner, NULL, NULL);
    settle();
}

Test(shield, unreferenced_it_is_freed_with_the_inner)
{
    af_future *inner, *outer;
    af_future_new(loop, &inner);
    af_shield(inner, &outer);
    af_future_unref(inner);
    af_future_unref(outer);
    af_future_new(loop, &inner);
    af_shield(inner, &outer);
    af_future_unref(outer);
    close_loop();
    af_future_unref(inner);
    open_loop();
}

static int trace_done(af_future *future, void *arg)
{
    (void)arg;
    void *result = NULL;
    expect_code(af_future_result(future, &result), 0);
    trace("%s", (char *)result);
    return 0;
}

Test(shield, unreferenced_it_has_the_outcome_of_the_inner)
{
    af_future *inner, *outer;
    af_future_new(loop, &inner);
    af_shield(inner, &outer);
    af_future_add_done_callback(outer, trace_done, NULL);
    af_future_unref(outer);
    af_future_set_result(inner, "result", NULL);
    af_future_unref(inner);
    tick(2);
    expect_trace("result");
}

Test(shield, unreferenced_it_reports_the_exception_of_the_inner)
{
    af_future *inner, *outer;
    af_future_new(loop, &inner);
    af_shield(inner, &outer);
    af_future_unref(outer);
    fail_later(inner);
    af_future_unref(inner);
    tick(2);
    expect_reports("exception was never retrieved: broken");
}

Test(shield, can_be_unreferenced_at_any_time_of_its_end)
{
    for (unsigned ticks = 0; ticks < 3; ticks++) {
        af_future *inner, *outer;
        af_future_new(loop, &inner);
        af_shield(inner, &outer);
        af_future_cancel(ticks == 1 ? outer : inner);
        af_future_cancel(inner);
        tick(ticks);
        af_future_unref(outer);
        af_future_unref(inner);
    }
    tick(2);
}

Test(shield, a_done_shield_is_freed_when_the_loop_is_closed)
{
    af_future *inner[2], *outer[2];
    for (int i = 0; i < 2; i++) {
        af_future_new(loop, &inner[i]);
        af_shield(inner[i], &outer[i]);
        af_future_cancel(i == 0 ? inner[i] : outer[i]);
        af_future_unref(outer[i]);
    }
    close_loop();
    af_future_unref(inner[0]);
    af_future_unref(inner[1]);
    open_loop();
}

/* They would hold references to each other. */
Test(shield, a_cancelled_shield_drops_its_inner_future)
{
    long before = live_allocations();
    af_future *inner, *outer, *both;
    af_future_new(loop, &inner);
    af_shield(inner, &outer);
    af_gather((af_future *[]){outer, inner}, 2, true, &both);
    af_future_cancel(outer);
    tick(2);
    af_future_unref(both);
    af_future_unref(outer);
    af_future_unref(inner);
    cr_expect(eq(long, live_allocations(), before));
}
