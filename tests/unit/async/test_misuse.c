/* Calls outside a task or with an object of another loop fail and have no effect. */
#include <errno.h>

#include <afetch/afetch.h>

#include "virtual_clock.h"

static af_loop *other;
static af_future *foreign;

static void open_two_loops(void)
{
    open_loop();
    expect_code(af_loop_new(&virtual_clock, &other), 0);
    expect_code(af_future_new(other, &foreign), 0);
}

static void close_two_loops(void)
{
    af_future_unref(foreign);
    af_loop_close(other);
    close_loop();
}

TestSuite(misuse, .init = open_two_loops, .fini = close_two_loops);

/* ---------------------------------------------------------------- another loop */

static int wait_for_another_loops(void *arg, void **ret_result)
{
    (void)ret_result;
    af_future *children[] = {arg, foreign};
    expect_code(af_wait(children, 2, AF_FOREVER, AF_ALL_COMPLETED), AF_VALUE_ERROR);
    expect_code(af_wait_for(foreign, 0, NULL), AF_RUNTIME_ERROR);
    expect_code(af_wait_for(foreign, 1, NULL), AF_RUNTIME_ERROR);
    af_as_completed *iterator;
    expect_code(af_as_completed_new(children, 2, 1, &iterator), AF_VALUE_ERROR);
    af_future *all;
    expect_code(af_gather(children, 2, false, &all), AF_VALUE_ERROR);
    return 0;
}

Test(misuse, a_future_of_another_loop_is_an_error)
{
    expect_code(run(wait_for_another_loops, new_future()), 0);
    cr_assert(not(af_future_done(foreign)));
    expect_code(af_loop_run_until_complete(loop, foreign, NULL), AF_VALUE_ERROR);
}

/* ------------------------------------------------------------- outside of tasks */

static af_task_group *group;

static int enter_and_leave(void *arg, void **ret_result)
{
    (void)ret_result;
    int r = af_task_group_enter(&group);
    if (r >= 0)
        r = af_task_group_create_task(group, sleeper, arg, NULL, NULL);
    if (r >= 0)
        r = af_sleep(2);
    return r < 0 ? r : af_task_group_exit(group, 0);
}

static int exit_group(void *arg)
{
    (void)arg;
    return af_task_group_exit(group, -EIO);
}

Test(misuse, exiting_a_task_group_outside_a_task_is_an_error)
{
    af_task *task = spawn(enter_and_leave, &(struct actor){"child", .delay = 3});
    af_loop_call_later(loop, 1, exit_group, NULL, NULL);
    settle();
    expect_code(af_future_result(task, NULL), 0);
    expect_trace("child:ok");
    expect_reports(
        "exception in a callback: no task is running: only coroutines run as a task can suspend");
}

static int hold_the_lock(void *condition, void **ret_result)
{
    (void)ret_result;
    expect_code(af_condition_acquire(condition), 0);
    return af_sleep(0);
}

Test(misuse, waiting_for_a_condition_outside_a_task_is_an_error)
{
    af_condition *condition;
    expect_code(af_condition_new(NULL, &condition), 0);
    expect_code(run(hold_the_lock, condition), 0);
    spawn(hold_the_lock, condition); /* waits for it */
    tick(1);
    expect_code(af_condition_wait(condition), AF_RUNTIME_ERROR);
    cr_assert(af_condition_locked(condition));
    af_condition_release(condition);
    settle();
    af_condition_free(condition);
}

/* ------------------------------------------------------------------- too late */

Test(misuse, there_is_no_next_task_after_a_done_one)
{
    static const struct actor actors[] = {{.delay = 1}, {.delay = 2}};
    af_task *first = spawn(sleeper, (void *)&actors[0]);
    af_task *second = spawn(sleeper, (void *)&actors[1]);
    cr_assert_eq(af_next_task(first), second);
    tick(3);
    cr_assert(af_future_done(first));
    cr_assert_null(af_next_task(first));
    cr_assert_eq(af_first_task(loop), second);
}
