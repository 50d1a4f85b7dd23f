#include <errno.h>

#include <afetch/shield.h>

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

Test(shield, ends_as_the_inner_does)
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

Test(shield, rule_39_cancelling_the_outer_spares_the_inner)
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

Test(shield, rule_40_one_that_fails_in_the_same_tick_is_not)
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

Test(shield, passes_the_duty_to_retrieve_to_the_outer)
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

Test(shield, may_be_dropped_while_it_waits)
{
    af_future *inner = new_future(), *outer;
    af_shield(inner, &outer);
    af_future_unref(outer);
    af_future_set_result(inner, NULL, NULL);
    settle();
}
