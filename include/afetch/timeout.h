/* timeout(): a scope with a deadline, `async with asyncio.timeout(delay)`.
 *
 *     af_timeout timeout;
 *     r = af_timeout_enter(&timeout, 10);
 *     if (r < 0)
 *         return r;
 *     r = body();
 *     r = af_timeout_exit(&timeout, r);
 *
 * When the time comes the task is cancelled once; the exit turns that cancellation, and no other,
 * into AF_TIMEOUT (rules 46 to 50). Scopes nest. Nothing here suspends. */
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

/* Lives in the caller's frame from enter to exit; its members are read through the functions. */
typedef struct af_timeout {
    af_task *task;
    af_handle *handle;
    double when;
    unsigned cancelling;
    enum af_timeout_state state;
} af_timeout;

/* Opens the scope for DELAY seconds (AF_FOREVER for none), or until the loop's clock reads WHEN.
 * AF_RUNTIME_ERROR outside a task, AF_VALUE_ERROR for what is not a number, -ENOMEM; there is then
 * nothing to exit. */
int af_timeout_enter(af_timeout *timeout, double delay);
int af_timeout_enter_at(af_timeout *timeout, double when);

/* Closes the scope. R is what the body returned; the answer is R, or AF_TIMEOUT in its place (rules
 * 46, 47). */
int af_timeout_exit(af_timeout *timeout, int r);

/* Moves the deadline to WHEN on the loop's clock; AF_FOREVER disables it; a past time fires in the
 * next iteration (rule 49). AF_RUNTIME_ERROR outside the scope or once it expired, AF_VALUE_ERROR
 * for what is not a number, -ENOMEM; the deadline is then as it was. */
int af_timeout_reschedule(af_timeout *timeout, double when);

/* Whether the deadline passed while the scope was open. */
bool af_timeout_expired(const af_timeout *timeout);

/* The deadline on the loop's clock. */
double af_timeout_when(const af_timeout *timeout);

AF_END_DECLARATIONS

#endif
