#include <afetch/rate_limiter.h>

#include "virtual_clock.h"

static af_rate_limiter *limiter;

struct rate {
    double count;
    double period;
};

static int make(void *arg, void **ret_result)
{
    (void)ret_result;
    const struct rate *rate = arg;
    return af_rate_limiter_new(rate->count, rate->period, &limiter);
}

static int make_limiter(double count, double period)
{
    return run(make, &(struct rate){count, period});
}

/* One token per second. */
static void open_limiter(void)
{
    open_loop();
    expect_code(make_limiter(4, 4), 0);
}

static void close_limiter(void)
{
    close_loop();
    af_rate_limiter_free(limiter);
}

TestSuite(rate_limiter, .init = open_limiter, .fini = close_limiter);

static int acquire(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_rate_limiter_acquire(limiter);
    trace("%s:%s@%g", (char *)name, word(r), af_loop_time(loop));
    return r;
}

static void remake(double count, double period)
{
    af_rate_limiter_free(limiter);
    limiter = NULL;
    expect_code(make_limiter(count, period), 0);
}

Test(rate_limiter, an_invalid_rate_is_a_value_error)
{
    static const struct rate rates[] = {{0, 1},  {-1, 1},         {NAN, 1}, {1, 0},
                                        {1, -1}, {1, AF_FOREVER}, {1, NAN}, {-AF_FOREVER, 1}};
    af_rate_limiter_free(limiter);
    limiter = NULL;
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        expect_code(make_limiter(rates[i].count, rates[i].period), AF_VALUE_ERROR);
    expect_code(af_rate_limiter_new(1, 1, &limiter), AF_RUNTIME_ERROR);
    cr_assert_null(limiter);
    af_rate_limiter_free(NULL);
}

Test(rate_limiter, an_available_token_does_not_suspend_even_outside_a_task)
{
    cr_assert(not(af_rate_limiter_locked(limiter)));
    expect_code(af_rate_limiter_acquire(limiter), 0);
    cr_assert(af_rate_limiter_locked(limiter));
    expect_code(af_rate_limiter_acquire(limiter), AF_RUNTIME_ERROR);
    settle();
    cr_assert_eq(af_loop_time(loop), 0, "nobody waits, and so no timer does");
}

Test(rate_limiter, delay_is_the_time_to_the_next_token)
{
    cr_assert_eq(af_rate_limiter_delay(limiter), 0);
    spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    advance(0.25);
    cr_assert_eq(af_rate_limiter_delay(limiter), 0.75);
    af_rate_limiter_hold(limiter, 5);
    cr_assert_eq(af_rate_limiter_delay(limiter), 5);
    settle();
    expect_trace("a:ok@0 b:ok@5.25 c:ok@6.25");
}

Test(rate_limiter, tokens_are_evenly_spaced_and_first_come_first_served)
{
    spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    expect_trace("a:ok@0");
    settle();
    expect_trace("b:ok@1 c:ok@2");
}

Test(rate_limiter, a_waiter_resumes_one_iteration_after_the_timer)
{
    spawn(acquire, "a");
    spawn(acquire, "b");
    tick(2);
    expect_trace("a:ok@0");
    cr_assert_eq(polled, 1);
    tick(1);
    expect_trace("b:ok@1");
}

static int take_many(void *count, void **ret_result)
{
    (void)ret_result;
    for (int i = *(int *)count; i > 0; i--) {
        int r = af_rate_limiter_acquire(limiter);
        if (r < 0)
            return r;
    }
    return 0;
}

Test(rate_limiter, many_tokens_of_one_task_do_not_drift)
{
    remake(128, 1);
    int count = 12801;
    expect_code(run(take_many, &count), 0);
    cr_assert_eq(af_loop_time(loop), 100);
}

Test(rate_limiter, many_tokens_of_many_tasks_do_not_drift, .timeout = 20)
{
    remake(1024, 1);
    int count = 1;
    for (int i = 0; i < many(); i++)
        expect_code(af_loop_create_task(loop, take_many, &count, NULL, NULL), 0);
    tick(1);
    cr_assert_eq(polled, 0);
    tick(1);
    cr_assert_eq(polled, 1.0 / 1024);
    settle();
    cr_assert_eq(af_loop_time(loop), (many() - 1) / 1024.0);
}

/* ------------------------------------------------------------------- lateness */

Test(rate_limiter, a_late_loop_keeps_the_schedule)
{
    spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    advance(1.75);
    settle();
    expect_trace("a:ok@0 b:ok@1.75 c:ok@2");
}

Test(rate_limiter, a_very_late_loop_catches_up_one_token)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++)
        spawn(acquire, (void *)names[i]);
    tick(1);
    advance(10);
    settle();
    expect_trace("a:ok@0 b:ok@10 c:ok@10 d:ok@11 e:ok@12");
}

Test(rate_limiter, a_loop_that_is_always_late_loses_no_tokens)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    for (size_t i = 0; i < 7; i++)
        spawn(acquire, (void *)names[i]);
    tick(1);
    for (int i = 0; i < 4; i++) {
        advance(1.5);
        tick(2);
    }
    expect_trace("a:ok@0 b:ok@1.5 c:ok@3 d:ok@3 e:ok@4.5 f:ok@6 g:ok@6");
}

Test(rate_limiter, at_high_rates_it_catches_up_10_ms_of_tokens)
{
    remake(1024, 1);
    int count = 1;
    for (int i = 0; i < 100; i++)
        expect_code(af_loop_create_task(loop, take_many, &count, NULL, NULL), 0);
    tick(1);
    advance(5);
    tick(2);
    unsigned waiting = 0;
    for (af_task *task = af_first_task(loop); task; task = af_next_task(task))
        waiting++;
    cr_assert(eq(uint, waiting, 100 - 1 - 11), "the one that was due, and ten");
    settle();
}

/* ------------------------------------------------------------------- idleness */

static int acquire_after(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    int r = af_sleep(actor->delay);
    return r < 0 ? r : acquire((void *)actor->name, ret_result);
}

Test(rate_limiter, unused_tokens_are_not_saved_up)
{
    static struct actor actors[] = {
        {"a", .delay = 0}, {"b", .delay = 10.5}, {"c", .delay = 10.5}, {"d", .delay = 10.5}};
    for (size_t i = 0; i < 4; i++)
        spawn(acquire_after, &actors[i]);
    settle();
    expect_trace("a:ok@0 b:ok@10.5 c:ok@11.5 d:ok@12.5");
}

Test(rate_limiter, a_request_within_10_ms_keeps_the_schedule)
{
    static struct actor actors[] = {
        {"a", .delay = 0}, {"b", .delay = 1 + 1.0 / 128}, {"c", .delay = 1.5}};
    for (size_t i = 0; i < 3; i++)
        spawn(acquire_after, &actors[i]);
    settle();
    expect_trace("a:ok@0 b:ok@1.00781 c:ok@2");
}

/* --------------------------------------------------------------- cancellation */

Test(rate_limiter, the_token_of_a_cancelled_waiter_goes_to_the_next)
{
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    af_future_cancel(b);
    settle();
    expect_trace("a:ok@0 b:cancelled@0 c:ok@1");
}

Test(rate_limiter, the_last_waiter_stops_the_timer)
{
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    tick(1);
    af_future_cancel(b);
    settle();
    expect_trace("a:ok@0 b:cancelled@0");
    cr_assert_eq(af_loop_time(loop), 0);
}

/* Cancelled between the timer and the step of the task: in the same batch, by a timer that is due
 * with it. */
static void cancel_when_given(af_task *task)
{
    expect_code(af_loop_call_later(loop, 1, cancel_later, task, NULL), 0);
}

Test(rate_limiter, a_granted_token_of_a_cancelled_waiter_goes_to_the_next)
{
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    spawn(acquire, "c");
    spawn(acquire, "d");
    tick(1);
    cancel_when_given(b);
    settle();
    expect_trace("a:ok@0 b:cancelled@1 c:ok@1 d:ok@2");
}

Test(rate_limiter, a_granted_token_of_the_only_waiter_is_available_again)
{
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    tick(1);
    cancel_when_given(b);
    settle();
    expect_trace("a:ok@0 b:cancelled@1");
    cr_assert(not(af_rate_limiter_locked(limiter)));
    spawn(acquire, "c");
    spawn(acquire, "d");
    settle();
    expect_trace("c:ok@1 d:ok@2");
}

Test(rate_limiter, tokens_granted_together_to_cancelled_waiters_are_passed_on_one_by_one)
{
    remake(AF_FOREVER, 1);
    af_rate_limiter_hold(limiter, 1);
    af_task *a = spawn(acquire, "a"), *b = spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    cancel_when_given(a);
    cancel_when_given(b);
    settle();
    expect_trace("a:cancelled@1 b:cancelled@1 c:ok@1");
}

Test(rate_limiter, cancelled_waiters_do_not_delay_the_next_request)
{
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    tick(1);
    af_future_cancel(b);
    spawn(acquire, "c");
    settle();
    expect_trace("a:ok@0 b:cancelled@0 c:ok@1");
}

/* ---------------------------------------------------------------------- holds */

Test(rate_limiter, a_hold_delays_new_requests)
{
    af_rate_limiter_hold(limiter, 3);
    cr_assert(af_rate_limiter_locked(limiter));
    spawn(acquire, "a");
    spawn(acquire, "b");
    settle();
    expect_trace("a:ok@3 b:ok@4");
}

Test(rate_limiter, a_hold_delays_waiters)
{
    spawn(acquire, "a");
    spawn(acquire, "b");
    spawn(acquire, "c");
    tick(1);
    af_rate_limiter_hold(limiter, 5.5);
    settle();
    expect_trace("a:ok@0 b:ok@5.5 c:ok@6.5");
}

Test(rate_limiter, a_shorter_hold_has_no_effect)
{
    af_rate_limiter_hold(limiter, 5);
    af_rate_limiter_hold(limiter, 2);
    af_rate_limiter_hold(limiter, -1);
    af_rate_limiter_hold(limiter, NAN);
    spawn(acquire, "a");
    settle();
    expect_trace("a:ok@5");
}

Test(rate_limiter, a_hold_can_be_extended)
{
    af_rate_limiter_hold(limiter, 2);
    spawn(acquire, "a");
    tick(1);
    advance(1);
    af_rate_limiter_hold(limiter, 5);
    settle();
    expect_trace("a:ok@6");
}

Test(rate_limiter, a_token_returned_during_a_hold_is_granted_at_its_end)
{
    spawn(acquire, "a");
    af_task *b = spawn(acquire, "b");
    spawn(acquire, "c");
    spawn(acquire, "d");
    tick(2);
    af_future_cancel(b);
    af_rate_limiter_hold(limiter, 5);
    settle();
    expect_trace("a:ok@0 b:cancelled@1 c:ok@6 d:ok@7");
}

Test(rate_limiter, without_a_rate_only_holds_delay)
{
    remake(AF_FOREVER, 1);
    spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    expect_trace("a:ok@0 b:ok@0");
    af_rate_limiter_hold(limiter, 2);
    spawn(acquire, "c");
    spawn(acquire, "d");
    settle();
    expect_trace("c:ok@2 d:ok@2");
}

Test(rate_limiter, an_infinite_hold_leaves_the_loop_nothing_to_wait_for)
{
    af_rate_limiter_hold(limiter, AF_FOREVER);
    af_task *a = spawn(acquire, "a");
    settle();
    expect_trace("");
    af_future_cancel(a);
    settle();
    expect_trace("a:cancelled@0");
}

Test(rate_limiter, can_be_freed_after_the_loop_of_its_waiters_is_closed)
{
    spawn(acquire, "a");
    spawn(acquire, "b");
    tick(1);
    expect_trace("a:ok@0");
}
