/* Helpers of the tests of executors: an executor, and a job that waits for the test. */
#ifndef TESTS_EXECUTOR_SUITE_H
#define TESTS_EXECUTOR_SUITE_H

#include <pthread.h>
#include <semaphore.h>

#include <afetch/executor.h>

#include "virtual_clock.h"

extern af_executor *executor;

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

static inline int work(void *arg, void **ret_result)
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

static inline void destroy(void *arg)
{
    struct job *job = arg;
    job->destroyed++;
    job->destroyed_in = pthread_self();
}

static inline void expect_destroyed_here(const struct job *job)
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

static inline int submit_now(void *arg)
{
    struct submission *submission = arg;
    return af_run_in_executor(submission->executor, work, submission->job, destroy,
                              &submission->future);
}

/* Owned by the caller. */
static inline af_future *submit_to(af_executor *to, struct job *job)
{
    struct submission submission = {.executor = to, .job = job};
    expect_code(af_loop_call_soon(loop, submit_now, &submission, NULL), 0);
    af_loop_stop(loop);
    expect_code(af_loop_run_forever(loop), 0);
    cr_assert_not_null(submission.future);
    return submission.future;
}

static inline af_future *submit(struct job *job)
{
    return submit_to(executor, job);
}

static inline int wait_until_done(af_future *future, void **ret_result)
{
    return af_loop_run_until_complete(loop, future, ret_result);
}

#endif
