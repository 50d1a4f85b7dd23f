/* Queues: join and shutdown. */
#include <afetch/queue.h>

#include "queue_suite.h"

static void task_done(void)
{
    expect_code(af_queue_task_done(queue), 0);
}

/* ----------------------------------------------------------------- joining */

Test(queue, rule_66_more_task_done_than_put_is_an_error)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](0);
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
        put("a");
        task_done();
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
        expect_item("a");
        expect_size(0, 0);
    }
}

Test(queue, rule_66_join_does_not_suspend_if_all_items_are_processed)
{
    spawn(joiner, "one");
    tick(1);
    expect_trace("one:ok");
    expect_code(af_queue_join(queue), 0);
    put("a");
    expect_item("a");
    task_done();
    expect_code(af_queue_join(queue), 0);
}

Test(queue, rule_66_join_waits_until_each_item_is_processed)
{
    put("a");
    put("b");
    spawn(joiner, "one");
    spawn(joiner, "two");
    tick(1);
    expect_item("a");
    expect_item("b");
    task_done();
    settle();
    expect_trace("");
    task_done();
    tick(1);
    expect_trace("one:ok two:ok");
}

Test(queue, rule_66_join_returns_even_if_items_are_put_before_it_resumes)
{
    put("a");
    spawn(joiner, "one");
    tick(1);
    task_done();
    put("b");
    tick(1);
    expect_trace("one:ok");
    expect_size(2, 1);
    spawn(joiner, "two");
    settle();
    expect_trace("");
}

Test(queue, rule_66_a_cancelled_join_does_not_delay_others)
{
    put("a");
    af_task *one = spawn(joiner, "one");
    spawn(joiner, "two");
    tick(1);
    af_future_cancel(one);
    task_done();
    settle();
    expect_trace("one:cancelled two:ok");
}

static int added;

static int work(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    void *item;
    int r;
    while ((r = af_queue_get(queue, &item)) >= 0) {
        added += (int)(intptr_t)item;
        r = af_sleep(1);
        if (r < 0)
            return r;
        task_done();
    }
    return r;
}

/* CPython's test_task_done: workers that run forever, and a join that returns when all is
 * processed. */
Test(queue, rule_66_join_returns_when_workers_have_processed_all_items)
{
    for (intptr_t i = 1; i <= 100; i++)
        expect_code(af_queue_put_nowait(queue, (void *)i), 0);
    af_task *workers[] = {spawn(work, NULL), spawn(work, NULL)};
    expect_code(run(joiner, "joined"), 0);
    expect_trace("joined:ok");
    expect_code(added, 5050);
    cr_assert_eq(af_loop_time(loop), 50);
    expect_size(0, 0);
    af_future_cancel(workers[0]);
    af_future_cancel(workers[1]);
    settle();
}

/* ----------------------------------------------------------- shutting down */

static void expect_shut_down(void)
{
    void *item;
    expect_put("z", AF_QUEUE_SHUT_DOWN);
    expect_code(af_queue_put(queue, "z"), AF_QUEUE_SHUT_DOWN);
    expect_no_item(AF_QUEUE_SHUT_DOWN);
    expect_code(af_queue_get(queue, &item), AF_QUEUE_SHUT_DOWN);
}

/* CPython's test_shutdown_empty. */
Test(queue, rule_67_after_shutdown_of_an_empty_queue_put_and_get_fail)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        for (int immediate = 0; immediate < 2; immediate++) {
            use[sort](0);
            spawn(getter, "one");
            spawn(getter, "two");
            tick(1);
            af_queue_shutdown(queue, immediate);
            expect_code(af_queue_join(queue), 0);
            tick(1);
            expect_trace("one:shut-down two:shut-down");
            expect_shut_down();
            expect_size(0, 0);
        }
    }
}

/* CPython's test_shutdown_nonempty. */
Test(queue, rule_67_after_shutdown_remaining_items_are_returned)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](1);
        put("a");
        spawn(joiner, "join");
        spawn(putter, "b");
        spawn(putter, "c");
        tick(1);
        af_queue_shutdown(queue, false);
        expect_size(1, 1);
        expect_put("z", AF_QUEUE_SHUT_DOWN);
        expect_code(af_queue_put(queue, "z"), AF_QUEUE_SHUT_DOWN);
        tick(1);
        expect_trace("b:shut-down c:shut-down");
        spawn(getter, "one");
        settle();
        expect_trace("one=a");
        expect_shut_down();
        task_done();
        tick(1);
        expect_trace("join:ok");
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
    }
}

/* CPython's test_shutdown_immediate. */
Test(queue, rule_67_immediate_shutdown_drops_items_and_counts_them_processed)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](2);
        put("a");
        put("b");
        spawn(joiner, "join");
        spawn(putter, "c");
        tick(1);
        af_queue_shutdown(queue, true);
        expect_trace(sort == LIFO ? "dropped:b dropped:a" : "dropped:a dropped:b");
        expect_size(0, 0);
        tick(1);
        expect_trace("join:ok c:shut-down");
        expect_shut_down();
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
    }
}

/* CPython's test_shutdown_immediate_with_unfinished. */
Test(queue, rule_67_immediate_shutdown_still_expects_task_done_for_returned_items)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](0);
        put("a");
        put("a");
        spawn(joiner, "join");
        tick(1);
        expect_item("a");
        af_queue_shutdown(queue, true);
        expect_trace("dropped:a");
        expect_size(0, 1);
        settle();
        expect_trace("");
        expect_shut_down();
        task_done();
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
        tick(1);
        expect_trace("join:ok");
    }
}

Test(queue, rule_67_immediate_shutdown_counts_no_item_twice)
{
    put("a");
    put("b");
    task_done();
    af_queue_shutdown(queue, true);
    expect_size(0, 0);
}

Test(queue, rule_67_an_immediate_shutdown_may_follow_another)
{
    use_bounded(0);
    put("a");
    af_queue_shutdown(queue, false);
    af_queue_shutdown(queue, false);
    expect_size(1, 1);
    af_queue_shutdown(queue, true);
    expect_trace("dropped:a");
    expect_size(0, 0);
    af_queue_shutdown(queue, true);
    expect_shut_down();
}

Test(queue, rule_67_a_getter_woken_in_that_iteration_gets_its_item)
{
    spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    put("a");
    af_queue_shutdown(queue, false);
    tick(1);
    expect_trace("one=a two:shut-down");
}

Test(queue, rule_67_a_getter_woken_before_an_immediate_shutdown_fails)
{
    spawn(getter, "one");
    tick(1);
    put("a");
    af_queue_shutdown(queue, true);
    tick(1);
    expect_trace("one:shut-down");
}

Test(queue, rule_67_a_waiter_cancelled_in_that_iteration_is_cancelled)
{
    use_bounded(1);
    af_task *one = spawn(getter, "one");
    tick(1);
    af_queue_shutdown(queue, false);
    af_future_cancel(one);
    settle();
    expect_trace("one:cancelled");
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    tick(1);
    af_future_cancel(b);
    af_queue_shutdown(queue, true);
    settle();
    expect_trace("dropped:a b:cancelled");
}
