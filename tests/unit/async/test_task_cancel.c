/* Tasks: cancellation. */
#include <errno.h>
#include <stdlib.h>

#include <afetch/gather.h>

#include "task_suite.h"

/* -------------------------------------------------------------- cancelling */

/* Called in a task, whose stack is small. */
static int cancel_it(void *task, void **ret_result)
{
    (void)ret_result;
    return af_future_cancel(task) ? 0 : -EINVAL;
}

Test(task, rule_19_a_cancel_passes_through_a_very_long_chain)
{
    int length = many();
    struct actor *links = calloc((size_t)length, sizeof *links);
    af_task *task = spawn(sleep_long, NULL);
    for (int i = 0; i < length; i++) {
        links[i].future = task;
        task = spawn(awaiter, &links[i]);
    }
    tick(1);
    expect_code(run(cancel_it, task), 0);
    settle();
    cr_assert(af_future_cancelled(task));
    cr_assert(af_future_cancelled(links[0].future));
    free(links);
}

Test(task, a_cancel_ends_a_cycle_of_tasks)
{
    struct actor actors[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    af_task *ring[3];
    for (int i = 0; i < 3; i++)
        ring[i] = spawn(awaiter, &actors[i]);
    for (int i = 0; i < 3; i++)
        actors[i].future = ring[(i + 1) % 3];
    tick(1);
    cr_assert(af_future_cancel(ring[0]));
    settle();
    expect_trace("c:cancelled b:cancelled a:cancelled");
    for (int i = 0; i < 3; i++) {
        cr_assert(af_future_cancelled(ring[i]));
        cr_assert(eq(uint, af_task_cancelling(ring[i]), 1));
    }
}

Test(task, rule_18_cancel_counts_and_is_false_once_done)
{
    af_task *task = spawn(sleeper, &(struct actor){"a", .delay = 1});
    tick(1);
    cr_assert(eq(uint, af_task_cancelling(task), 0));
    cr_assert(af_future_cancel(task));
    cr_assert(af_future_cancel(task));
    cr_assert(eq(uint, af_task_cancelling(task), 2));
    settle();
    cr_assert(af_future_cancelled(task));
    cr_assert(not(af_future_cancel(task)));
    cr_assert(eq(uint, af_task_cancelling(task), 2));
    expect_trace("a:cancelled");
}

Test(task, rule_19_cancel_passes_through_tasks_and_returns_one_level_per_iteration)
{
    af_future *future = new_future();
    af_task *inner = spawn(awaiter, &(struct actor){"inner", .future = future});
    af_task *outer = spawn(awaiter, &(struct actor){"outer", .future = inner});
    tick(1);
    cr_assert(af_future_cancel(outer));
    cr_assert(af_future_cancelled(future));
    cr_assert(not(af_future_done(inner)));
    cr_assert(eq(uint, af_task_cancelling(inner), 1));
    tick(1);
    expect_trace("inner:cancelled");
    tick(1);
    expect_trace("outer:cancelled");
    cr_assert(af_future_cancelled(inner));
    cr_assert(af_future_cancelled(outer));
}

Test(task, rule_19_cancel_passes_through_a_gather)
{
    af_future *children[] = {spawn(sleeper, &(struct actor){"a", .delay = 1}),
                             spawn(sleeper, &(struct actor){"b", .delay = 1})};
    af_future *gather;
    af_gather(children, 2, false, &gather);
    af_task *task = spawn(awaiter, &(struct actor){"outer", .future = keep(gather)});
    tick(1);
    af_future_cancel(task);
    cr_assert(not(af_future_done(gather)));
    settle();
    expect_trace("a:cancelled b:cancelled outer:cancelled");
}

Test(task, rule_20_a_cancel_replaces_a_result_of_the_same_iteration)
{
    af_future *future = new_future();
    af_task *task = spawn(awaiter, &(struct actor){"a", .future = future});
    tick(1);
    af_loop_call_soon(loop, set_later, future, NULL);
    af_loop_call_soon(loop, cancel_later, task, NULL);
    tick(2);
    expect_trace("a:cancelled");
    expect_code(af_future_result(future, NULL), 0);
    cr_assert(af_future_cancelled(task));
}

Test(task, rule_20_a_cancel_replaces_and_retrieves_an_exception_of_the_same_iteration)
{
    af_future *future;
    af_future_new(loop, &future);
    af_task *task = spawn(awaiter, &(struct actor){"a", .future = future});
    tick(1);
    fail_later(future);
    af_future_cancel(task);
    settle();
    expect_trace("a:cancelled");
    af_future_unref(future);
    expect_reports("");
}

Test(task, rule_20_setting_a_result_after_the_cancel_is_invalid)
{
    af_future *future = new_future();
    af_task *task = spawn(awaiter, &(struct actor){"a", .future = future});
    tick(1);
    af_future_cancel(task);
    expect_code(af_future_set_result(future, NULL, NULL), AF_INVALID_STATE);
    settle();
    expect_trace("a:cancelled");
}

Test(task, rule_20_a_ready_task_is_cancelled_at_its_next_step)
{
    af_task *task = spawn(sleeper, &(struct actor){"a", .delay = 0});
    tick(1);
    af_future_cancel(task);
    expect_trace("");
    tick(1);
    expect_trace("a:cancelled");
}

Test(task, rule_21_a_task_cancelled_before_its_first_step_never_runs)
{
    af_task *task;
    af_loop_create_task(loop, count, "destroyed", trace_destroyed, &task);
    cr_assert(af_future_cancel(task));
    cr_assert(not(af_future_done(task)));
    tick(1);
    cr_assert(af_future_cancelled(task));
    expect_trace("");
    af_future_unref(task);
    expect_trace("destroyed");
}

static int swallow(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (int i = 0; i < 3; i++) {
        int r = af_sleep(1);
        trace("%s:%u", word(r), af_task_cancelling(af_current_task()));
    }
    return 0;
}

Test(task, rule_22_a_cancel_may_be_swallowed_and_the_count_stays)
{
    af_task *task = spawn(swallow, NULL);
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled:1 ok:1 ok:1");
    expect_code(af_future_result(task, NULL), 0);
}

Test(task, rule_22_a_second_cancel_is_delivered_again)
{
    af_task *task = spawn(swallow, NULL);
    tick(1);
    af_future_cancel(task);
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled:1 cancelled:2 ok:2");
}

Test(task, rule_22_two_cancels_in_one_iteration_are_delivered_once)
{
    af_task *task = spawn(swallow, NULL);
    tick(1);
    af_future_cancel(task);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled:2 ok:2 ok:2");
}

static int clean_up(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_sleep(10);
    trace("%s", word(r));
    trace("%s", word(af_sleep(2)));
    return r;
}

Test(task, clean_up_may_await_again)
{
    af_task *task = spawn(clean_up, NULL);
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled ok");
    cr_assert(af_future_cancelled(task));
    cr_assert_eq(af_loop_time(loop), 2);
}

static int cancel_itself(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    (void)ret_result;
    af_future_cancel(af_current_task());
    if (actor->future) {
        int r = af_await(actor->future, NULL);
        trace("%s", word(r));
        return r;
    }
    return actor->code < 0 ? af_raise(actor->code, "kept") : actor->code;
}

Test(task, rule_23_a_self_cancel_is_delivered_at_the_next_await)
{
    af_future *future = new_future();
    af_task *task = spawn(cancel_itself, &(struct actor){.future = future});
    tick(1);
    cr_assert(af_future_cancelled(future));
    expect_trace("");
    tick(1);
    expect_trace("cancelled");
    cr_assert(af_future_cancelled(task));
}

Test(task, rule_23_a_self_cancel_is_not_delivered_by_a_done_future)
{
    af_future *future = new_future();
    af_future_set_result(future, NULL, NULL);
    af_task *task = spawn(cancel_itself, &(struct actor){.future = future});
    tick(1);
    expect_trace("ok");
    cr_assert(af_future_cancelled(task));
}

Test(task, rule_23_a_task_that_returns_before_that_is_cancelled)
{
    af_task *task = spawn(cancel_itself, &(struct actor){0});
    tick(1);
    cr_assert(af_future_cancelled(task));
}

Test(task, rule_23_a_task_that_raises_before_that_has_its_exception)
{
    expect_code(run(cancel_itself, &(struct actor){.code = -EIO}), -EIO);
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EIO)), "kept"));
}

static int cancel_and_uncancel(void *cancels, void **ret_result)
{
    (void)ret_result;
    af_task *self = af_current_task();
    for (int i = 0; i < *(int *)cancels; i++)
        af_future_cancel(self);
    trace("%u", af_task_uncancel(self));
    trace("%s", word(af_sleep(0)));
    return 0;
}

Test(task, rule_24_uncancel_stops_at_zero)
{
    af_task *task = spawn(swallow, NULL);
    cr_assert(eq(uint, af_task_uncancel(task), 0));
    af_future_cancel(task);
    af_future_cancel(task);
    cr_assert(eq(uint, af_task_uncancel(task), 1));
    cr_assert(eq(uint, af_task_uncancel(task), 0));
    cr_assert(eq(uint, af_task_uncancel(task), 0));
    settle();
}

Test(task, rule_24_reaching_zero_withdraws_an_undelivered_cancel)
{
    expect_code(run(cancel_and_uncancel, &(int){1}), 0);
    expect_trace("0 ok");
    expect_code(run(cancel_and_uncancel, &(int){2}), 0);
    expect_trace("1 cancelled");
}

Test(task, rule_24_a_task_starts_if_its_cancel_is_withdrawn)
{
    af_task *task = spawn(count, "a");
    af_future_cancel(task);
    af_task_uncancel(task);
    settle();
    expect_trace("a0 a1 a2");
}
