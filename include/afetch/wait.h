/* wait() and wait_for(). */
#ifndef AFETCH_WAIT_H
#define AFETCH_WAIT_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

enum af_return_when {
    AF_ALL_COMPLETED,
    AF_FIRST_COMPLETED,
    AF_FIRST_EXCEPTION, /* a cancelled child does not count as one (rule 35) */
};

/* Suspends until the children are done as RETURN_WHEN says, or for TIMEOUT seconds. Returns how
 * many are done as it resumes (rule 34), duplicates counted once; af_future_done() tells which.
 * Neither a child's exception nor the timeout is an error, and no child is cancelled, even when the
 * waiter is (rules 33, 36). AF_VALUE_ERROR where there are no children (rule 32), one of another
 * loop, or a TIMEOUT that is not a number; AF_CANCELLED, AF_RUNTIME_ERROR outside a task, -ENOMEM.
 */
int af_wait(af_future *const *children, size_t count, double timeout,
            enum af_return_when return_when);

/* Suspends until FUTURE is done, for at most TIMEOUT seconds; then as af_await(). At the timeout
 * the future is cancelled and its end awaited, then AF_TIMEOUT; unless it returned or failed
 * anyway, then as it did (rules 41, 42). With no time left a future that is done gives its result,
 * and a task that has not begun never begins (rule 43). Otherwise it is exactly af_timeout_enter,
 * af_await, af_timeout_exit (rule 45), with their errors; where the first fails, with
 * AF_VALUE_ERROR for a TIMEOUT that is not a number, AF_RUNTIME_ERROR outside a task or -ENOMEM,
 * the future is as it was. */
int af_wait_for(af_future *future, double timeout, void **ret_result);

AF_END_DECLARATIONS

#endif
