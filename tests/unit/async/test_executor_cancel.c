/* Executors: cancelled calls, closing of loops and executors, failures to create threads. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include <afetch/executor.h>
#include <afetch/run.h>
#include <afetch/wait.h>

#include "executor_suite.h"

/* ---------------------------------------------------------------- cancelled */

/* Occupies the executor's only thread until go is posted. */
struct held {
    sem_t begun;
    sem_t go;
    struct job job;
    af_future *future;
};

static void hold(struct held *held)
{
    *held = (struct held){0};
    sem_init(&held->begun, 0, 0);
    sem_init(&held->go, 0, 0);
    held->job = (struct job){.begun = &held->begun, .go = &held->go};
    held->future = submit(&held->job);
    sem_wait(&held->begun);
}

static void held_free(struct held *held)
{
    af_future_unref(held->future);
    sem_destroy(&held->begun);
    sem_destroy(&held->go);
}

Test(executor, a_call_cancelled_before_it_begins_never_runs)
{
    struct held held;
    struct job first = {0}, second = {0};
    hold(&held);
    af_future *cancelled = submit(&first), *other = submit(&second);
    cr_assert(af_future_cancel(cancelled));
    cr_assert_not(af_future_cancel(cancelled));
    expect_code(first.destroyed, 0);
    af_future_unref(cancelled);
    expect_destroyed_here(&first);
    sem_post(&held.go);
    expect_code(wait_until_done(other, NULL), 0);
    expect_code(first.runs, 0);
    expect_code(second.runs, 1);
    af_future_unref(other);
    held_free(&held);
}

Test(executor, a_call_cancelled_while_it_runs_is_not_stopped_and_its_result_dropped)
{
    struct held held;
    hold(&held);
    cr_assert(af_future_cancel(held.future));
    expect_code(wait_until_done(held.future, NULL), AF_CANCELLED);
    af_future_unref(held.future);
    held.future = NULL;
    expect_code(held.job.destroyed, 0);
    sem_post(&held.go);
    while (held.job.destroyed == 0)
        tick(1);
    expect_code(held.job.runs, 1);
    expect_destroyed_here(&held.job);
    held_free(&held);
}

static int wait_shortly(void *arg, void **ret_result)
{
    (void)ret_result;
    struct held *held = arg;
    af_future *future;
    expect_code(af_run_in_executor(NULL, work, &held->job, destroy, &future), 0);
    sem_wait(&held->begun);
    int r = af_wait_for(future, 0.001, NULL);
    expect_code(held->job.runs, 0);
    af_future_unref(future);
    sem_post(&held->go);
    return r;
}

static int to_thread(void *arg, void **ret_result)
{
    struct held *held = arg;
    return af_to_thread(work, &held->job, destroy, ret_result);
}

static int to_thread_shortly(void *arg, void **ret_result)
{
    struct held *held = arg;
    af_task *task;
    expect_code(af_create_task(to_thread, held, NULL, &task), 0);
    expect_code(af_sleep(0), 0);
    sem_wait(&held->begun);
    int r = af_wait_for(task, 0.001, ret_result);
    expect_code(held->job.runs, 0);
    af_future_unref(task);
    sem_post(&held->go);
    return r;
}

/* af_run() waits for the thread and then destroys the argument. */
static void expect_timeout(af_coroutine *main)
{
    struct held held = {0};
    sem_init(&held.begun, 0, 0);
    sem_init(&held.go, 0, 0);
    held.job = (struct job){.begun = &held.begun, .go = &held.go};
    expect_code(af_run(NULL, main, &held, NULL), AF_TIMEOUT);
    expect_code(held.job.runs, 1);
    expect_destroyed_here(&held.job);
    held_free(&held);
}

Test(executor, a_timeout_does_not_wait_for_the_thread)
{
    expect_timeout(wait_shortly);
    expect_timeout(to_thread_shortly);
}

/* ------------------------------------------------------------------ the end */

static void *post(void *go)
{
    sem_post(go);
    return NULL;
}

/* Closes the loop while a call runs and others are queued, and continues with a new loop. */
static void close_over(struct held *held, struct job *waiting)
{
    af_future *queued = submit(waiting);
    pthread_t poster;
    pthread_create(&poster, NULL, post, &held->go);
    close_loop();
    pthread_join(poster, NULL);
    expect_code(held->job.runs, 1);
    expect_code(waiting->runs, 1);
    cr_assert_not(af_future_done(queued));
    cr_assert(af_future_cancel(queued));
    af_future_unref(queued);
    expect_destroyed_here(waiting);
    open_real_loop();
}

Test(executor, closing_the_loop_waits_for_its_calls)
{
    struct held held;
    struct job waiting = {0};
    hold(&held);
    close_over(&held, &waiting);
    held_free(&held);
    expect_destroyed_here(&held.job);
}

Test(executor, closing_the_loop_frees_the_default_executor)
{
    af_executor_free(executor);
    executor = NULL;
    struct held held;
    struct job waiting = {0};
    hold(&held);
    close_over(&held, &waiting);
    held_free(&held);
    expect_destroyed_here(&held.job);
}

static int sleep_long(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(1000);
}

Test(executor, a_loop_may_be_closed_with_undelivered_results)
{
    struct job job = {0};
    af_future *future = submit(&job);
    spawn(sleep_long, NULL);
    af_executor_free(executor);
    executor = NULL;
    close_loop();
    expect_code(job.runs, 1);
    af_future_unref(future);
    expect_destroyed_here(&job);
    open_real_loop();
}

Test(executor, a_loop_may_be_closed_with_a_task_that_awaits_a_call)
{
    struct job job = {0};
    struct actor actor = {.future = submit(&job)};
    spawn(awaiter, &actor);
    tick(1);
    close_loop();
    expect_code(job.runs, 1);
    af_future_unref(actor.future);
    expect_destroyed_here(&job);
    expect_reports("a pending task was destroyed: Task-1");
    open_real_loop();
}

Test(executor, freeing_an_executor_runs_its_queued_calls)
{
    struct held held;
    struct job jobs[10] = {0};
    af_future *futures[10];
    hold(&held);
    for (int i = 0; i < 10; i++)
        futures[i] = submit(&jobs[i]);
    af_future_cancel(futures[4]);
    sem_post(&held.go);
    af_executor_free(executor);
    executor = NULL;
    for (int i = 0; i < 10; i++) {
        expect_code(jobs[i].runs, i == 4 ? 0 : 1);
        cr_assert_eq(af_future_done(futures[i]), i == 4);
    }
    cr_assert(af_future_cancel(futures[5]), "its executor is gone, but its loop is not");
    expect_code(wait_until_done(futures[9], NULL), 0);
    for (int i = 0; i < 10; i++) {
        af_future_unref(futures[i]);
        expect_destroyed_here(&jobs[i]);
    }
    held_free(&held);
}

static int trace_done(af_future *future, void *arg)
{
    (void)future, (void)arg;
    trace("done");
    return 0;
}

static int leave_a_call(void *arg, void **ret_result)
{
    (void)ret_result;
    af_future *future;
    int r = af_run_in_executor(NULL, work, arg, destroy, &future);
    if (r >= 0)
        r = af_future_add_done_callback(future, trace_done, NULL);
    if (r >= 0)
        af_future_unref(future);
    return r;
}

Test(executor, rule_68_run_waits_for_threads_and_runs_their_callbacks)
{
    struct job job = {0};
    expect_code(af_run(NULL, leave_a_call, &job, NULL), 0);
    expect_trace("done");
    expect_destroyed_here(&job);
}

/* ---------------------------------------------------------- without threads */

/* A stack size for which no thread can be created. */
static int submit_with_vast_stack(void *arg, void **ret_result)
{
    (void)ret_result;
    pthread_attr_t before, vast;
    pthread_getattr_default_np(&before);
    pthread_attr_init(&vast);
    cr_assert_eq(pthread_attr_setstacksize(&vast, (size_t)1 << 60), 0);
    cr_assert_eq(pthread_setattr_default_np(&vast), 0);
    af_future *future;
    int r = af_run_in_executor(executor, work, arg, destroy, &future);
    pthread_setattr_default_np(&before);
    pthread_attr_destroy(&before);
    pthread_attr_destroy(&vast);
    return r;
}

Test(executor, if_no_thread_can_be_created_the_caller_keeps_the_argument)
{
    struct job job = {0};
    expect_code(run(submit_with_vast_stack, &job), -EAGAIN);
    expect_code(job.destroyed, 0);
}
