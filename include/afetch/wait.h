/* wait() and wait_for(). */
#ifndef AFETCH_WAIT_H
#define AFETCH_WAIT_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

enum af_return_when {
    AF_ALL_COMPLETED,
    AF_FIRST_COMPLETED,
    AF_FIRST_EXCEPTION, /* a cancellation does not count as an exception (rule 35) */
};

/* Waits until the children are done as RETURN_WHEN says, or for TIMEOUT seconds (AF_FOREVER: no
 * timeout). Returns the number of children that are done when it resumes (rule 34), duplicates
 * counted once; use af_future_done() to find them. An exception of a child is not an error of the
 * wait, nor is the timeout, and children are not cancelled, even if the wait is (rules 33, 36).
 * Errors: AF_VALUE_ERROR if there are no children (rule 32), a child belongs to another loop, or
 * TIMEOUT is NaN; AF_CANCELLED; AF_RUNTIME_ERROR outside a task; -ENOMEM.
 * Suspends: always. */
int af_wait(af_future *const *children, size_t count, double timeout,
            enum af_return_when return_when);

/* Waits until FUTURE is done, for at most TIMEOUT seconds, then returns as af_await() does. At the
 * timeout FUTURE is cancelled and its end awaited; the result is AF_TIMEOUT, or the outcome of
 * FUTURE if it returned or failed all the same (rules 41, 42). If TIMEOUT is 0 or less, a future
 * that is done returns its outcome, and a task that has not begun never runs (rule 43). Otherwise
 * this is the same as af_timeout_enter(), af_await(), af_timeout_exit() (rule 45).
 * Errors: AF_TIMEOUT; those of af_await(); if the timeout cannot be set, FUTURE is not cancelled:
 * AF_VALUE_ERROR if TIMEOUT is NaN, AF_RUNTIME_ERROR outside a task, -ENOMEM.
 * Suspends: unless FUTURE is done. */
int af_wait_for(af_future *future, double timeout, void **ret_result);

AF_END_DECLARATIONS

#endif
