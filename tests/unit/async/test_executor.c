/* Executors. The functions wait for semaphores of the tests instead of sleeping. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/executor.h>
#include <afetch/gather.h>

#include "executor_suite.h"

af_executor *executor;

static void setup(void)
{
    open_real_loop();
    expect_code(af_executor_new(1, &executor), 0);
}

static void teardown(void)
{
    close_loop();
    af_executor_free(executor);
}

TestSuite(executor, .init = setup, .fini = teardown, .timeout = 30);

/* --------------------------------------------------------------- a result */

Test(executor, rule_69_a_call_runs_in_a_thread_and_its_result_is_delivered_in_the_loop)
{
    struct job job = {.value = 7};
    af_future *future = submit(&job);
    void *result;
    expect_code(wait_until_done(future, &result), 0);
    cr_assert_eq(result, &job.value);
    cr_assert_not(pthread_equal(job.thread, pthread_self()));
    expect_code(job.destroyed, 0);
    af_future_unref(future);
    expect_destroyed_here(&job);
}

Test(executor, an_error_has_its_text)
{
    struct job job = {.value = 7, .code = -EIO};
    af_future *future = submit(&job);
    int r = wait_until_done(future, NULL);
    expect_code(r, -EIO);
    cr_assert(eq(str, (char *)word(r), "job 7 failed"));
    af_future_unref(future);
    expect_destroyed_here(&job);
}

Test(executor, an_error_that_is_not_awaited_is_reported)
{
    struct job job = {.value = 7, .code = -EIO};
    af_future *future = submit(&job);
    while (!af_future_done(future))
        tick(1);
    af_future_unref(future);
    expect_reports("exception was never retrieved: job 7 failed");
}

static int fail_without_text(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_raise(-EIO, "not this one");
    return -EPIPE;
}

static int fail_in_a_thread(void *arg, void **ret_result)
{
    return af_to_thread(fail_without_text, arg, NULL, ret_result);
}

Test(executor, an_error_without_text_gets_no_earlier_text)
{
    int r = run(fail_in_a_thread, NULL);
    expect_code(r, -EPIPE);
    cr_assert(eq(str, (char *)word(r), (char *)af_strerror(-EPIPE)));
}

Test(executor, a_call_that_returns_af_cancelled_is_cancelled)
{
    struct job job = {.code = AF_CANCELLED};
    af_future *future = submit(&job);
    expect_code(wait_until_done(future, NULL), AF_CANCELLED);
    cr_assert(af_future_cancelled(future));
    af_future_unref(future);
}

static int is_blocked(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    return sigismember(&blocked, SIGINT) == 1 && sigismember(&blocked, SIGTERM) == 1 ? 0 : -EIO;
}

static int ask_whether_blocked(void *arg, void **ret_result)
{
    return af_to_thread(is_blocked, arg, NULL, ret_result);
}

Test(executor, signals_are_blocked_in_threads)
{
    expect_code(run(ask_whether_blocked, NULL), 0);
}

/* ------------------------------------------------------------ many of them */

static int append_value(void *arg, void **ret_result)
{
    static char order[16]; /* written by one thread only */
    strcat(order, arg);
    *ret_result = order;
    return 0;
}

static int submit_in_order(void *arg, void **ret_result)
{
    (void)arg;
    static const char *const letters[] = {"a", "b", "c", "d", "e"};
    af_future *futures[5];
    for (int i = 0; i < 5; i++)
        expect_code(
            af_run_in_executor(executor, append_value, (void *)letters[i], NULL, &futures[i]), 0);
    int r = af_await(futures[4], ret_result);
    for (int i = 0; i < 5; i++)
        af_future_unref(futures[i]);
    return r;
}

Test(executor, one_thread_runs_calls_in_order)
{
    void *order;
    expect_code(af_loop_run_until_complete(loop, spawn(submit_in_order, NULL), &order), 0);
    cr_assert(eq(str, order, "abcde"));
}

struct crowd {
    pthread_barrier_t barrier;
    atomic_int inside;
    atomic_int most;
    atomic_int ran;
};

static int enter(void *arg, void **ret_result)
{
    (void)ret_result;
    struct crowd *crowd = arg;
    int inside = atomic_fetch_add(&crowd->inside, 1) + 1, most = atomic_load(&crowd->most);
    while (inside > most && !atomic_compare_exchange_weak(&crowd->most, &most, inside))
        ;
    /* Each waits for all others, so they finish only if they run concurrently. */
    pthread_barrier_wait(&crowd->barrier);
    atomic_fetch_add(&crowd->ran, 1);
    atomic_fetch_sub(&crowd->inside, 1);
    return 0;
}

static int gather_crowd(struct crowd *crowd, af_executor *in, size_t count)
{
    af_future **futures = calloc(count, sizeof *futures), *all;
    cr_assert_not_null(futures);
    for (size_t i = 0; i < count; i++)
        expect_code(af_run_in_executor(in, enter, crowd, NULL, &futures[i]), 0);
    int r = af_gather(futures, count, false, &all);
    for (size_t i = 0; i < count; i++)
        af_future_unref(futures[i]);
    free(futures);
    if (r < 0)
        return r;
    r = af_await(all, NULL);
    af_future_unref(all);
    return r;
}

static int crowd_main(void *arg, void **ret_result)
{
    (void)ret_result;
    af_executor *four;
    expect_code(af_executor_new(4, &four), 0);
    int r = gather_crowd(arg, four, 100);
    af_executor_free(four);
    return r;
}

Test(executor, the_number_of_threads_limits_concurrency)
{
    struct crowd crowd = {0};
    pthread_barrier_init(&crowd.barrier, NULL, 4);
    expect_code(run(crowd_main, &crowd), 0);
    expect_code(atomic_load(&crowd.ran), 100);
    expect_code(atomic_load(&crowd.most), 4);
    pthread_barrier_destroy(&crowd.barrier);
}

static int thousand_main(void *arg, void **ret_result)
{
    (void)ret_result;
    return gather_crowd(arg, NULL, 1000);
}

Test(executor, runs_a_thousand_calls_in_the_default_executor)
{
    struct crowd crowd = {0};
    pthread_barrier_init(&crowd.barrier, NULL, 1);
    expect_code(run(thousand_main, &crowd), 0);
    expect_code(atomic_load(&crowd.ran), 1000);
    cr_assert_leq(atomic_load(&crowd.most), 32);
    pthread_barrier_destroy(&crowd.barrier);
}

Test(executor, an_idle_thread_is_reused)
{
    af_executor *many_threads;
    expect_code(af_executor_new(100, &many_threads), 0);
    struct job first = {0};
    af_future *future = submit_to(many_threads, &first);
    expect_code(wait_until_done(future, NULL), 0);
    af_future_unref(future);
    af_executor_free(many_threads);
    expect_code(first.runs, 1);
}

/* -------------------------------------------------------------- the loop */

struct turning {
    struct job job;
    int turns;
};

static int turn(void *arg, void **ret_result)
{
    (void)ret_result;
    struct turning *turning = arg;
    while (turning->turns < 100) {
        int r = af_sleep(0);
        if (r < 0)
            return r;
        turning->turns++;
    }
    sem_post(turning->job.go);
    return 0;
}

static int block(void *arg, void **ret_result)
{
    struct turning *turning = arg;
    return af_to_thread(work, &turning->job, NULL, ret_result);
}

Test(executor, rule_69_the_loop_runs_while_threads_block)
{
    sem_t go;
    sem_init(&go, 0, 0);
    struct turning turning = {.job = {.go = &go}};
    af_task *blocked = spawn(block, &turning);
    spawn(turn, &turning);
    expect_code(af_loop_run_until_complete(loop, blocked, NULL), 0);
    expect_code(turning.turns, 100);
    sem_destroy(&go);
}

static int call_back(void *arg)
{
    trace("called");
    af_loop_stop(arg);
    return 0;
}

static int call_the_loop(void *arg, void **ret_result)
{
    (void)ret_result;
    return af_loop_call_soon_threadsafe(arg, call_back, arg);
}

static int submit_call_the_loop(void *ret_future)
{
    return af_run_in_executor(executor, call_the_loop, loop, NULL, ret_future);
}

Test(executor, a_thread_may_call_call_soon_threadsafe)
{
    af_future *future;
    af_loop_call_soon(loop, submit_call_the_loop, &future, NULL);
    expect_code(af_loop_run_forever(loop), 0);
    expect_trace("called");
    af_future_unref(future);
}

Test(executor, a_call_needs_a_running_loop)
{
    struct job job = {0};
    af_future *future;
    expect_code(af_run_in_executor(executor, work, &job, destroy, &future), AF_RUNTIME_ERROR);
    expect_code(job.destroyed, 0);
    expect_code(af_to_thread(work, &job, destroy, NULL), AF_RUNTIME_ERROR);
    expect_code(job.destroyed, 1);
    expect_code(job.runs, 0);
}
