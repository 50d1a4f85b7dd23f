/* gather(): references and ownership. */
#include <errno.h>

#include <afetch/gather.h>

#include "gather_suite.h"

/* ------------------------------------------------------------------- ownership */

static void count_down(void *count)
{
    --*(int *)count;
}

static int count_down_when_done(af_future *future, void *count)
{
    (void)future;
    count_down(count);
    return 0;
}

/* A task that ends when the future is done, and traces when it is destroyed. */
static int await_argument(void *future, void **ret_result)
{
    return af_await(future, ret_result);
}

Test(gather, unreferenced_it_is_freed_with_its_children)
{
    af_future *children[2], *all;
    af_future_new(loop, &children[0]);
    af_future_new(loop, &children[1]);
    af_gather((af_future *[]){children[0], children[1], children[0]}, 3, false, &all);
    af_future_unref(children[0]);
    af_future_unref(children[1]);
    af_future_unref(all);
}

Test(gather, unreferenced_it_is_freed_after_its_children)
{
    af_future *children[2], *all;
    af_future_new(loop, &children[0]);
    af_future_new(loop, &children[1]);
    af_gather(children, 2, false, &all);
    af_future_unref(all);
    af_future_unref(children[0]);
    close_loop();
    af_future_unref(children[1]);
    open_loop();
}

Test(gather, unreferenced_it_is_freed_when_the_loop_is_closed)
{
    af_future *child, *all;
    int alive = 1;
    af_loop_create_task(loop, await_argument, new_future(), NULL, &child);
    af_gather(&child, 1, false, &all);
    af_future_add_done_callback(all, count_down_when_done, &alive);
    af_future_unref(child);
    af_future_unref(all);
    tick(2);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1");
    cr_assert(eq(int, alive, 1));
    open_loop();
}

Test(gather, unreferenced_nested_gathers_are_freed_with_the_children)
{
    af_future *children[3], *inner[2], *outer;
    for (int i = 0; i < 3; i++)
        af_future_new(loop, &children[i]);
    af_gather(children, 2, false, &inner[0]);
    af_gather(children + 1, 2, true, &inner[1]);
    af_gather(inner, 2, false, &outer);
    for (int i = 0; i < 3; i++)
        af_future_unref(children[i]);
    af_future_unref(inner[0]);
    af_future_unref(inner[1]);
    af_future_unref(outer);
}

Test(gather, unreferenced_it_is_done_when_its_children_are)
{
    af_future *first = new_future(), *second = new_future(), *done = new_future(), *all;
    int left = 1;
    af_future_set_result(done, NULL, NULL);
    af_gather((af_future *[]){first, done, second, first}, 4, false, &all);
    af_future_add_done_callback(all, count_down_when_done, &left);
    af_future_unref(all);
    af_future_set_result(first, NULL, NULL);
    tick(2);
    cr_assert(eq(int, left, 1));
    af_future_set_result(second, NULL, NULL);
    tick(2);
    cr_assert(eq(int, left, 0));
}

Test(gather, unreferenced_it_keeps_results_until_its_callbacks_ran)
{
    af_future *child, *all;
    int left = 2;
    af_future_new(loop, &child);
    af_gather(&child, 1, false, &all);
    af_future_add_done_callback(all, count_down_when_done, &left);
    af_future_unref(all);
    af_future_set_result(child, &left, count_down);
    af_future_unref(child);
    tick(1);
    cr_assert(eq(int, left, 2));
    tick(1);
    cr_assert(eq(int, left, 0));
}

Test(gather, unreferenced_between_the_end_of_a_child_and_its_own_it_is_freed)
{
    af_future *child, *all;
    af_future_new(loop, &child);
    af_gather(&child, 1, false, &all);
    af_future_set_result(child, NULL, NULL);
    af_future_unref(all);
    af_future_unref(child);
    tick(1);
}

Test(gather, a_done_gather_is_freed_when_the_loop_is_closed)
{
    af_future *children[2], *dropped, *held;
    af_future_new(loop, &children[0]);
    af_future_new(loop, &children[1]);
    af_gather(children, 2, false, &dropped);
    af_gather(children, 2, false, &held);
    af_future_unref(dropped);
    af_future_set_result(children[0], NULL, NULL);
    af_future_unref(children[0]);
    close_loop();
    cr_assert(not(af_future_done(held)));
    af_future_unref(children[1]);
    af_future_unref(held);
    open_loop();
}

Test(gather, rule_27_unreferenced_it_retrieves_later_exceptions)
{
    af_future *children[2], *all;
    af_future_new(loop, &children[0]);
    af_future_new(loop, &children[1]);
    af_gather(children, 2, false, &all);
    fail_later(children[0]);
    tick(1);
    expect_code(af_future_result(all, NULL), -EIO);
    af_future_unref(all);
    af_future_unref(children[0]);
    fail_later(children[1]);
    af_future_unref(children[1]);
    tick(1);
    expect_reports("");
}

Test(gather, belongs_to_the_loop_of_its_children)
{
    af_loop *other;
    af_future *child, *all;
    af_loop_new(&virtual_clock, &other);
    af_future_new(other, &child);
    expect_code(af_gather(&child, 1, false, &all), 0);
    cr_assert_eq(af_future_loop(all), other);
    af_future_unref(all);
    af_future_unref(child);
    af_loop_close(other);
}

/* They would hold references to each other. */
Test(gather, a_failed_gather_drops_its_other_children)
{
    long before = live_allocations();
    af_future *pending, *failed, *first, *both;
    af_future_new(loop, &pending);
    af_future_new(loop, &failed);
    af_gather((af_future *[]){pending, failed}, 2, false, &first);
    af_gather((af_future *[]){first, pending}, 2, true, &both);
    af_future_cancel(failed);
    tick(2);
    af_future_unref(both);
    af_future_unref(first);
    af_future_unref(failed);
    af_future_unref(pending);
    cr_expect(eq(long, live_allocations(), before));
}

static void expect_to_go(bool done)
{
    af_future *outermost;
    expect_code(af_future_new(loop, &outermost), 0);
    if (done)
        af_future_set_result(outermost, NULL, NULL);
    for (int i = 0; i < 100000; i++) {
        af_future *outer;
        expect_code(af_gather(&outermost, 1, false, &outer), 0);
        af_future_unref(outermost);
        outermost = outer;
    }
    if (done)
        tick(3);
    af_future_unref(outermost);
    tick(3);
}

Test(gather, a_hundred_thousand_nested_gathers_are_freed)
{
    expect_to_go(true);
    expect_to_go(false);
}
