/* Retry with exponential back-off: what asyncio's users write by hand around a coroutine. */
#ifndef AFETCH_RETRY_H
#define AFETCH_RETRY_H

#include <stdbool.h>

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

typedef struct af_retry_options {
    unsigned retries; /* how many attempts after the first */
    double delay;     /* seconds before the first retry, at most; doubled for each that follows */
    double max_delay; /* what the doubling stops at */

    /* Asked before each retry, with the code of the attempt that failed, whose text af_raised()
     * has, and how many were made; may change *delay, which has been chosen already. Must not
     * suspend. False: that failure is the answer. NULL: always true. */
    bool (*should_retry)(int code, unsigned attempts, double *delay, void *arg);
    /* Waits instead of af_sleep(), so that what the attempts hold can be let go of meanwhile. A
     * negative code ends it all. NULL: af_sleep(). */
    int (*wait)(double delay, void *arg);
    void *arg; /* of these two */
} af_retry_options;

/* Calls COROUTINE inline until it succeeds or may not be tried again; suspends in it and between
 * the attempts. Returns what the last attempt did: its result, or its error with its text. A
 * cancellation is never retried. AF_CANCELLED, and the errors of af_sleep() and wait. */
int af_retry(const af_retry_options *options, af_coroutine *coroutine, void *arg,
             void **ret_result);

/* The delay before the retry that follows ATTEMPTS attempts (1: the first retry): anything from 0
 * to DELAY doubled for each attempt but the first and at most MAX_DELAY, by chance ("full jitter"),
 * so that many who failed at once do not come back at once. Seconds. */
double af_backoff(double delay, double max_delay, unsigned attempts);

AF_END_DECLARATIONS

#endif
