#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/gather.h>
#include <afetch/shield.h>

#include "virtual_clock.h"

TestSuite(future, .init = open_loop, .fini = close_loop);

static int trace_done(af_future *future, void *text)
{
    trace("%s%s", (char *)text, af_future_done(future) ? "" : "(not done)");
    return 0;
}

static void add(af_future *future, char *text)
{
    expect_code(af_future_add_done_callback(future, trace_done, text), 0);
}

static af_future *failed_future(void)
{
    af_future *future;
    af_future_new(loop, &future);
    af_future_set_exception(future, af_raise(-EIO, "broken"));
    return future;
}

/* ------------------------------------------------------------------ states */

Test(future, is_pending_initially)
{
    af_future *future = new_future();
    cr_assert(not(af_future_done(future)));
    cr_assert(not(af_future_cancelled(future)));
    cr_assert(not(af_future_is_task(future)));
    cr_assert_eq(af_future_loop(future), loop);
}

Test(future, create_future_needs_a_running_loop)
{
    af_future *future = NULL;
    expect_code(af_create_future(&future), AF_RUNTIME_ERROR);
    cr_assert_null(future);
}

static int create_future(void *arg)
{
    (void)arg;
    af_future *future;
    expect_code(af_create_future(&future), 0);
    cr_assert_eq(af_future_loop(keep(future)), loop);
    trace("created");
    return 0;
}

Test(future, create_future_uses_the_running_loop)
{
    af_loop_call_soon(loop, create_future, NULL, NULL);
    tick(1);
    expect_trace("created");
}

Test(future, set_result_sets_the_result)
{
    af_future *future = new_future();
    int value;
    void *result = NULL;
    af_error error = {.code = -1};
    expect_code(af_future_set_result(future, &value, NULL), 0);
    cr_assert(af_future_done(future));
    cr_assert(not(af_future_cancelled(future)));
    expect_code(af_future_result(future, &result), 0);
    cr_assert_eq(result, &value);
    expect_code(af_future_result(future, NULL), 0);
    expect_code(af_future_exception(future, &error), 0);
    expect_code(error.code, 0);
}

Test(future, set_exception_sets_the_exception)
{
    af_future *future = keep(failed_future());
    void *result = NULL;
    af_error error;
    cr_assert(af_future_done(future));
    expect_code(af_future_result(future, &result), -EIO);
    cr_assert_null(result);
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EIO)), "broken"));
    expect_code(af_future_exception(future, &error), 0);
    expect_code(error.code, -EIO);
    cr_assert(eq(str, (char *)af_error_text(error), "broken"));
}

Test(future, cancel_cancels_it)
{
    af_future *future = new_future();
    af_error error = {.code = 1};
    af_future_cancel(future);
    cr_assert(af_future_done(future));
    cr_assert(af_future_cancelled(future));
    expect_code(af_future_result(future, NULL), AF_CANCELLED);
    expect_code(af_future_exception(future, &error), AF_CANCELLED);
    expect_code(error.code, 1);
}

Test(future, rule_12_a_second_set_is_invalid)
{
    af_future *futures[] = {new_future(), keep(failed_future()), new_future()};
    af_future_set_result(futures[0], NULL, NULL);
    af_future_cancel(futures[2]);
    for (int i = 0; i < 3; i++) {
        expect_code(af_future_set_result(futures[i], NULL, free), AF_INVALID_STATE);
        expect_code(af_future_set_exception(futures[i], -EINVAL), AF_INVALID_STATE);
    }
    expect_code(af_future_result(futures[0], NULL), 0);
    expect_code(af_future_result(futures[1], NULL), -EIO);
    expect_code(af_future_result(futures[2], NULL), AF_CANCELLED);
}

Test(future, rule_12_result_and_exception_are_invalid_while_pending)
{
    af_error error;
    expect_code(af_future_result(new_future(), NULL), AF_INVALID_STATE);
    expect_code(af_future_exception(new_future(), &error), AF_INVALID_STATE);
}

Test(future, rule_15_cancel_is_true_once)
{
    af_future *future = new_future(), *done = new_future();
    cr_assert(af_future_cancel(future));
    cr_assert(not(af_future_cancel(future)));
    af_future_set_result(done, NULL, NULL);
    cr_assert(not(af_future_cancel(done)));
    cr_assert(not(af_future_cancelled(done)));
}

Test(future, rule_11_setting_a_task_gather_or_shield_is_an_error)
{
    af_future *child = new_future(), *gather, *shield;
    af_gather(&child, 1, false, &gather);
    af_shield(child, &shield);
    af_future *others[] = {spawn(sleeper, &(struct actor){0}), keep(gather), keep(shield)};
    for (int i = 0; i < 3; i++) {
        expect_code(af_future_set_result(others[i], NULL, free), AF_RUNTIME_ERROR);
        expect_code(af_future_set_exception(others[i], -EIO), AF_RUNTIME_ERROR);
        cr_assert(not(af_future_done(others[i])));
    }
    af_future_cancel(child);
    settle();
}

/* ---------------------------------------------------------- done callbacks */

Test(future, rule_13_callbacks_run_in_order_through_the_queue)
{
    af_future *future = new_future();
    add(future, "a");
    add(future, "b");
    af_loop_call_soon(loop, trace_callback, "before", NULL);
    af_future_set_result(future, NULL, NULL);
    add(future, "late");
    expect_trace("");
    tick(1);
    expect_trace("before a b late");
}

Test(future, rule_13_callbacks_run_after_exceptions_and_cancellations)
{
    af_future *failing = new_future(), *cancelled = new_future();
    add(failing, "failed");
    add(cancelled, "cancelled");
    af_future_cancel(cancelled);
    fail_later(failing);
    tick(1);
    expect_trace("cancelled failed");
}

static int fail_callback(af_future *future, void *text)
{
    trace_done(future, text);
    return af_raise(-EINVAL, "%s failed", (char *)text);
}

Test(future, a_failed_callback_does_not_stop_the_others)
{
    af_future *future = new_future();
    af_future_add_done_callback(future, fail_callback, "a");
    add(future, "b");
    af_future_set_result(future, NULL, NULL);
    tick(1);
    expect_trace("a b");
    expect_reports("exception in a callback: a failed");
}

Test(future, rule_14_remove_takes_all_copies_and_counts_them)
{
    af_future *future = new_future();
    add(future, "a");
    add(future, "b");
    add(future, "a");
    static char other[] = "a";
    add(future, other);
    cr_assert(eq(sz, af_future_remove_done_callback(future, trace_done, "a"), 2));
    cr_assert(eq(sz, af_future_remove_done_callback(future, trace_done, "a"), 0));
    cr_assert(eq(sz, af_future_remove_done_callback(future, fail_callback, "b"), 0));
    af_future_set_result(future, NULL, NULL);
    tick(1);
    expect_trace("b a");
}

Test(future, rule_14_a_queued_callback_is_not_removed)
{
    af_future *future = new_future();
    add(future, "a");
    af_future_set_result(future, NULL, NULL);
    add(future, "b");
    cr_assert(eq(sz, af_future_remove_done_callback(future, trace_done, "a"), 0));
    cr_assert(eq(sz, af_future_remove_done_callback(future, trace_done, "b"), 0));
    tick(1);
    expect_trace("a b");
}

Test(future, remove_does_not_remove_waiting_tasks)
{
    af_future *future = new_future();
    spawn(awaiter, &(struct actor){"task", .future = future});
    tick(1);
    add(future, "a");
    cr_assert(eq(sz, af_future_remove_done_callback(future, trace_done, "a"), 1));
    af_future_set_result(future, NULL, NULL);
    settle();
    expect_trace("task:ok");
}

/* --------------------------------------------------------------- ownership */

static int destroyed;

static void count_destroyed(void *result)
{
    destroyed++;
    free(result);
}

Test(future, the_last_unref_destroys_the_result)
{
    af_future *future;
    af_future_new(loop, &future);
    af_future_set_result(future, malloc(1), count_destroyed);
    cr_assert_eq(af_future_ref(future), future);
    af_future_unref(future);
    expect_code(destroyed, 0);
    af_future_unref(future);
    expect_code(destroyed, 1);
    af_future_unref(NULL);
}

Test(future, a_failed_set_does_not_take_over_the_result)
{
    af_future *future = new_future();
    int value;
    af_future_set_result(future, NULL, NULL);
    af_future_set_result(future, &value, count_destroyed);
    close_loop();
    open_loop();
    expect_code(destroyed, 0);
}

Test(future, exists_until_its_callbacks_ran)
{
    af_future *future;
    af_future_new(loop, &future);
    add(future, "a");
    af_future_set_result(future, malloc(1), count_destroyed);
    add(future, "late");
    af_future_unref(future);
    expect_code(destroyed, 0);
    tick(1);
    expect_code(destroyed, 1);
    expect_trace("a late");
}

Test(future, the_last_unref_of_a_pending_future_discards_its_callbacks)
{
    af_future *future;
    af_future_new(loop, &future);
    add(future, "never");
    af_future_unref(future);
    settle();
    expect_trace("");
    expect_reports("");
}

static int drop(af_future *future, void *arg)
{
    (void)arg;
    af_future_unref(future);
    return 0;
}

Test(future, can_be_unreferenced_in_its_own_callback)
{
    af_future *future;
    af_future_new(loop, &future);
    af_future_add_done_callback(future, drop, NULL);
    add(future, "a");
    af_future_set_result(future, malloc(1), count_destroyed);
    tick(1);
    expect_trace("a");
    expect_code(destroyed, 1);
}

/* -------------------------------------------------------- retrieved or not */

Test(future, rule_16_an_exception_never_retrieved_is_reported_at_destruction)
{
    af_future *future = failed_future();
    expect_reports("");
    af_future_unref(future);
    expect_reports("exception was never retrieved: broken");
}

static void ask_result(af_future *future)
{
    af_future_result(future, NULL);
}

static void ask_exception(af_future *future)
{
    af_error error;
    af_future_exception(future, &error);
}

static void ask_to_cancel(af_future *future)
{
    cr_assert(not(af_future_cancel(future)));
}

static void await_it(af_future *future)
{
    expect_code(run(awaiter, &(struct actor){.future = future}), -EIO);
}

/* Functions that count as retrieving the exception of a done future. */
static void (*const retrievals[])(af_future *) = {ask_result, ask_exception, ask_to_cancel,
                                                  await_it};

Test(future, rule_16_result_exception_cancel_and_await_retrieve)
{
    for (size_t i = 0; i < sizeof retrievals / sizeof retrievals[0]; i++) {
        af_future *future = failed_future();
        retrievals[i](future);
        af_future_unref(future);
        cr_assert(eq(str, take_reports(), ""), "retrieval %zu", i);
    }
}

static af_task *failed_task(void)
{
    static struct actor actor = {"task", .code = -EIO};
    af_task *task;
    af_loop_create_task(loop, sleeper, &actor, NULL, &task);
    settle();
    take_trace();
    return task;
}

Test(future, rule_16_an_exception_of_a_task_is_reported)
{
    af_future_unref(failed_task());
    expect_reports("exception was never retrieved: task failed");
    for (size_t i = 0; i < sizeof retrievals / sizeof retrievals[0]; i++) {
        af_task *task = failed_task();
        retrievals[i](task);
        af_future_unref(task);
        cr_assert(eq(str, take_reports(), ""), "retrieval %zu", i);
    }
}

Test(future, rule_16_a_task_without_references_is_reported_at_its_end)
{
    af_loop_create_task(loop, sleeper, &(struct actor){"a", .code = -EIO}, NULL, NULL);
    tick(1);
    expect_reports("");
    tick(1);
    expect_reports("exception was never retrieved: a failed");
}

Test(future, peek_exception_does_not_retrieve_it)
{
    af_future *future = failed_future();
    cr_assert(eq(str, (char *)af_error_text(af_future_peek_exception(future)), "broken"));
    cr_assert(af_future_unretrieved(future));
    ask_result(future);
    cr_assert(not(af_future_unretrieved(future)));
    af_future_unref(future);
    expect_code(af_future_peek_exception(new_future()).code, 0);
    cr_assert(not(af_future_unretrieved(new_future())));
}

Test(future, rule_16_done_and_cancelled_and_callbacks_do_not_retrieve)
{
    af_future *future = failed_future();
    cr_assert(af_future_done(future));
    cr_assert(not(af_future_cancelled(future)));
    add(future, "called");
    tick(1);
    af_future_unref(future);
    expect_trace("called");
    expect_reports("exception was never retrieved: broken");
}

Test(future, rule_16_results_and_cancellations_are_not_reported)
{
    af_future *good, *cancelled;
    af_future_new(loop, &good);
    af_future_new(loop, &cancelled);
    af_future_set_result(good, NULL, NULL);
    af_future_cancel(cancelled);
    af_future_unref(good);
    af_future_unref(cancelled);
    expect_reports("");
}
