/* Bounded gather and as_completed: order, limits, sources, consumers. */
#include <errno.h>

#include <afetch/bounded.h>
#include <afetch/task.h>

#include "bounded_suite.h"

struct source source;
af_semaphore *semaphore;
af_bounded *bounded;
af_bounded_options options;

static void setup(void)
{
    open_loop();
    source = (struct source){0};
    options = (af_bounded_options){.next = pull_item, .arg = &source, .window = 100};
}

static void teardown(void)
{
    close_loop();
    af_bounded_free(bounded);
    af_semaphore_free(semaphore);
}

TestSuite(bounded, .init = setup, .fini = teardown, .timeout = 60);

/* ------------------------------------------------------------------- order */

Test(bounded, gather_returns_in_the_order_of_the_source)
{
    set_delays(uneven, 3);
    begin(begin_gather, 3, 3);
    spawn(take_all, "");
    settle();
    expect_trace("0 1 2 end");
    cr_assert_eq(af_loop_time(loop), 3);
}

Test(bounded, as_completed_returns_in_the_order_of_completion)
{
    set_delays(uneven, 3);
    begin(begin_as_completed, 3, 3);
    spawn(take_all, "");
    settle();
    expect_trace("1 2 0 end");
}

Test(bounded, an_empty_source_ends_at_once_and_again)
{
    begin(begin_gather, 0, 1);
    spawn(take_all, "");
    spawn(take_all, "");
    settle();
    expect_trace("end end");
    spawn(take_all, "");
    settle();
    expect_trace("end");
}

Test(bounded, returns_futures_that_are_done_at_once)
{
    set_delays((double[]){-1, -1}, 2);
    for (int i = 0; i < 2; i++) {
        begin(i ? begin_gather : begin_as_completed, 2, 1);
        spawn(take_all, "");
        settle();
        expect_trace("0 1 end");
        cr_assert_eq(af_loop_time(loop), 0);
        af_bounded_free(bounded);
        af_semaphore_free(semaphore);
        source.pulled = 0;
    }
    bounded = NULL;
    semaphore = NULL;
}

static int pull_done_future(void *arg, af_future **ret_future)
{
    (void)arg;
    if (source.pulled++ == 3)
        return 0;
    af_create_future(ret_future);
    af_future_set_exception(*ret_future, af_raise(-EIO, "%zu failed", source.pulled));
    return 1;
}

static int take_errors(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_future *future;
    while (af_bounded_next(bounded, &future) > 0) {
        trace("%s", word(af_future_result(future, NULL)));
        af_future_unref(future);
    }
    return 0;
}

Test(bounded, returns_done_and_failed_futures)
{
    options.next = pull_done_future;
    begin(begin_gather, 3, 1);
    spawn(take_errors, NULL);
    settle();
    expect_trace("1 failed 2 failed 3 failed");
}

/* ------------------------------------------------------------------ limits */

Test(bounded, the_semaphore_limits_concurrency)
{
    for (int i = 0; i < LONGEST; i++)
        source.delays[i] = 1 + i % 3;
    begin(begin_gather, 50, 4);
    spawn(take_all, "");
    settle();
    cr_assert(eq(sz, source.most_running, 4));
    cr_assert(eq(sz, source.pulled, 50));
    cr_assert(eq(sz, af_semaphore_value(semaphore), 4));
}

Test(bounded, the_source_is_pulled_only_with_a_free_permit)
{
    set_delays((double[]){1, 2, 3, 4, 5}, 5);
    begin(begin_as_completed, 5, 2);
    tick(2);
    cr_assert(eq(sz, source.pulled, 2));
    spawn(take_one, "");
    for (size_t pulled = 3; pulled <= 5; pulled++) {
        while (source.running == 2)
            tick(1);
        tick(3);
        cr_assert(eq(sz, source.pulled, pulled));
    }
    settle();
}

Test(bounded, gather_keeps_at_most_the_window_behind_a_slow_future)
{
    options.window = 4;
    source.delays[0] = 100;
    begin(begin_gather, 20, 2);
    spawn(take_one, "");
    for (int i = 0; i < 50; i++)
        tick(1);
    cr_assert_eq(af_loop_time(loop), 100);
    settle();
    expect_trace("0");
    cr_assert(eq(sz, source.most_alive, 4));
    cr_assert(eq(sz, source.pulled, 5), "one was handed out");
}

Test(bounded, as_completed_keeps_at_most_the_window_without_next)
{
    options.window = 3;
    begin(begin_as_completed, 20, 2);
    settle();
    cr_assert(eq(sz, source.pulled, 3));
    cr_assert(eq(sz, af_semaphore_value(semaphore), 2),
              "no permit is held while it waits for room");
    spawn(take_one, "");
    settle();
    cr_assert(eq(sz, source.pulled, 4));
    spawn(take_all, "");
    settle();
    cr_assert(eq(sz, source.most_alive, 3));
    cr_assert(eq(sz, source.pulled, 20));
}

Test(bounded, a_window_of_one_is_sequential)
{
    options.window = 1;
    set_delays(uneven, 3);
    begin(begin_as_completed, 3, 8);
    spawn(take_all, "");
    settle();
    expect_trace("0 1 2 end");
    cr_assert(eq(sz, source.most_running, 1));
    cr_assert_eq(af_loop_time(loop), 6);
}

Test(bounded, without_a_semaphore_the_window_limits_concurrency)
{
    options.window = 3;
    source.length = 6;
    for (size_t i = 0; i < 6; i++)
        source.delays[i] = 1;
    af_loop_call_soon(loop, begin_as_completed, NULL, NULL);
    tick(1);
    spawn(take_all, "");
    settle();
    expect_trace("0 1 2 3 4 5 end");
    cr_assert(eq(sz, source.most_running, 3));
    cr_assert_eq(af_loop_time(loop), 2);
}

Test(bounded, the_semaphore_may_be_shared)
{
    begin(begin_gather, 3, 1);
    af_bounded *first = bounded;
    bounded = NULL;
    begin_gather(NULL);
    cr_assert_null(bounded, "no loop is running");
    af_loop_call_soon(loop, begin_gather, NULL, NULL);
    settle();
    cr_assert(eq(sz, source.most_running, 1));
    cr_assert(eq(sz, source.pulled, 3));
    af_bounded_free(first);
}

static int take_silently(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_future *future;
    int r;
    while ((r = af_bounded_next(bounded, &future)) > 0)
        af_future_unref(future);
    return r;
}

Test(bounded, memory_does_not_grow_with_the_source)
{
    af_callback *const begins[] = {begin_gather, begin_as_completed};
    options.window = 20;
    for (int i = 0; i < LONGEST; i++)
        source.delays[i] = i * 7 % 5;
    for (int i = 0; i < 2; i++) {
        source.pulled = source.most_alive = 0;
        begin(begins[i], 20000, 10);
        expect_code(run(take_silently, NULL), 0);
        cr_assert(eq(sz, source.pulled, 20000));
        cr_assert(le(sz, source.most_alive, 21), "%zu", source.most_alive);
        cr_assert(zero(sz, source.alive));
        af_bounded_free(bounded);
        af_semaphore_free(semaphore);
    }
    bounded = NULL;
    semaphore = NULL;
}

Test(bounded, a_window_of_0_and_no_running_loop_are_errors)
{
    af_semaphore_new(1, &semaphore);
    options.semaphore = semaphore;
    expect_code(af_bounded_gather(&options, &bounded), AF_RUNTIME_ERROR);
    options.window = 0;
    expect_code(af_bounded_gather(&options, &bounded), AF_VALUE_ERROR);
    expect_code(af_bounded_as_completed(&options, &bounded), AF_VALUE_ERROR);
    cr_assert_null(bounded);
    af_bounded_free(NULL);
}

/* ------------------------------------------------------------------ source */

Test(bounded, a_source_may_suspend)
{
    source.pause = 10;
    set_delays(uneven, 3);
    begin(begin_gather, 3, 2);
    spawn(take_all, "");
    settle();
    expect_trace("0 1 2 end");
    cr_assert_eq(af_loop_time(loop), 40);
}

Test(bounded, the_error_of_the_source_comes_after_all_results_and_again)
{
    af_callback *const begins[] = {begin_gather, begin_as_completed};
    set_delays(uneven, 3);
    for (int i = 0; i < 2; i++) {
        source.pulled = 0;
        source.code = -EIO;
        begin(begins[i], 3, 5);
        spawn(take_all, "");
        settle();
        expect_trace(i ? "1 2 0 source failed" : "0 1 2 source failed");
        spawn(take_all, "");
        settle();
        expect_trace("source failed");
        cr_assert(eq(sz, af_semaphore_value(semaphore), 5), "the permit was given back");
        af_bounded_free(bounded);
        af_semaphore_free(semaphore);
    }
    bounded = NULL;
    semaphore = NULL;
    expect_reports("");
}

Test(bounded, an_error_of_the_source_that_is_not_retrieved_is_reported)
{
    source.code = -EIO;
    begin(begin_gather, 0, 1);
    settle();
    af_bounded_free(bounded);
    bounded = NULL;
    expect_reports("exception was never retrieved: source failed");
}

/* --------------------------------------------------------------- consumers */

Test(bounded, several_tasks_get_each_item_once)
{
    set_delays((double[]){3, 1, 2, 4}, 4);
    begin(begin_gather, 4, 4);
    spawn(take_all, "a");
    spawn(take_all, "b");
    spawn(take_all, "c");
    settle();
    expect_trace("a0 a1 a2 a3 aend bend cend");
}

Test(bounded, the_end_wakes_all_waiters)
{
    source.pause = 5;
    begin(begin_as_completed, 0, 1);
    spawn(take_all, "a");
    spawn(take_all, "b");
    settle();
    expect_trace("aend bend");
}

Test(bounded, a_cancelled_next_loses_nothing)
{
    set_delays((double[]){2, 2}, 2);
    begin(begin_gather, 2, 2);
    af_task *task = spawn(take_one, "a");
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("acancelled");
    spawn(take_all, "");
    settle();
    expect_trace("0 1 end");
}

Test(bounded, a_woken_next_that_is_cancelled_wakes_another)
{
    source.delays[0] = 2;
    begin(begin_as_completed, 1, 1);
    af_task *first = spawn(take_one, "a");
    spawn(take_one, "b");
    while (af_loop_time(loop) < 2 || source.running > 0)
        tick(1);
    tick(1);
    af_future_cancel(first);
    settle();
    expect_trace("acancelled b0");
}

static int look(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    trace(af_bounded_ready(bounded) ? "ready" : "waits");
    return 0;
}

Test(bounded, ready_is_true_if_next_would_not_suspend)
{
    source.delays[0] = 1;
    begin(begin_gather, 1, 1);
    run(look, NULL);
    settle();
    run(look, NULL);
    spawn(take_one, "");
    settle();
    run(look, NULL);
    expect_trace("waits ready 0 ready");
}
