#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <afetch/gather.h>

#include "base/error.h"
#include "virtual_clock.h"

TestSuite(error, .init = open_loop, .fini = close_loop);

static void expect_text(af_error error, const char *text)
{
    cr_assert(eq(str, (char *)af_error_text(error), (char *)text));
}

Test(error, raise_returns_the_code_and_stores_the_text)
{
    expect_code(af_raise(-EINVAL, "%s: not a %s", "x", "number"), -EINVAL);
    expect_code(af_raised(-EINVAL).code, -EINVAL);
    expect_text(af_raised(-EINVAL), "x: not a number");
}

Test(error, without_a_text_the_meaning_of_the_code_is_returned)
{
    af_raise(AF_TIMEOUT, NULL);
    expect_text(af_raised(AF_TIMEOUT), af_strerror(AF_TIMEOUT));
}

Test(error, the_text_belongs_to_one_code)
{
    af_raise(-EINVAL, "mine");
    cr_assert_null(af_raised(-EIO).detail);
    expect_code(af_raised(-EIO).code, -EIO);
    expect_text(af_raised(-EIO), strerror(EIO));
}

Test(error, the_last_raised_error_is_kept)
{
    af_raise(-EINVAL, "first");
    af_raise(-EINVAL, "second");
    expect_text(af_raised(-EINVAL), "second");
    af_raise(-EINVAL, NULL);
    expect_text(af_raised(-EINVAL), strerror(EINVAL));
}

Test(error, a_text_may_quote_the_one_it_replaces)
{
    af_raise(-EINVAL, "inner");
    af_raise(-EINVAL, "outer: %s", af_error_text(af_raised(-EINVAL)));
    expect_text(af_raised(-EINVAL), "outer: inner");
    expect_code(af_raise_error(af_raised(-EINVAL)), -EINVAL);
    expect_text(af_raised(-EINVAL), "outer: inner");
}

Test(error, every_code_has_its_own_meaning)
{
    static const int codes[] = {0,
                                AF_CANCELLED,
                                AF_TIMEOUT,
                                AF_INVALID_STATE,
                                AF_RUNTIME_ERROR,
                                AF_VALUE_ERROR,
                                AF_GROUP,
                                AF_INCOMPLETE_READ,
                                AF_LIMIT_OVERRUN,
                                AF_INTERRUPTED,
                                AF_USER_ERROR,
                                -ECONNREFUSED};
    size_t count = sizeof codes / sizeof codes[0];
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            cr_assert(ne(str, (char *)af_strerror(codes[i]), (char *)af_strerror(codes[j])));
    cr_assert(eq(str, (char *)af_strerror(AF_USER_ERROR - 5), (char *)af_strerror(AF_USER_ERROR)));
    for (size_t i = 0; i < count; i++)
        cr_assert_null(strstr(af_strerror(codes[i]), "Unknown"), "%d", codes[i]);
}

Test(error, an_error_that_is_referenced_outlives_the_next_raise)
{
    af_raise(-EINVAL, "kept");
    af_error error = af_error_ref(af_raised(-EINVAL));
    af_raise(-EINVAL, "next");
    expect_text(error, "kept");
    af_error_unref(error);
}

Test(error, no_error_and_single_errors_have_no_members)
{
    cr_assert(zero(sz, af_error_count((af_error){0})));
    af_raise(-EIO, "one");
    cr_assert(zero(sz, af_error_count(af_raised(-EIO))));
    expect_code(af_error_member(af_raised(-EIO), 0).code, 0);
}

Test(error, a_group_keeps_its_members_in_order)
{
    af_error members[3] = {{.code = AF_TIMEOUT}};
    af_raise(-EIO, "second");
    members[1] = af_error_ref(af_raised(-EIO));
    members[2] = (af_error){.code = -EINVAL};
    af_error group, outer;
    expect_code(error_new_group(members, 3, &group), 0);
    af_error_unref(members[1]);
    expect_code(error_new_group(&group, 1, &outer), 0);
    af_error_unref(group);
    af_raise(-EIO, "something else");

    expect_code(outer.code, AF_GROUP);
    cr_assert(eq(sz, af_error_count(outer), 1));
    af_error inner = af_error_member(outer, 0);
    cr_assert(eq(sz, af_error_count(inner), 3));
    expect_code(af_error_member(inner, 0).code, AF_TIMEOUT);
    expect_text(af_error_member(inner, 1), "second");
    expect_code(af_error_member(inner, 2).code, -EINVAL);
    expect_code(af_error_member(inner, 3).code, 0);
    expect_text(outer, af_strerror(AF_GROUP));
    af_error_unref(outer);
}

static void *raise_elsewhere(void *arg)
{
    (void)arg;
    cr_assert_null(af_raised(-EIO).detail);
    af_raise(-EIO, "theirs");
    af_raise(0, NULL);
    return NULL;
}

Test(error, each_thread_has_its_own_error)
{
    pthread_t thread;
    af_raise(-EIO, "ours");
    pthread_create(&thread, NULL, raise_elsewhere, NULL);
    pthread_join(thread, NULL);
    expect_text(af_raised(-EIO), "ours");
}

/* ----------------------------------------------------------- through tasks */

static int fail_deeply(void *depth, void **ret_result)
{
    int left = *(int *)depth;
    if (left == 0)
        return af_raise(-ECONNRESET, "the bottom broke");
    left--;
    af_task *task;
    int r = af_create_task(fail_deeply, &left, NULL, &task);
    if (r < 0)
        return r;
    r = af_await(task, ret_result);
    af_future_unref(task);
    return r;
}

Test(error, a_text_propagates_through_awaiting_tasks)
{
    expect_code(run(fail_deeply, &(int){5}), -ECONNRESET);
    expect_text(af_raised(-ECONNRESET), "the bottom broke");
}

static int raise_and_sleep(void *name, void **ret_result)
{
    (void)ret_result;
    af_raise(-EIO, "%s's own", (char *)name);
    af_sleep(0);
    trace("%s", af_error_text(af_raised(-EIO)));
    return 0;
}

Test(error, a_suspended_task_keeps_its_error)
{
    af_raise(-EIO, "the test's own");
    spawn(raise_and_sleep, "a");
    spawn(raise_and_sleep, "b");
    settle();
    expect_trace("a's own b's own");
    expect_text(af_raised(-EIO), "the test's own");
}

static int fail_silently(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return -EPIPE;
}

Test(error, a_code_without_a_text_is_an_error_too)
{
    af_raise(-EPIPE, "of somebody else");
    expect_code(run(fail_silently, NULL), -EPIPE);
    expect_text(af_raised(-EPIPE), strerror(EPIPE));
}

Test(error, the_outcomes_of_a_gather_have_texts)
{
    af_future *children[] = {spawn(sleeper, &(struct actor){"a", .code = -EIO}),
                             spawn(sleeper, &(struct actor){"b", .code = -EIO})};
    af_future *gather;
    expect_code(af_gather(children, 2, true, &gather), 0);
    settle();
    void *result;
    expect_code(af_future_result(keep(gather), &result), 0);
    const af_outcome *outcomes = result;
    expect_text(outcomes[0].error, "a failed");
    expect_text(outcomes[1].error, "b failed");
}

Test(error, set_exception_uses_the_raised_text)
{
    af_future *future = new_future();
    af_future_set_exception(future, af_raise(-EIO, "noted"));
    af_raise(-EIO, "later");
    af_error error;
    expect_code(af_future_exception(future, &error), 0);
    expect_text(error, "noted");
}
