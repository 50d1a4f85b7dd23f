/* Task groups: cancelled children, errors of the body, and a cancelled parent. */
#include <errno.h>

#include <afetch/task_group.h>

#include "task_group_suite.h"

/* ------------------------------------------------------ cancelled children */

/* CPython's test_taskgroup_03. */
Test(task_group, rule_54_a_cancelled_child_has_no_effect)
{
    struct party party = {
        .children = {{sleeper, {.name = "a", .delay = 9}}, {sleeper, {.name = "b", .delay = 2}}}};
    spawn(hold_party, &party);
    tick(2);
    af_future_cancel(party.tasks[0]);
    settle();
    expect_trace("a:cancelled b:ok group:ok 0");
    cr_assert(af_future_cancelled(party.tasks[0]));
    cr_assert_eq(af_loop_time(loop), 2);
}

Test(task_group, rule_54_a_child_that_cancels_itself_has_no_effect)
{
    struct party party = {
        .children = {{return_code, {.code = AF_CANCELLED}}, {sleeper, {.name = "b", .delay = 2}}}};
    expect_code(run(hold_party, &party), 0);
    expect_trace("b:ok group:ok 0");
}

/* ------------------------------------------------------ an error of the body */

/* CPython's test_taskgroup_09. */
Test(task_group, rule_55_an_error_of_the_body_cancels_the_children)
{
    struct party party = {.children = {{sleeper, {.name = "a", .delay = 5}},
                                       {stubborn, {.name = "slow", .delay = 3}}},
                          .sleeps = true,
                          .sleep = 1,
                          .code = -EIO,
                          .goes_on = true};
    spawn(hold_party, &party);
    settle();
    expect_trace("body:ok a:cancelled slow:cancelled group: [ body failed ] 0 after:ok");
    cr_assert_eq(af_loop_time(loop), 5);
}

/* CPython's test_taskgroup_10. */
Test(task_group, rule_55_children_that_have_not_begun_never_run)
{
    struct party party = {.children = {{sleeper, {.name = "a"}}, {sleeper, {.name = "b"}}},
                          .code = -EIO};
    expect_code(run(hold_party, &party), AF_GROUP);
    expect_trace("group: [ body failed ] 0");
    cr_assert(af_future_cancelled(party.tasks[0]));
    cr_assert(af_future_cancelled(party.tasks[1]));
}

Test(task_group, rule_55_the_error_of_the_body_alone_is_a_group)
{
    expect_code(run(hold_party, &(struct party){.code = -EIO}), AF_GROUP);
    expect_trace("group: [ body failed ] 0");
}

Test(task_group, rule_55_later_errors_of_children_come_before_that_of_the_body)
{
    struct party party = {.children = {{stubborn, {.name = "a", .code = -EPIPE}}},
                          .sleeps = true,
                          .sleep = 1,
                          .code = -EIO};
    expect_code(run(hold_party, &party), AF_GROUP);
    expect_trace("body:ok a:cancelled group: [ a failed body failed ] 0");
}

/* -------------------------------------------------- the parent is cancelled */

/* CPython's test_cancellation and test_taskgroup_22. */
Test(task_group, rule_56_cancelled_while_the_exit_waits_it_cancels_and_awaits_the_children)
{
    struct party party = {.children = {{sleeper, {.name = "a", .delay = 9}},
                                       {stubborn, {.name = "slow", .delay = 3}}}};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("a:cancelled slow:cancelled group: cancelled 1");
    cr_assert(af_future_cancelled(parent));
    cr_assert_eq(af_loop_time(loop), 3);
}

/* CPython's test_taskgroup_07. */
Test(task_group, rule_56_cancelled_in_the_body_it_cancels_and_awaits_the_children)
{
    struct party party = {
        .children = {{stubborn, {.name = "slow", .delay = 3}}}, .sleeps = true, .sleep = 9};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("body:cancelled slow:cancelled group: cancelled 1");
    cr_assert(af_future_cancelled(parent));
}

/* CPython's test_taskgroup_17. */
Test(task_group, rule_56_without_children_it_is_just_cancelled)
{
    struct party party = {.sleeps = true, .sleep = 9};
    af_task *parent = spawn(hold_party, &party);
    tick(1);
    af_future_cancel(parent);
    tick(1);
    expect_trace("body:cancelled group: cancelled 1");
    cr_assert(af_future_cancelled(parent));
}

Test(task_group, rule_56_repeated_cancellation_does_not_end_the_exit)
{
    struct party party = {.children = {{stubborn, {.name = "slow", .delay = 3}}}};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    for (int i = 0; i < 3; i++) {
        af_future_cancel(parent);
        tick(1);
    }
    expect_trace("slow:cancelled");
    cr_assert(eq(uint, af_task_cancelling(party.tasks[0]), 1));
    settle();
    expect_trace("group: cancelled 3");
    cr_assert_eq(af_loop_time(loop), 3);
}

Test(task_group, rule_56_a_cancel_as_the_last_child_ends_is_a_cancel)
{
    af_future *future = new_future();
    struct party party = {.children = {{awaiter, {.name = "a", .future = future}}}};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    af_future_set_result(future, NULL, NULL);
    tick(2);
    expect_trace("a:ok");
    af_future_cancel(parent);
    tick(1);
    expect_trace("group: cancelled 1");
}

/* CPython's test_taskgroup_08. */
Test(task_group, rule_56_errors_take_precedence_over_the_cancellation)
{
    for (int body_sleeps = 0; body_sleeps < 2; body_sleeps++) {
        struct party party = {.children = {{stubborn, {.name = "a", .code = -EIO}},
                                           {stubborn, {.name = "b", .code = -EPIPE}}},
                              .sleeps = body_sleeps,
                              .sleep = 9};
        af_task *parent = spawn(hold_party, &party);
        tick(2);
        af_future_cancel(parent);
        settle();
        expect_trace(body_sleeps
                         ? "body:cancelled a:cancelled b:cancelled group: [ a failed b failed ] 1"
                         : "a:cancelled b:cancelled group: [ a failed b failed ] 1");
        expect_result(parent, AF_GROUP);
    }
}

/* CPython's test_taskgroup_15. */
Test(task_group, rule_56_an_error_during_the_body_takes_precedence)
{
    struct party party = {.children = {{sleeper, {.name = "bad", .delay = 3, .code = -EIO}}},
                          .sleeps = true,
                          .sleep = 9,
                          .lingers = 5};
    af_task *parent = spawn(hold_party, &party);
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("body:cancelled bad:ok lingering:cancelled group: [ bad failed ] 1");
    expect_result(parent, AF_GROUP);
    cr_assert_eq(af_loop_time(loop), 3);
}

/* CPython's test_taskgroup_18. */
Test(task_group, rule_56_an_error_that_the_body_returns_takes_precedence)
{
    struct party party = {.sleeps = true, .sleep = 9, .code = -EIO, .goes_on = true};
    af_task *parent = spawn(hold_party, &party);
    tick(1);
    af_future_cancel(parent);
    settle();
    expect_trace("body:cancelled group: [ body failed ] 1 after:cancelled");
    expect_result(parent, AF_GROUP);
}

/* An outer group with a child, around an inner group with another. */
struct nest {
    struct child outer, inner;
};

static int nest_two(void *arg, void **ret_result)
{
    struct nest *nest = arg;
    (void)ret_result;
    af_task_group *outer, *inner;
    expect_code(af_task_group_enter(&outer), 0);
    expect_code(
        af_task_group_create_task(outer, nest->outer.coroutine, &nest->outer.actor, NULL, NULL), 0);
    expect_code(af_task_group_enter(&inner), 0);
    expect_code(
        af_task_group_create_task(inner, nest->inner.coroutine, &nest->inner.actor, NULL, NULL), 0);
    int r = af_task_group_exit(inner, 0);
    trace_exit("inner", r);
    r = af_task_group_exit(outer, r);
    trace_exit("outer", r);
    return r;
}

/* CPython's test_taskgroup_12. */
Test(task_group, rule_56_nested_groups_are_cancelled_together)
{
    struct nest nest = {{sleeper, {.name = "a", .delay = 9}}, {sleeper, {.name = "b", .delay = 9}}};
    af_task *parent = spawn(nest_two, &nest);
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("b:cancelled inner: cancelled 1 a:cancelled outer: cancelled 1");
    nest.inner = (struct child){stubborn, {.name = "b", .code = -EIO}};
    parent = spawn(nest_two, &nest);
    tick(2);
    af_future_cancel(parent);
    settle();
    expect_trace("b:cancelled inner: [ b failed ] 1 a:cancelled outer: [ [ b failed ] ] 1");
}

/* CPython's test_taskgroup_13. */
Test(task_group, rule_56_a_failure_in_the_outer_group_cancels_the_inner)
{
    struct nest nest = {{sleeper, {.name = "a", .delay = 1, .code = -EIO}},
                        {sleeper, {.name = "b", .delay = 9}}};
    expect_code(run(nest_two, &nest), AF_GROUP);
    expect_trace("a:ok b:cancelled inner: cancelled 1 outer: [ a failed ] 0");
}

/* CPython's test_taskgroup_14. */
Test(task_group, rule_55_a_failure_in_the_inner_group_is_an_error_of_the_outer_body)
{
    struct nest nest = {{sleeper, {.name = "a", .delay = 9}},
                        {sleeper, {.name = "b", .delay = 1, .code = -EIO}}};
    expect_code(run(nest_two, &nest), AF_GROUP);
    expect_trace("b:ok inner: [ b failed ] 0 a:cancelled outer: [ [ b failed ] ] 0");
}
