/* Retries a coroutine with exponential back-off and full jitter. asyncio has no equivalent. */
#ifndef AFETCH_RETRY_H
#define AFETCH_RETRY_H

#include <stdbool.h>

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

typedef struct af_retry_options {
    unsigned retries; /* number of attempts after the first */
    double delay;     /* maximum delay in seconds before the first retry; doubled for each further
                       * retry */
    double max_delay; /* upper limit of the doubling, in seconds */

    /* Called before each retry with the code of the failed attempt, the number of attempts so far,
     * and the chosen delay, which it may change. af_raised(code) has the text of the error. Must
     * not suspend. False: af_retry() returns the error. NULL: always true. */
    bool (*should_retry)(int code, unsigned attempts, double *delay, void *arg);
    /* Called in place of af_sleep(), so that resources can be released while waiting. A negative
     * code ends the retries. NULL: af_sleep(). */
    int (*wait)(double delay, void *arg);
    void *arg; /* argument of should_retry and wait */
} af_retry_options;

/* Calls COROUTINE inline until it succeeds or there are no more retries. Returns the result of the
 * last attempt, or its error with its text. A cancellation is never retried.
 * Errors: those of COROUTINE, of af_sleep() and of wait; AF_CANCELLED.
 * Suspends: in COROUTINE and between the attempts. */
int af_retry(const af_retry_options *options, af_coroutine *coroutine, void *arg,
             void **ret_result);

/* Returns a random delay in seconds before the retry that follows ATTEMPTS attempts (1: the first
 * retry). It is uniformly distributed between 0 and DELAY, doubled for each attempt but the first,
 * up to MAX_DELAY ("full jitter": clients that failed at the same time do not retry at the same
 * time). */
double af_backoff(double delay, double max_delay, unsigned attempts);

AF_END_DECLARATIONS

#endif
