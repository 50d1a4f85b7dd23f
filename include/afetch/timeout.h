/* timeout(): a scope with a deadline: `async with asyncio.timeout(delay)`.
 *
 *     af_timeout timeout;
 *     r = af_timeout_enter(&timeout, 10);
 *     if (r < 0)
 *         return r;
 *     r = body();
 *     r = af_timeout_exit(&timeout, r);
 *
 * At the deadline the task is cancelled once. af_timeout_exit() turns that cancellation, and no
 * other, into AF_TIMEOUT (rules 46 to 50). Scopes nest.
 *
 * Suspends: never; that applies to all functions here. */
#ifndef AFETCH_TIMEOUT_H
#define AFETCH_TIMEOUT_H

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

enum af_timeout_state {
    AF_TIMEOUT_ENTERED,
    AF_TIMEOUT_EXPIRING,
    AF_TIMEOUT_EXPIRED,
    AF_TIMEOUT_EXITED,
};

/* A scope, in a local variable of the caller from enter to exit. The members are private. */
typedef struct af_timeout {
    af_task *task;
    af_handle *handle;
    double when;
    unsigned cancelling;
    enum af_timeout_state state;
} af_timeout;

/* Enter the scope, with a deadline DELAY seconds from now (AF_FOREVER: none) or at WHEN on the
 * loop's clock.
 * Errors: AF_RUNTIME_ERROR outside a task; AF_VALUE_ERROR if the time is NaN; -ENOMEM. The scope is
 * then not entered, and must not be exited. */
int af_timeout_enter(af_timeout *timeout, double delay);
int af_timeout_enter_at(af_timeout *timeout, double when);

/* Exits the scope. R is the return value of the body. Returns R, or AF_TIMEOUT if the deadline
 * cancelled the body (rules 46, 47). */
int af_timeout_exit(af_timeout *timeout, int r);

/* Moves the deadline to WHEN on the loop's clock. AF_FOREVER disables it; a time in the past
 * expires in the next iteration (rule 49).
 * Errors: AF_RUNTIME_ERROR outside the scope or once it has expired; AF_VALUE_ERROR if WHEN is NaN;
 * -ENOMEM. The deadline is then unchanged. */
int af_timeout_reschedule(af_timeout *timeout, double when);

/* True if the deadline passed before the scope was exited. */
bool af_timeout_expired(const af_timeout *timeout);

/* Returns the deadline on the loop's clock. */
double af_timeout_when(const af_timeout *timeout);

AF_END_DECLARATIONS

#endif
