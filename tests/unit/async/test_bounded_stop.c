/* Bounded gather and as_completed: stop, cancel, free. */
#include <stdint.h>

#include <afetch/bounded.h>
#include <afetch/run.h>
#include <afetch/task.h>

#include "bounded_suite.h"

static int stop(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_bounded_stop(bounded);
    trace("stop:%s", word(r));
    return r;
}

static int cancel(void *arg)
{
    (void)arg;
    af_bounded_cancel(bounded);
    return 0;
}

/* -------------------------------------------------------------------- stop */

Test(bounded, after_stop_pulled_futures_are_returned)
{
    set_delays(uneven, 3);
    begin(begin_as_completed, SIZE_MAX, 3);
    tick(1);
    spawn(stop, NULL);
    spawn(take_all, "");
    settle();
    expect_trace("stop:ok 1 2 0 end");
    cr_assert(eq(sz, source.pulled, 3));
    cr_assert(eq(sz, af_semaphore_value(semaphore), 3));
}

Test(bounded, stop_cancels_a_source_that_suspends)
{
    source.pause = 100;
    begin(begin_gather, SIZE_MAX, 1);
    tick(1);
    spawn(stop, NULL);
    spawn(take_all, "");
    settle();
    expect_trace("source:cancelled end stop:ok");
    cr_assert(zero(sz, source.pulled));
    cr_assert_eq(af_loop_time(loop), 0);
    cr_assert(eq(sz, af_semaphore_value(semaphore), 1));
}

Test(bounded, stop_wakes_waiters)
{
    source.pause = 100;
    begin(begin_gather, SIZE_MAX, 1);
    spawn(take_all, "a");
    spawn(take_all, "b");
    tick(1);
    spawn(stop, NULL);
    settle();
    expect_trace("source:cancelled aend stop:ok bend");
}

static int begin_take_and_stop(void *arg)
{
    int r = begin_gather(NULL);
    if (r < 0)
        return r;
    spawn(take_all, "");
    spawn(stop, NULL);
    af_future_cancel(af_first_task(loop));
    (void)arg;
    return 0;
}

Test(bounded, a_feeder_cancelled_before_its_first_step_is_an_error)
{
    begin(begin_take_and_stop, 3, 1);
    settle();
    expect_trace("runtime-error stop:ok");
    cr_assert(zero(sz, source.pulled));
}

/* A source that returns one more item when it is cancelled. */
static int pull_stubbornly(void *arg, af_future **ret_future)
{
    int r = af_sleep(100);
    trace("source:%s", word(r));
    af_sleep(1);
    return pull_item(arg, ret_future);
}

Test(bounded, a_future_from_the_source_after_stop_is_returned)
{
    options.next = pull_stubbornly;
    begin(begin_gather, SIZE_MAX, 1);
    tick(1);
    spawn(stop, NULL);
    tick(1);
    spawn(take_all, "");
    settle();
    expect_trace("source:cancelled stop:ok 0 end");
}

Test(bounded, stop_ends_a_wait_for_a_permit_or_for_room)
{
    for (int i = 0; i < 2; i++) {
        source = (struct source){0};
        options.window = i ? 2 : 100;
        set_delays(uneven, 2);
        begin(begin_gather, SIZE_MAX, i ? 100 : 2);
        tick(1);
        cr_assert(eq(sz, source.pulled, 2));
        spawn(stop, NULL);
        tick(4);
        expect_trace("stop:ok");
        spawn(take_all, "");
        settle();
        expect_trace("0 1 end");
        cr_assert(eq(sz, af_semaphore_value(semaphore), i ? 100 : 2));
        af_bounded_free(bounded);
        af_semaphore_free(semaphore);
    }
    bounded = NULL;
    semaphore = NULL;
}

/* A source that sleeps for its clean-up when it is cancelled. */
static int pull_and_clean_up(void *arg, af_future **ret_future)
{
    (void)arg, (void)ret_future;
    int r = af_sleep(100);
    trace("%s", word(r));
    trace("%s", word(af_sleep(2)));
    return r;
}

Test(bounded, a_second_stop_does_not_cancel_the_source_again)
{
    options.next = pull_and_clean_up;
    begin(begin_gather, 1, 1);
    tick(1);
    spawn(stop, NULL);
    af_task *cancelled = spawn(stop, NULL);
    tick(2);
    af_future_cancel(cancelled);
    tick(1);
    spawn(stop, NULL);
    settle();
    expect_trace("cancelled stop:cancelled ok stop:ok stop:ok");
}

static int pull_from_elsewhere(void *other, af_future **ret_future)
{
    int r = af_future_new(other, ret_future);
    return r < 0 ? r : 1;
}

Test(bounded, a_future_of_another_loop_is_an_error)
{
    af_loop *other;
    af_loop_new(&virtual_clock, &other);
    options.next = pull_from_elsewhere;
    options.arg = other;
    begin(begin_gather, 1, 1);
    spawn(take_one, "");
    settle();
    expect_trace("value-error");
    cr_assert(eq(sz, af_semaphore_value(semaphore), 1));
    af_loop_close(other);
}

Test(bounded, stop_after_the_end_does_nothing)
{
    begin(begin_gather, 1, 1);
    settle();
    spawn(stop, NULL);
    spawn(stop, NULL);
    spawn(take_all, "");
    settle();
    expect_trace("stop:ok stop:ok 0 end");
}

/* ------------------------------------------------------------------ cancel */

Test(bounded, cancel_cancels_all_pulled_futures)
{
    set_delays((double[]){1, 50, 50}, 3);
    begin(begin_gather, 3, 3);
    af_loop_call_later(loop, 10, cancel, NULL, NULL);
    spawn(take_all, "");
    settle();
    expect_trace("0 1! 2! end");
    cr_assert_eq(af_loop_time(loop), 10);
}

Test(bounded, cancel_does_not_stop_the_source)
{
    set_delays((double[]){50, 1}, 2);
    begin(begin_as_completed, 2, 1);
    af_loop_call_later(loop, 10, cancel, NULL, NULL);
    spawn(take_all, "");
    settle();
    expect_trace("0! 1 end");
    cr_assert_eq(af_loop_time(loop), 11);
}

/* -------------------------------------------------------------------- free */

Test(bounded, futures_not_returned_keep_running_after_free)
{
    set_delays((double[]){1, 50, 60}, 3);
    begin(begin_gather, 3, 3);
    while (af_loop_time(loop) < 1)
        tick(1);
    tick(3);
    af_bounded_free(bounded);
    bounded = NULL;
    cr_assert(eq(sz, af_semaphore_value(semaphore), 3), "the permits are given back");
    cr_assert(eq(sz, source.alive, 2));
    settle();
    cr_assert_eq(af_loop_time(loop), 60);
    cr_assert(zero(sz, source.alive));
    cr_assert(eq(sz, af_semaphore_value(semaphore), 3));
}

Test(bounded, free_in_the_iteration_of_completion_releases_each_permit_once)
{
    set_delays((double[]){1, 1}, 2);
    begin(begin_gather, 2, 3);
    while (af_loop_time(loop) < 1 || source.running > 0)
        tick(1);
    cr_assert(eq(sz, af_semaphore_value(semaphore), 1));
    af_bounded_free(bounded);
    bounded = NULL;
    settle();
    cr_assert(eq(sz, af_semaphore_value(semaphore), 3));
}

static int give_pending_future(void *arg, af_future **ret_future)
{
    size_t *left = arg;
    if ((*left)-- == 0)
        return 0;
    int r = af_create_future(ret_future);
    return r < 0 ? r : 1;
}

static int free_with_pending_futures(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    size_t left = 3;
    af_semaphore *permits;
    af_bounded *alone;
    cr_assert(zero(int, af_semaphore_new(3, &permits)));
    af_bounded_options wanted = {give_pending_future, &left, permits, 3};
    cr_assert(zero(int, af_bounded_gather(&wanted, &alone)));
    cr_assert(zero(int, af_sleep(0)));
    cr_assert(zero(int, af_bounded_stop(alone)));
    af_bounded_free(alone);
    cr_expect(eq(sz, af_semaphore_value(permits), 3));
    af_semaphore_free(permits);
    return 0;
}

Test(bounded_alone, free_destroys_futures_without_other_references)
{
    cr_assert(zero(int, af_run(NULL, free_with_pending_futures, NULL, NULL)));
}
