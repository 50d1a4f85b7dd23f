/* Task groups: waiting, failures, cancellation of the group. */
#include <errno.h>

#include <afetch/task_group.h>

#include "task_group_suite.h"

static af_task_group *left;

TestSuite(task_group, .init = open_loop, .fini = close_loop);

/* ----------------------------------------------------------------- waiting */

Test(task_group, entering_outside_a_task_is_an_error)
{
    af_task_group *group = NULL;
    expect_code(af_task_group_enter(&group), AF_RUNTIME_ERROR);
    cr_assert_null(group);
}

Test(task_group, exit_without_tasks_does_not_suspend)
{
    spawn(hold_party, &(struct party){0});
    tick(1);
    expect_trace("group:ok 0");
}

/* CPython's test_taskgroup_01. */
Test(task_group, rule_51_its_exit_waits_for_all)
{
    struct party party = {
        .children = {{sleeper, {.name = "a", .delay = 2}}, {sleeper, {.name = "b", .delay = 1}}}};
    expect_code(run(hold_party, &party), 0);
    expect_trace("b:ok a:ok group:ok 0");
    cr_assert_eq(af_loop_time(loop), 2);
    void *result;
    expect_code(af_future_result(party.tasks[0], &result), 0);
    cr_assert(eq(str, result, "a"));
}

Test(task_group, rule_51_exit_does_not_suspend_if_all_tasks_are_done)
{
    struct party party = {
        .children = {{sleeper, {.name = "a", .delay = 1}}}, .sleeps = true, .sleep = 5};
    spawn(hold_party, &party);
    tick(6);
    expect_trace("a:ok");
    tick(1);
    expect_trace("body:ok group:ok 0");
}

Test(task_group, rule_10_two_iterations_from_the_end_of_the_last_child_to_the_exit)
{
    af_future *future = new_future();
    struct party party = {.children = {{awaiter, {.name = "a", .future = future}}}};
    spawn(hold_party, &party);
    tick(2);
    af_future_set_result(future, NULL, NULL);
    tick(1);
    expect_trace("a:ok");
    tick(1);
    expect_trace("");
    tick(1);
    expect_trace("group:ok 0");
}

static af_task_group *open_group;
static struct actor late = {.name = "late"};

static int create_in_open_group(void *arg, void **ret_result)
{
    (void)ret_result;
    int r = af_sleep(1);
    if (r >= 0)
        r = af_task_group_create_task(open_group, sleeper, arg, NULL, NULL);
    return r;
}

static int hold_open_group(void *arg, void **ret_result)
{
    (void)ret_result;
    expect_code(af_task_group_enter(&open_group), 0);
    int r = af_task_group_create_task(open_group, create_in_open_group, arg, NULL, NULL);
    r = af_task_group_exit(open_group, r);
    trace_exit("group", r);
    return r;
}

/* CPython's test_taskgroup_24. */
Test(task_group, rule_51_a_child_may_add_another_while_the_exit_waits)
{
    expect_code(run(hold_open_group, &(struct actor){"late", .delay = 5}), 0);
    expect_trace("late:ok group:ok 0");
    cr_assert_eq(af_loop_time(loop), 6);
}

/* ---------------------------------------------------------------- failures */

/* CPython's test_cancel_children_on_child_error. */
Test(task_group, rule_52_the_first_failure_cancels_siblings_and_body)
{
    struct party party = {.children = {{sleeper, {.name = "bad", .delay = 1, .code = -EIO}},
                                       {sleeper, {.name = "a", .delay = 9}},
                                       {sleeper, {.name = "b", .delay = 9}}},
                          .sleeps = true,
                          .sleep = 10};
    expect_code(run(hold_party, &party), AF_GROUP);
    expect_trace("bad:ok a:cancelled b:cancelled body:cancelled group: [ bad failed ] 0");
    cr_assert_eq(af_loop_time(loop), 1);
    cr_assert(af_future_cancelled(party.tasks[1]));
}

Test(task_group, rule_52_in_every_iteration)
{
    af_future *future = new_future();
    struct party party = {.children = {{awaiter, {.name = "bad", .future = future}},
                                       {sleeper, {.name = "a", .delay = 9}}},
                          .sleeps = true,
                          .sleep = 10};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    fail_later(future);
    tick(1);
    expect_trace("bad:broken");
    cr_assert(eq(uint, af_task_cancelling(parent), 0));
    tick(1);
    expect_trace("");
    cr_assert(eq(uint, af_task_cancelling(parent), 1));
    cr_assert(eq(uint, af_task_cancelling(party.tasks[1]), 1));
    tick(1);
    expect_trace("a:cancelled body:cancelled");
    tick(2);
    expect_trace("group: [ broken ] 0");
}

/* CPython's test_taskgroup_04. */
Test(task_group, rule_52_a_failure_while_the_exit_waits_cancels_the_siblings)
{
    struct party party = {.children = {{sleeper, {.name = "bad", .delay = 1, .code = -EIO}},
                                       {stubborn, {.name = "slow", .delay = 3}}}};
    expect_code(run(hold_party, &party), AF_GROUP);
    expect_trace("bad:ok slow:cancelled group: [ bad failed ] 0");
    cr_assert_eq(af_loop_time(loop), 4);
}

/* CPython's test_taskgroup_19. */
Test(task_group, rule_52_errors_are_in_the_order_of_completion_and_the_bodys_last)
{
    struct party party = {.children = {{stubborn, {.name = "slow", .delay = 5, .code = -EIO}},
                                       {stubborn, {.name = "quick", .delay = 2, .code = -EINVAL}},
                                       {sleeper, {.name = "first", .delay = 1, .code = -EPIPE}}},
                          .sleeps = true,
                          .sleep = 10,
                          .code = -ENOENT};
    expect_code(run(hold_party, &party), AF_GROUP);
    expect_trace("first:ok slow:cancelled quick:cancelled body:cancelled "
                 "group: [ first failed quick failed slow failed body failed ] 0");
}

Test(task_group, rule_52_all_failures_of_one_iteration_are_kept)
{
    struct party party = {.children = {{sleeper, {.name = "a", .delay = 1, .code = -EIO}},
                                       {sleeper, {.name = "b", .delay = 1, .code = -EIO}},
                                       {sleeper, {.name = "c", .delay = 1, .code = -EIO}}}};
    expect_code(run(hold_party, &party), AF_GROUP);
    expect_trace("a:ok b:ok c:ok group: [ a failed b failed c failed ] 0");
}

Test(task_group, rule_52_a_child_that_has_not_begun_never_runs)
{
    struct party party = {.children = {{return_code, {.code = -EIO}}}, .sleeps = true, .sleep = 9};
    spawn(hold_party, &party);
    tick(2);
    expect_code(af_task_group_create_task(party.group, sleeper, &late, NULL, NULL), 0);
    settle();
    expect_trace("body:cancelled group: [ Input/output error ] 0");
}

Test(task_group, errors_of_children_count_as_retrieved)
{
    struct party party = {.children = {{sleeper, {.name = "a", .delay = 1, .code = -EIO}},
                                       {stubborn, {.name = "b", .code = -EIO}}}};
    expect_code(run(hold_party, &party), AF_GROUP);
    cr_assert(not(af_future_unretrieved(party.tasks[0])));
    close_loop();
    expect_reports("");
    open_loop();
}

Test(task_group, its_tasks_need_no_reference)
{
    spawn(hold_open_group, &(struct actor){"late", .code = -EIO});
    settle();
    expect_trace("late:ok group: [ late failed ] 0");
    close_loop();
    expect_reports("exception was never retrieved: several errors");
    open_loop();
}

static int hold_many(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct actor bad = {.code = -EIO};
    af_task_group *group;
    expect_code(af_task_group_enter(&group), 0);
    for (int i = 0; i < 1000; i++)
        expect_code(af_task_group_create_task(group, return_code, &bad, NULL, NULL), 0);
    int r = af_task_group_exit(group, -EPIPE);
    cr_assert(eq(sz, af_error_count(af_raised(r)), 1));
    expect_code(af_task_group_enter(&group), 0);
    for (int i = 0; i < 1000; i++)
        expect_code(af_task_group_create_task(group, return_code, &bad, NULL, NULL), 0);
    expect_code(af_sleep(0), 0);
    r = af_task_group_exit(group, -EPIPE);
    cr_assert(eq(sz, af_error_count(af_raised(r)), 1001));
    expect_code(af_error_member(af_raised(r), 1000).code, -EPIPE);
    return r;
}

Test(task_group, keeps_the_errors_of_all_tasks)
{
    expect_code(run(hold_many, NULL), AF_GROUP);
}

/* --------------------------------------- its own cancellation, and others */

/* CPython's test_cancelling_level_preserved. */
Test(task_group, rule_53_its_own_cancellation_is_taken_back)
{
    struct party party = {.children = {{return_code, {.code = -EIO}}}, .goes_on = true};
    spawn(hold_party, &party);
    settle();
    expect_trace("group: [ Input/output error ] 0 after:ok");
}

Test(task_group, rule_53_even_if_the_body_swallowed_it)
{
    struct party party = {.children = {{return_code, {.code = -EIO}}},
                          .sleeps = true,
                          .sleep = 9,
                          .swallows = true,
                          .goes_on = true};
    spawn(hold_party, &party);
    settle();
    expect_trace("body:cancelled group: [ Input/output error ] 0 after:ok");
}

Test(task_group, rule_53_even_while_the_exit_waits)
{
    struct party party = {
        .children = {{return_code, {.code = -EIO}}}, .sleeps = true, .goes_on = true};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    expect_trace("body:ok");
    settle();
    expect_trace("group: [ Input/output error ] 0 after:ok");
    expect_result(parent, AF_GROUP);
}

static int cancelled_before(void *arg, void **ret_result)
{
    af_future_cancel(af_current_task());
    trace("before:%s", word(af_sleep(0)));
    return hold_party(arg, ret_result);
}

/* As in CPython, an earlier cancellation request counts as one from outside. */
Test(task_group, rule_53_earlier_cancellation_requests_are_kept)
{
    struct party good = {.children = {{sleeper, {.name = "a", .delay = 1}}}, .goes_on = true};
    spawn(cancelled_before, &good);
    settle();
    expect_trace("before:cancelled a:ok group:ok 1 after:ok");
    struct party bad = {.children = {{return_code, {.code = -EIO}}}, .goes_on = true};
    spawn(cancelled_before, &bad);
    settle();
    expect_trace("before:cancelled group: [ Input/output error ] 1 after:cancelled");
}

/* CPython's test_error_and_cancel. */
Test(task_group, rule_53_a_cancel_from_outside_is_delivered_at_the_next_await)
{
    struct party party = {.children = {{sleeper, {.name = "bad", .code = -EIO}}},
                          .sleeps = true,
                          .sleep = 9,
                          .goes_on = true};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("bad:ok body:cancelled group: [ bad failed ] 1 after:cancelled");
}

Test(task_group, rule_53_a_cancel_from_outside_in_the_same_iteration_is_distinguished)
{
    struct party party = {
        .children = {{return_code, {.code = -EIO}}}, .sleeps = true, .sleep = 9, .goes_on = true};
    af_task *parent = spawn(hold_party, &party);
    tick(3);
    cr_assert(eq(uint, af_task_cancelling(parent), 1));
    af_future_cancel(parent);
    settle();
    expect_trace("body:cancelled group: [ Input/output error ] 1 after:cancelled");
}

static int nest_groups(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct actor bad = {.code = -EIO};
    af_task_group *outer, *inner;
    expect_code(af_task_group_enter(&outer), 0);
    expect_code(af_task_group_enter(&inner), 0);
    expect_code(af_task_group_create_task(inner, return_code, &bad, NULL, NULL), 0);
    expect_code(af_task_group_create_task(outer, return_code, &bad, NULL, NULL), 0);
    trace_exit("inner", af_task_group_exit(inner, 0));
    trace_exit("outer", af_task_group_exit(outer, 0));
    return 0;
}

/* CPython's test_nested_groups_both_cancelled. */
Test(task_group, rule_53_nested_groups_take_back_their_own_cancellations)
{
    run(nest_groups, NULL);
    expect_trace("inner: [ Input/output error ] 1 outer: [ Input/output error ] 0");
}

/* ----------------------------------------------------------------- too late */

static void never_called(void *arg)
{
    (void)arg;
    cr_assert(false, "the argument of a task that was not made is the caller's");
}

static void expect_too_late(void)
{
    af_task *task = NULL;
    expect_code(af_task_group_create_task(open_group, sleeper, &late, never_called, &task),
                AF_RUNTIME_ERROR);
    cr_assert_null(task);
}

static int create_when_cancelled(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_sleep(1000);
    trace("sibling:%s", word(r));
    expect_too_late();
    return r;
}

static int hold_latecomer(void *code_of_body, void **ret_result)
{
    (void)ret_result;
    int code = *(int *)code_of_body;
    struct actor bad = {.name = "bad", .delay = 1, .code = -EIO};
    expect_code(af_task_group_enter(&open_group), 0);
    expect_code(af_task_group_create_task(open_group, create_when_cancelled, NULL, NULL, NULL), 0);
    if (code == 0)
        expect_code(af_task_group_create_task(open_group, sleeper, &bad, NULL, NULL), 0);
    expect_code(af_sleep(0), 0);
    int r = af_task_group_exit(open_group, code);
    trace_exit("group", r);
    return r;
}

/* CPython's test_taskgroup_no_create_task_after_failure. */
Test(task_group, rule_57_create_task_fails_after_a_failure)
{
    expect_code(run(hold_latecomer, &(int){0}), AF_GROUP);
    expect_trace("bad:ok sibling:cancelled group: [ bad failed ] 0");
    expect_code(run(hold_latecomer, &(int){-EPIPE}), AF_GROUP);
    expect_trace("sibling:cancelled group: [ Broken pipe ] 0");
}

Test(task_group, rule_57_create_task_fails_after_a_cancellation)
{
    af_task *parent = spawn(hold_latecomer, &(int){0});
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("sibling:cancelled bad:cancelled group: cancelled 1");
}

/* CPython's test_taskgroup_finished, as far as it applies: the exit frees the group. */
Test(task_group, rule_57_create_task_fails_once_all_tasks_are_done_in_the_exit)
{
    struct party party = {.children = {{return_code, {.code = 0}}}};
    spawn(hold_party, &party);
    tick(3);
    cr_assert(af_future_done(party.tasks[0]));
    open_group = party.group;
    expect_too_late();
    tick(1);
    expect_trace("group:ok 0");
}

/* CPython's test_taskgroup_23. */
Test(task_group, rule_57_create_task_works_in_the_body_after_all_tasks_are_done)
{
    struct party party = {.children = {{return_code, {.code = 0}}}, .sleeps = true, .sleep = 5};
    spawn(hold_party, &party);
    tick(3);
    expect_code(af_task_group_create_task(party.group, sleeper, &late, NULL, NULL), 0);
    settle();
    expect_trace("late:ok body:ok group:ok 0");
}

static void trace_destroyed(void *arg)
{
    trace("destroyed:%s", ((const struct actor *)arg)->name);
}

Test(task_group, a_task_destroys_its_argument)
{
    struct party party = {.sleeps = true};
    spawn(hold_party, &party);
    tick(1);
    expect_code(af_task_group_create_task(party.group, sleeper, &late, trace_destroyed, NULL), 0);
    settle();
    expect_trace("body:ok late:ok destroyed:late group:ok 0");
}

/* ------------------------------------------------------------------ misuse */

static int sleep_and_fail(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_sleep(1);
    return af_raise(-EIO, "the child failed");
}

static int leave_without_exit(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(af_task_group_enter(&left), 0);
    return af_task_group_create_task(left, sleep_and_fail, NULL, NULL, NULL);
}

static int sleep_innocently(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(2);
}

Test(task_group, a_group_without_exit_cancels_no_other_task)
{
    listen_to(loop);
    af_task *leaver;
    expect_code(af_loop_create_task(loop, leave_without_exit, NULL, NULL, &leaver), 0);
    expect_code(af_loop_run_until_complete(loop, leaver, NULL), 0);
    af_future_unref(leaver);
    af_task *innocent;
    expect_code(af_loop_create_task(loop, sleep_innocently, NULL, NULL, &innocent), 0);
    expect_code(af_loop_run_until_complete(loop, innocent, NULL), 0);
    af_future_unref(innocent);
    expect_code(af_task_group_exit(left, 0), AF_GROUP);
}
