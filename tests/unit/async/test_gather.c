/* gather(): results, exceptions, cancellation. */
#include <errno.h>

#include <afetch/gather.h>

#include "gather_suite.h"

TestSuite(gather, .init = open_loop, .fini = close_loop);

static const af_outcome *outcomes(af_future *gathered)
{
    void *result = NULL;
    expect_code(af_future_result(gathered, &result), 0);
    return result;
}

static void expect_result(const af_outcome *outcome, const char *result)
{
    expect_code(outcome->error.code, 0);
    cr_assert(eq(str, outcome->result, (char *)result));
}

/* ----------------------------------------------------------------- results */

Test(gather, rule_10_two_iterations_from_the_last_child_to_the_awaiter)
{
    af_future *children[] = {new_future(), new_future()};
    spawn(awaiter, &(struct actor){"a", .future = gather(children, 2, false)});
    af_future_set_result(children[0], NULL, NULL);
    tick(3);
    af_future_set_result(children[1], NULL, NULL);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("a:ok");
}

Test(gather, rule_25_results_are_in_the_order_of_the_arguments)
{
    static const double delays[] = {3, 1, 2};
    static const char *const names[] = {"a", "b", "c"};
    struct actor actors[3];
    af_future *children[3];
    for (int i = 0; i < 3; i++) {
        actors[i] = (struct actor){names[i], .delay = delays[i]};
        children[i] = spawn(sleeper, &actors[i]);
    }
    af_future *all = gather(children, 3, false);
    settle();
    expect_trace("b:ok c:ok a:ok");
    for (int i = 0; i < 3; i++)
        expect_result(&outcomes(all)[i], names[i]);
}

Test(gather, rule_25_a_duplicate_is_one_child_whose_result_is_repeated)
{
    af_future *a = spawn(sleeper, &(struct actor){"a", .delay = 1});
    af_future *b = spawn(sleeper, &(struct actor){"b", .delay = 2});
    af_future *all = gather((af_future *[]){a, b, a, a}, 4, false);
    settle();
    expect_trace("a:ok b:ok");
    expect_result(&outcomes(all)[0], "a");
    expect_result(&outcomes(all)[1], "b");
    expect_result(&outcomes(all)[2], "a");
    expect_result(&outcomes(all)[3], "a");
}

static int gather_nothing(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_future *all = gather(NULL, 0, false);
    cr_assert(af_future_done(all));
    cr_assert_not_null(outcomes(all));
    trace("done");
    return 0;
}

Test(gather, rule_26_is_done_without_children)
{
    spawn(gather_nothing, NULL);
    tick(1);
    expect_trace("done");
    af_future *none = NULL;
    expect_code(af_gather(NULL, 0, false, &none), AF_RUNTIME_ERROR);
    cr_assert_null(none);
}

Test(gather, is_done_if_all_children_are_done)
{
    af_future *a = new_future(), *b = new_future();
    af_future_set_result(a, "a", NULL);
    af_future_set_result(b, "b", NULL);
    af_future *all = gather((af_future *[]){a, b, a}, 3, false);
    cr_assert(af_future_done(all));
    expect_result(&outcomes(all)[1], "b");
    expect_result(&outcomes(all)[2], "a");
}

Test(gather, fails_if_a_child_failed_before)
{
    af_future *bad = new_future(), *pending = new_future();
    fail_later(bad);
    af_future *all = gather((af_future *[]){pending, bad}, 2, false);
    cr_assert(af_future_done(all));
    expect_code(af_future_result(all, NULL), -EIO);
    af_future_cancel(pending);
    settle();
}

Test(gather, children_of_different_loops_are_a_value_error)
{
    af_loop *other;
    af_future *foreign, *none = NULL;
    af_loop_new(NULL, &other);
    af_future_new(other, &foreign);
    af_future *children[] = {new_future(), foreign};
    expect_code(af_gather(children, 2, false, &none), AF_VALUE_ERROR);
    cr_assert_null(none);
    af_future_unref(foreign);
    af_loop_close(other);
}

Test(gather, can_be_unreferenced_while_pending)
{
    af_future *child = new_future(), *all;
    af_gather(&child, 1, false, &all);
    af_future_unref(all);
    af_future_set_result(child, NULL, NULL);
    settle();
    af_gather(&child, 1, false, &all);
    af_future_unref(all);
}

/* -------------------------------------------------------------- exceptions */

Test(gather, rule_27_the_first_exception_propagates_at_once_and_the_siblings_keep_running)
{
    af_future *children[] = {spawn(sleeper, &(struct actor){"slow", .delay = 5}),
                             spawn(sleeper, &(struct actor){"bad", .delay = 1, .code = -EIO})};
    spawn(awaiter, &(struct actor){"all", .future = gather(children, 2, false)});
    settle();
    expect_trace("bad:ok all:bad failed slow:ok");
    expect_code(af_future_result(children[0], NULL), 0);
}

Test(gather, rule_27_later_exceptions_count_as_retrieved)
{
    af_future *children[3];
    for (int i = 0; i < 3; i++)
        af_future_new(loop, &children[i]);
    af_future *all = gather(children, 3, false);
    for (int i = 0; i < 3; i++) {
        fail_later(children[i]);
        tick(1);
        af_future_unref(children[i]);
    }
    expect_code(af_future_result(all, NULL), -EIO);
    close_loop();
    expect_reports("");
    open_loop();
}

Test(gather, an_exception_that_is_not_awaited_is_reported_once)
{
    af_future *child, *all;
    af_future_new(loop, &child);
    af_gather(&child, 1, false, &all);
    fail_later(child);
    tick(1);
    af_future_unref(child);
    expect_reports("");
    af_future_unref(all);
    expect_reports("exception was never retrieved: broken");
}

Test(gather, rule_20_an_exception_replaced_by_a_cancel_counts_as_retrieved)
{
    af_future *child = new_future(), *all;
    af_gather(&child, 1, false, &all);
    af_task *task = spawn(awaiter, &(struct actor){"a", .future = all});
    tick(1);
    fail_later(child);
    tick(1);
    cr_assert(af_future_done(all));
    af_future_cancel(task);
    settle();
    expect_trace("a:cancelled");
    af_future_unref(all);
    expect_reports("");
}

Test(gather, rule_28_return_exceptions_collects)
{
    af_future *good = new_future(), *bad, *cancelled = new_future();
    af_future_new(loop, &bad);
    af_future *all = gather((af_future *[]){bad, cancelled, good, bad}, 4, true);
    fail_later(bad);
    af_future_cancel(cancelled);
    tick(3);
    cr_assert(not(af_future_done(all)));
    af_future_set_result(good, "good", NULL);
    tick(1);
    expect_code(outcomes(all)[0].error.code, -EIO);
    cr_assert(eq(str, (char *)af_error_text(outcomes(all)[0].error), "broken"));
    cr_assert_null(outcomes(all)[0].result);
    expect_code(outcomes(all)[1].error.code, AF_CANCELLED);
    expect_result(&outcomes(all)[2], "good");
    expect_code(outcomes(all)[3].error.code, -EIO);
    af_future_unref(bad);
    close_loop();
    expect_reports("");
    open_loop();
}

Test(gather, rule_29_a_cancelled_child_raises_cancelled_but_does_not_cancel)
{
    af_future *children[] = {new_future(), new_future()};
    af_future *all = gather(children, 2, false);
    spawn(awaiter, &(struct actor){"all", .future = all});
    tick(1);
    af_future_cancel(children[1]);
    tick(1);
    cr_assert(af_future_done(all));
    cr_assert(not(af_future_cancelled(all)));
    cr_assert(not(af_future_done(children[0])));
    tick(1);
    expect_trace("all:cancelled");
    af_future_cancel(children[0]);
    settle();
}

Test(gather, rule_29_with_return_exceptions_a_cancelled_child_is_an_outcome)
{
    af_future *child = new_future();
    af_future *all = gather(&child, 1, true);
    af_future_cancel(child);
    tick(1);
    expect_code(outcomes(all)[0].error.code, AF_CANCELLED);
}

/* -------------------------------------------------------------- cancelling */

Test(gather, rule_30_cancel_reaches_every_child)
{
    af_future *children[] = {new_future(), spawn(sleeper, &(struct actor){"a", .delay = 9}),
                             new_future()};
    af_future_set_result(children[2], NULL, NULL);
    af_future *all = gather(children, 3, false);
    tick(1);
    cr_assert(af_future_cancel(all));
    cr_assert(af_future_cancelled(children[0]));
    cr_assert(eq(uint, af_task_cancelling(children[1]), 1));
    cr_assert(not(af_future_done(all)));
    settle();
    expect_trace("a:cancelled");
    expect_code(af_future_result(all, NULL), AF_CANCELLED);
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(gather, rule_30_cancel_is_false_when_all_children_are_done)
{
    af_future *child = new_future();
    af_future *all = gather(&child, 1, false);
    af_future_set_result(child, NULL, NULL);
    cr_assert(not(af_future_done(all)));
    cr_assert(not(af_future_cancel(all)));
    tick(1);
    cr_assert(not(af_future_cancel(all)));
    expect_code(af_future_result(all, NULL), 0);
}

Test(gather, rule_30_with_return_exceptions_a_late_cancel_has_no_effect)
{
    af_future *child = new_future();
    af_future *all = gather(&child, 1, true);
    af_future_set_result(child, "kept", NULL);
    cr_assert(not(af_future_cancel(all)));
    tick(1);
    expect_result(&outcomes(all)[0], "kept");
}

/* Catches the cancellation, sleeps, and fails if it is told to. */
static int go_slowly(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    (void)ret_result;
    int r = af_sleep(100);
    af_sleep(actor->delay);
    trace("%s", actor->name);
    return actor->code < 0 ? actor->code : r;
}

Test(gather, rule_31_without_return_exceptions_it_raises_at_the_first_cancelled_child)
{
    af_future *children[] = {spawn(go_slowly, &(struct actor){"slow", .delay = 5}),
                             spawn(go_slowly, &(struct actor){"fast", .delay = 1})};
    af_future *all = gather(children, 2, false);
    spawn(awaiter, &(struct actor){"all", .future = all});
    tick(1);
    af_future_cancel(all);
    settle();
    expect_trace("fast all:cancelled slow");
}

Test(gather, rule_31_without_return_exceptions_an_exception_during_cancel_propagates)
{
    af_future *children[] = {spawn(go_slowly, &(struct actor){"slow", .delay = 5}),
                             spawn(go_slowly, &(struct actor){"bad", .delay = 1, .code = -EIO})};
    af_future *all = gather(children, 2, false);
    tick(1);
    af_future_cancel(all);
    settle();
    expect_trace("bad slow");
    expect_code(af_future_result(all, NULL), -EIO);
}

/* Swallows its first cancellation. */
static int insist(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_sleep(100);
    return af_sleep(1);
}

Test(gather, rule_31_is_cancelled_even_if_all_children_swallow_it)
{
    af_future *child = spawn(insist, NULL);
    af_future *all = gather(&child, 1, false);
    tick(1);
    af_future_cancel(all);
    settle();
    expect_code(af_future_result(child, NULL), 0);
    expect_code(af_future_result(all, NULL), AF_CANCELLED);
}

Test(gather, rule_31_with_return_exceptions_it_waits_for_all_and_then_raises)
{
    af_future *children[] = {spawn(go_slowly, &(struct actor){"slow", .delay = 5}),
                             spawn(go_slowly, &(struct actor){"bad", .delay = 1, .code = -EIO})};
    af_future *all = gather(children, 2, true);
    spawn(awaiter, &(struct actor){"all", .future = all});
    tick(1);
    af_future_cancel(all);
    settle();
    expect_trace("bad slow all:cancelled");
    cr_assert(not(af_future_cancelled(all)));
    close_loop();
    expect_reports("");
    open_loop();
}

Test(gather, cancel_does_not_retrieve)
{
    af_future *child = new_future(), *all;
    af_gather(&child, 1, false, &all);
    fail_later(child);
    tick(1);
    cr_assert(not(af_future_cancel(all)));
    af_future_unref(all);
    expect_reports("exception was never retrieved: broken");
}

Test(gather, cancel_reaches_nested_gathers)
{
    af_future *child = spawn(sleeper, &(struct actor){"child", .delay = 9});
    af_future *inner = gather(&child, 1, false), *outer = gather(&inner, 1, false);
    spawn(awaiter, &(struct actor){"outer", .future = outer});
    tick(1);
    cr_assert(af_future_cancel(outer));
    settle();
    expect_trace("child:cancelled outer:cancelled");
}

Test(gather, accepts_thousands_of_children)
{
    enum { COUNT = 10000 };
    static af_future *children[COUNT];
    static int values[COUNT];
    for (int i = 0; i < COUNT; i++)
        children[i] = new_future();
    af_future *all = gather(children, COUNT, false);
    for (int i = COUNT; i-- > 0;)
        af_future_set_result(children[i], &values[i], NULL);
    tick(1);
    for (int i = 0; i < COUNT; i++)
        cr_assert_eq(outcomes(all)[i].result, &values[i]);
}
