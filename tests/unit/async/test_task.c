/* Tasks. */
#include <errno.h>
#include <string.h>

#include <afetch/semaphore.h>

#include "task_suite.h"

TestSuite(task, .init = open_loop, .fini = close_loop);

/* ------------------------------------------------------------ interleaving */

Test(task, rule_8_create_task_queues_the_first_step_in_creation_order)
{
    af_loop_call_soon(loop, trace_callback, "before", NULL);
    spawn(count, "a");
    spawn(count, "b");
    expect_trace("");
    tick(1);
    expect_trace("before a0 b0");
    settle();
    expect_trace("a1 b1 a2 b2");
}

static int create_another(void *arg, void **ret_result)
{
    (void)ret_result;
    trace("first");
    expect_code(af_create_task(count, arg, NULL, NULL), 0);
    trace("created");
    return 0;
}

Test(task, rule_8_a_task_created_by_a_task_starts_in_the_next_iteration)
{
    spawn(create_another, "a");
    tick(1);
    expect_trace("first created");
    tick(1);
    expect_trace("a0");
    settle();
}

static int call_a_coroutine(void *name, void **ret_result)
{
    trace("call");
    int r = count(name, ret_result);
    trace("returned");
    return r;
}

Test(task, rule_8_a_coroutine_that_is_called_runs_inline)
{
    spawn(call_a_coroutine, "a");
    tick(1);
    expect_trace("call a0");
    tick(3);
    expect_trace("a1 a2 returned");
}

Test(task, create_task_needs_a_running_loop)
{
    af_task *task = NULL;
    expect_code(af_create_task(count, "a", NULL, &task), AF_RUNTIME_ERROR);
    cr_assert_null(task);
}

/* ---------------------------------------------------------------- sleeping */

Test(task, rule_9_a_sleep_of_zero_or_less_is_exactly_one_iteration)
{
    static const double delays[] = {0, -1, -AF_FOREVER};
    for (size_t i = 0; i < 3; i++) {
        spawn(sleeper, &(struct actor){"woke", .delay = delays[i]});
        tick(1);
        expect_trace("");
        tick(1);
        expect_trace("woke:ok");
        cr_assert_eq(af_loop_time(loop), 0);
    }
}

Test(task, sleep_takes_its_delay)
{
    spawn(sleeper, &(struct actor){"two", .delay = 2});
    spawn(sleeper, &(struct actor){"one", .delay = 1});
    spawn(sleeper, &(struct actor){"none", .delay = 0});
    settle();
    expect_trace("none:ok one:ok two:ok");
    cr_assert_eq(af_loop_time(loop), 2);
}

Test(task, rule_9_a_cancelled_sleep_drops_its_timer)
{
    af_task *task = spawn(sleeper, &(struct actor){"a", .delay = 100});
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("a:cancelled");
    cr_assert_eq(af_loop_time(loop), 0);
}

Test(task, sleep_outside_a_task_and_of_nan_are_errors)
{
    expect_code(af_sleep(0), AF_RUNTIME_ERROR);
    expect_code(af_sleep(1), AF_RUNTIME_ERROR);
    expect_code(run(sleeper, &(struct actor){.delay = NAN}), AF_VALUE_ERROR);
}

/* ---------------------------------------------------------------- awaiting */

Test(task, rule_10_the_awaiter_resumes_one_iteration_after_the_future)
{
    af_future *future = new_future();
    spawn(awaiter, &(struct actor){"a", .future = future});
    tick(1);
    af_loop_call_soon(loop, set_later, future, NULL);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("a:ok");
}

Test(task, rule_10_the_awaiter_resumes_one_iteration_after_the_task)
{
    af_task *task = spawn(sleeper, &(struct actor){"slept", .delay = 0});
    spawn(awaiter, &(struct actor){"awaited", .future = task});
    tick(2);
    expect_trace("slept:ok");
    tick(1);
    expect_trace("awaited:ok");
}

Test(task, rule_10_a_done_future_does_not_suspend)
{
    af_future *future = new_future();
    af_future_set_result(future, NULL, NULL);
    spawn(awaiter, &(struct actor){"a", .future = future});
    tick(1);
    expect_trace("a:ok");
    expect_code(af_await(future, NULL), 0);
}

Test(task, await_returns_results_exceptions_and_cancellations)
{
    af_future *good = new_future(), *bad = new_future(), *cancelled = new_future();
    int value;
    void *result = NULL;
    af_task *task = spawn(awaiter, &(struct actor){"good", .future = good});
    spawn(awaiter, &(struct actor){"bad", .future = bad});
    spawn(awaiter, &(struct actor){"cancelled", .future = cancelled});
    tick(1);
    af_future_set_result(good, &value, NULL);
    fail_later(bad);
    af_future_cancel(cancelled);
    settle();
    expect_trace("good:ok bad:broken cancelled:cancelled");
    expect_code(af_future_result(task, &result), 0);
    cr_assert_eq(result, &value);
}

Test(task, tasks_that_await_one_future_resume_in_order)
{
    af_future *future = new_future();
    spawn(awaiter, &(struct actor){"a", .future = future});
    spawn(awaiter, &(struct actor){"b", .future = future});
    tick(1);
    af_future_set_result(future, NULL, NULL);
    settle();
    expect_trace("a:ok b:ok");
}

Test(task, awaiting_outside_a_task_is_an_error)
{
    expect_code(af_await(new_future(), NULL), AF_RUNTIME_ERROR);
}

Test(task, a_future_of_another_loop_cannot_be_awaited)
{
    af_loop *other;
    af_future *future;
    af_loop_new(NULL, &other);
    af_future_new(other, &future);
    expect_code(run(awaiter, &(struct actor){.future = future}), AF_RUNTIME_ERROR);
    af_future_unref(future);
    af_loop_close(other);
}

static int await_itself(void *arg, void **ret_result)
{
    (void)arg;
    int r = af_await(af_current_task(), ret_result);
    trace("%s", word(r));
    return r;
}

Test(task, rule_11_a_task_that_awaits_itself_is_an_error)
{
    af_task *task = spawn(await_itself, NULL);
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("runtime-error");
    expect_code(af_future_result(task, NULL), AF_RUNTIME_ERROR);
}

Test(task, rule_11_setting_the_result_of_a_task_is_an_error)
{
    af_task *task = spawn(count, "a");
    expect_code(af_future_set_result(task, NULL, NULL), AF_RUNTIME_ERROR);
    expect_code(af_future_set_exception(task, -EIO), AF_RUNTIME_ERROR);
    settle();
    expect_trace("a0 a1 a2");
    expect_code(af_future_set_result(task, NULL, NULL), AF_RUNTIME_ERROR);
}

static int await_below(af_future *future, int depth)
{
    char frame[128];
    memset(frame, depth, sizeof frame);
    int r = depth > 0 ? await_below(future, depth - 1) : af_await(future, NULL);
    return frame[depth] == (char)depth ? r : -EFAULT;
}

static int await_deeply(void *future, void **ret_result)
{
    (void)ret_result;
    int r = await_below(future, 100);
    trace("%s", word(r));
    return r;
}

Test(task, may_await_at_any_depth_of_calls)
{
    af_future *one = new_future(), *two = new_future();
    spawn(await_deeply, one);
    spawn(await_deeply, two);
    tick(1);
    af_future_set_result(two, NULL, NULL);
    tick(1);
    fail_later(one);
    settle();
    expect_trace("ok broken");
}

/* -------------------------------------------------------------- many tasks */

static int many_done;

static int wait_among_many(void *future, void **ret_result)
{
    int r = af_await(future, ret_result);
    many_done++;
    return r;
}

Test(task, twenty_thousand_tasks_can_exist)
{
    af_future *future = new_future();
    for (int i = 0; i < many(); i++)
        expect_code(af_loop_create_task(loop, wait_among_many, future, NULL, NULL), 0);
    tick(1);
    expect_code(many_done, 0);
    af_future_set_result(future, NULL, NULL);
    tick(1);
    expect_code(many_done, many());
    cr_assert_null(af_first_task(loop));
}

/* ----------------------------------------------------------------- the end */

static int return_code(void *code, void **ret_result)
{
    (void)ret_result;
    return *(int *)code;
}

Test(task, has_the_outcome_of_its_coroutine)
{
    static const struct {
        int code, result;
        bool cancelled;
    } cases[] = {
        {0, 0, false}, {7, 0, false}, {-EIO, -EIO, false}, {AF_CANCELLED, AF_CANCELLED, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int code = cases[i].code;
        af_task *task = spawn(return_code, &code);
        settle();
        cr_assert(af_future_done(task));
        expect_code(af_future_result(task, NULL), cases[i].result);
        cr_assert(eq(int, af_future_cancelled(task), cases[i].cancelled));
    }
}

static int return_argument(void *arg, void **ret_result)
{
    *ret_result = arg;
    return 0;
}

Test(task, destroys_its_argument_with_itself)
{
    af_task *task;
    void *result;
    af_loop_create_task(loop, return_argument, "destroyed", trace_destroyed, &task);
    settle();
    expect_trace("");
    expect_code(af_future_result(task, &result), 0);
    cr_assert_eq(result, af_task_argument(task));
    af_future_unref(task);
    expect_trace("destroyed");
}

Test(task, without_references_destroys_its_argument_at_the_end)
{
    af_loop_create_task(loop, return_argument, "destroyed", trace_destroyed, NULL);
    expect_trace("");
    tick(1);
    expect_trace("destroyed");
}

/* ----------------------------------------- rule 17, at the end of the loop */

static af_future *never;
static af_semaphore *semaphore;

static int sleep_short(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(0);
}

static int await_never(void *arg, void **ret_result)
{
    (void)arg;
    return af_await(never, ret_result);
}

static int acquire_never(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_semaphore_acquire(semaphore);
}

Test(task, rule_17_a_pending_task_destroyed_is_reported)
{
    static af_coroutine *const coroutines[] = {sleep_long, sleep_short, await_never, acquire_never};
    af_semaphore_new(0, &semaphore);
    for (size_t i = 0; i < sizeof coroutines / sizeof coroutines[0]; i++) {
        for (unsigned begun = 0; begun < 2; begun++) {
            af_task *task;
            af_future_new(loop, &never);
            af_loop_create_task(loop, coroutines[i], "destroyed", trace_destroyed, &task);
            af_task_set_name(task, "Lost");
            af_future_unref(task);
            tick(begun);
            af_future_unref(never);
            close_loop();
            expect_reports(begun ? "a pending task was destroyed: Lost"
                                 : "a pending task was destroyed: Lost; "
                                   "a coroutine was never awaited: Lost");
            expect_trace("destroyed");
            open_loop();
        }
    }
    af_semaphore_free(semaphore);
}

Test(task, rule_17_a_done_task_is_not_reported)
{
    run(sleep_short, NULL);
    close_loop();
    expect_reports("");
    open_loop();
}

Test(task, rule_17_pending_tasks_are_reported_in_the_order_of_creation)
{
    af_task_set_name(spawn(sleep_long, NULL), "a");
    af_task_set_name(spawn(awaiter, &(struct actor){.future = spawn(sleep_long, NULL)}), "b");
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: a; a pending task was destroyed: Task-2; "
                   "a pending task was destroyed: b");
    open_loop();
}

/* ----------------------------------------------------------------- looking */

Test(task, has_a_name)
{
    af_task *first = spawn(count, "a"), *second = spawn(count, "b");
    cr_assert(eq(str, (char *)af_task_name(second), "Task-2"));
    cr_assert(eq(str, (char *)af_task_name(first), "Task-1"));
    char name[] = "fetcher";
    expect_code(af_task_set_name(first, name), 0);
    name[0] = 'F';
    cr_assert(eq(str, (char *)af_task_name(first), "fetcher"));
    settle();
    cr_assert(eq(str, (char *)af_task_name(second), "Task-2"));
}

static int look_at_itself(void *task, void **ret_result)
{
    (void)ret_result;
    cr_assert_eq(af_current_task(), *(af_task **)task);
    af_sleep(0);
    cr_assert_eq(af_current_task(), *(af_task **)task);
    trace("looked");
    return 0;
}

static int look_for_task(void *arg)
{
    (void)arg;
    cr_assert_null(af_current_task());
    trace("none");
    return 0;
}

Test(task, current_task_is_the_running_task)
{
    af_task *a, *b;
    a = spawn(look_at_itself, &a);
    af_loop_call_soon(loop, look_for_task, NULL, NULL);
    b = spawn(look_at_itself, &b);
    settle();
    expect_trace("none looked looked");
    cr_assert_null(af_current_task());
}

Test(task, is_task_is_false_for_other_futures)
{
    int argument;
    af_task *task = spawn(return_argument, &argument);
    cr_assert(af_future_is_task(task));
    cr_assert(not(af_future_is_task(new_future())));
    cr_assert_eq(af_task_argument(task), &argument);
    settle();
    cr_assert(af_future_is_task(task));
    cr_assert_eq(af_task_argument(task), &argument);
}

static void trace_tasks(void)
{
    for (af_task *task = af_first_task(loop); task; task = af_next_task(task))
        trace("%s", af_task_name(task));
}

Test(task, first_task_and_next_task_return_pending_tasks_in_order)
{
    trace_tasks();
    spawn(sleep_long, NULL);
    af_task *second = spawn(sleep_short, NULL);
    spawn(sleep_long, NULL);
    trace_tasks();
    expect_trace("Task-1 Task-2 Task-3");
    tick(2);
    cr_assert(af_future_done(second));
    trace_tasks();
    expect_trace("Task-1 Task-3");
    settle();
    trace_tasks();
    expect_trace("");
}
