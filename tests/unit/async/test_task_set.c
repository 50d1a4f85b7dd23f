#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/task_set.h>

#include "virtual_clock.h"

static af_task_set *set;

static void open_set(void)
{
    open_loop();
    expect_code(af_task_set_new(&set), 0);
}

static void close_set(void)
{
    close_loop();
    af_task_set_free(set);
}

TestSuite(task_set, .init = open_set, .fini = close_set);

static int add(void *actor, void **ret_result)
{
    (void)ret_result;
    return af_task_set_create_task(set, sleeper, actor, NULL);
}

static int join(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_task_set_join(set);
    trace("%s:%s@%g", (char *)name, word(r), af_loop_time(loop));
    return r;
}

static void expect_count(size_t count)
{
    cr_assert(eq(sz, af_task_set_count(set), count));
}

static struct actor a = {"a", .delay = 1}, b = {"b", .delay = 2}, c = {"c", .delay = 3};

Test(task_set, tasks_are_removed_when_done)
{
    run(add, &b);
    run(add, &a);
    expect_count(2);
    tick(3);
    expect_trace("a:ok");
    expect_count(1);
    settle();
    expect_trace("b:ok");
    expect_count(0);
}

Test(task_set, a_task_is_removed_one_iteration_after_its_end)
{
    struct actor now = {.name = "now"};
    spawn(add, &now);
    tick(3);
    expect_trace("now:ok");
    expect_count(1);
    tick(1);
    expect_count(0);
}

Test(task_set, needs_a_running_loop)
{
    expect_code(af_task_set_create_task(set, sleeper, &a, NULL), AF_RUNTIME_ERROR);
    expect_count(0);
    af_task_set_free(NULL);
}

Test(task_set, join_waits_for_all)
{
    run(add, &a);
    run(add, &b);
    spawn(join, "one");
    spawn(join, "two");
    settle();
    expect_trace("a:ok b:ok one:ok@2 two:ok@2");
}

Test(task_set, join_of_an_empty_set_does_not_suspend)
{
    expect_code(af_task_set_join(set), 0);
    run(add, &a);
    expect_code(af_task_set_join(set), AF_RUNTIME_ERROR);
    settle();
    take_trace();
}

/* Adds another task at its end. */
static int add_and_end(void *arg, void **ret_result)
{
    int r = af_sleep(1);
    return r < 0 ? r : add(arg, ret_result);
}

static int add_adder(void *arg, void **ret_result)
{
    (void)ret_result;
    return af_task_set_create_task(set, add_and_end, arg, NULL);
}

Test(task_set, join_waits_for_tasks_added_meanwhile)
{
    run(add_adder, &c);
    spawn(join, "join");
    settle();
    expect_trace("c:ok join:ok@4");
}

static int join_and_add(void *arg, void **ret_result)
{
    int r = join("first", ret_result);
    return r < 0 ? r : add(arg, ret_result);
}

Test(task_set, a_task_added_after_a_join_keeps_other_joins_waiting)
{
    run(add, &a);
    spawn(join_and_add, &b);
    spawn(join, "second");
    settle();
    expect_trace("a:ok first:ok@1 b:ok second:ok@3");
}

Test(task_set, a_cancelled_join_cancels_no_task)
{
    run(add, &a);
    af_task *one = spawn(join, "one");
    spawn(join, "two");
    tick(1);
    af_future_cancel(one);
    settle();
    expect_trace("one:cancelled@0 a:ok two:ok@1");
}

Test(task_set, cancel_cancels_all_in_the_order_of_creation)
{
    run(add, &b);
    run(add, &a);
    spawn(join, "join");
    tick(1);
    af_task_set_cancel(set);
    expect_count(2);
    settle();
    expect_trace("b:cancelled a:cancelled join:ok@0");
    expect_reports("");
}

static int add_and_cancel(void *actor, void **ret_result)
{
    int r = add(actor, ret_result);
    af_task_set_cancel(set);
    return r;
}

Test(task_set, a_task_cancelled_before_its_first_step_never_runs)
{
    run(add_and_cancel, &a);
    settle();
    expect_trace("");
    expect_count(0);
}

Test(task_set, an_exception_that_was_not_retrieved_is_reported)
{
    struct actor failing = {"x", .delay = 1, .code = -EIO};
    run(add, &failing);
    run(add, &b);
    spawn(join, "join");
    settle();
    expect_trace("x:ok b:ok join:ok@2");
    expect_reports("exception was never retrieved: x failed");
}

static int own_argument(void *arg, void **ret_result)
{
    (void)ret_result;
    trace("%s", (char *)arg);
    return 0;
}

static void destroy_argument(void *arg)
{
    trace("free");
    free(arg);
}

static int add_owner(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    char *copy = strdup("owned");
    return af_task_set_create_task(set, own_argument, copy, destroy_argument);
}

Test(task_set, a_task_destroys_its_argument_when_removed)
{
    run(add_owner, NULL);
    settle();
    expect_trace("owned free");
}

Test(task_set, tasks_keep_running_after_free)
{
    run(add, &a);
    run(add_owner, NULL);
    tick(1);
    af_task_set_free(set);
    set = NULL;
    settle();
    expect_trace("owned free a:ok");
}

Test(task_set, can_be_freed_after_the_loop_of_its_tasks_is_closed)
{
    run(add, &a);
    run(add, &b);
    spawn(join, "join");
    tick(1);
}

Test(task_set, many_tasks_are_added_and_removed, .timeout = 20)
{
    struct actor nameless = {.delay = 1};
    for (int i = 0; i < many() / 10; i++)
        run(add, &nameless);
    spawn(join, "join");
    settle();
    expect_trace("join:ok@1");
    expect_count(0);
}
