/* Queues: cancelled getters and putters. */
#include "queue_suite.h"

/* -------------------------------------------------------------- cancelling */

/* CPython's test_get_cancelled_race. */
Test(queue, rule_65_a_cancelled_getter_leaves_the_queue)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    af_future_cancel(one);
    tick(1);
    expect_trace("one:cancelled");
    put("a");
    tick(1);
    expect_trace("two=a");
}

/* CPython's test_get_cancel_drop_one_pending_reader. */
Test(queue, rule_65_a_woken_getter_that_is_cancelled_leaves_the_item)
{
    af_task *one = spawn(getter, "one");
    tick(1);
    put("a");
    put("b");
    af_future_cancel(one);
    tick(1);
    expect_trace("one:cancelled");
    expect_item("a");
    expect_item("b");
}

/* CPython's test_get_cancel_drop_many_pending_readers. */
Test(queue, rule_65_a_woken_getter_that_is_cancelled_wakes_the_next)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    spawn(getter, "three");
    tick(1);
    put("a");
    put("b");
    af_future_cancel(one);
    tick(1);
    expect_trace("one:cancelled two=a");
    tick(1);
    expect_trace("three=b");
}

Test(queue, rule_65_an_item_put_in_the_iteration_of_a_cancel_goes_to_the_next)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    af_future_cancel(one);
    put("a");
    tick(1);
    expect_trace("one:cancelled two=a");
}

/* A getter woken without an item would queue again behind the others. */
Test(queue, rule_65_a_cancelled_getter_wakes_no_other_if_the_item_is_taken)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    spawn(getter, "three");
    tick(1);
    put("a");
    af_future_cancel(one);
    expect_item("a");
    settle();
    expect_trace("one:cancelled");
    put("b");
    put("c");
    settle();
    expect_trace("two=b three=c");
}

Test(queue, rule_65_a_cancelled_getter_that_was_not_woken_wakes_no_other)
{
    spawn(getter, "one");
    af_task *two = spawn(getter, "two");
    spawn(getter, "three");
    spawn(getter, "four");
    tick(1);
    af_future_cancel(two);
    put("a");
    settle();
    expect_trace("two:cancelled one=a");
    put("b");
    put("c");
    settle();
    expect_trace("three=b four=c");
}

/* CPython's test_put_cancelled_race. */
Test(queue, rule_65_a_cancelled_putter_leaves_the_queue)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    spawn(putter, "c");
    tick(1);
    af_future_cancel(b);
    tick(1);
    expect_trace("b:cancelled");
    expect_item("a");
    tick(1);
    expect_trace("c:ok");
    expect_item("c");
    expect_size(0, 2);
}

/* CPython's test_put_cancel_drop. */
Test(queue, rule_65_a_woken_putter_that_is_cancelled_puts_nothing)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    tick(1);
    expect_item("a");
    af_future_cancel(b);
    settle();
    expect_trace("b:cancelled");
    expect_size(0, 1);
    spawn(putter, "again");
    settle();
    expect_trace("again:ok");
    expect_item("again");
}

Test(queue, rule_65_a_woken_putter_that_is_cancelled_wakes_the_next)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    spawn(putter, "c");
    tick(1);
    expect_item("a");
    af_future_cancel(b);
    tick(1);
    expect_trace("b:cancelled");
    tick(1);
    expect_trace("c:ok");
    expect_item("c");
}

Test(queue, rule_65_a_cancelled_putter_wakes_no_other_if_the_room_is_taken)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    spawn(putter, "c");
    spawn(putter, "d");
    tick(1);
    expect_item("a");
    put("newcomer");
    af_future_cancel(b);
    settle();
    expect_trace("b:cancelled");
    expect_item("newcomer");
    settle();
    expect_item("c");
    settle();
    expect_item("d");
    expect_trace("c:ok d:ok");
}

Test(queue, rule_65_a_cancelled_putter_that_was_not_woken_wakes_no_other)
{
    use_bounded(1);
    put("a");
    spawn(putter, "b");
    af_task *c = spawn(putter, "c");
    spawn(putter, "d");
    spawn(putter, "e");
    tick(1);
    af_future_cancel(c);
    expect_item("a");
    settle();
    expect_trace("c:cancelled b:ok");
    expect_item("b");
    settle();
    expect_item("d");
    settle();
    expect_item("e");
    expect_trace("d:ok e:ok");
}
