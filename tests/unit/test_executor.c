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
#include <afetch/run.h>
#include <afetch/wait.h>

#include "virtual_clock.h"

static af_executor *executor;

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

/* A call of a blocking function, and its effects. */
struct job {
    int value;
    int code;
    sem_t *begun;  /* posted when it begins; NULL: none */
    sem_t *go;     /* waited for; NULL: none */
    int runs;      /* number of runs */
    int destroyed; /* number of calls of destroy */
    pthread_t thread;
    pthread_t destroyed_in;
};

static int work(void *arg, void **ret_result)
{
    struct job *job = arg;
    if (job->begun)
        sem_post(job->begun);
    if (job->go)
        sem_wait(job->go);
    job->runs++;
    job->thread = pthread_self();
    if (job->code < 0)
        return af_raise(job->code, "job %d failed", job->value);
    *ret_result = &job->value;
    return 0;
}

static void destroy(void *arg)
{
    struct job *job = arg;
    job->destroyed++;
    job->destroyed_in = pthread_self();
}

static void expect_destroyed_here(const struct job *job)
{
    expect_code(job->destroyed, 1);
    cr_assert(pthread_equal(job->destroyed_in, pthread_self()));
}

/* Submitted by a callback, since a loop must be running. */
struct submission {
    af_executor *executor;
    struct job *job;
    af_future *future;
};

static int submit_now(void *arg)
{
    struct submission *submission = arg;
    return af_run_in_executor(submission->executor, work, submission->job, destroy,
                              &submission->future);
}

/* Owned by the caller. */
static af_future *submit_to(af_executor *to, struct job *job)
{
    struct submission submission = {.executor = to, .job = job};
    expect_code(af_loop_call_soon(loop, submit_now, &submission, NULL), 0);
    af_loop_stop(loop);
    expect_code(af_loop_run_forever(loop), 0);
    cr_assert_not_null(submission.future);
    return submission.future;
}

static af_future *submit(struct job *job)
{
    return submit_to(executor, job);
}

static int wait_until_done(af_future *future, void **ret_result)
{
    return af_loop_run_until_complete(loop, future, ret_result);
}

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
