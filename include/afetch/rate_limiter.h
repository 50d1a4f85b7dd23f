/* Rate limiter: grants COUNT tokens every PERIOD seconds, evenly spaced, to any number of tasks.
 *
 * asyncio has none; it is usually built of a semaphore and call_later. A semaphore limits how many
 * operations run at the same time, a rate limiter how often one starts.
 *
 * Tokens are granted on a schedule, one every PERIOD/COUNT seconds after the first. If the loop is
 * late, it grants the tokens that it missed, but at most one, or those of the last 10 ms if these
 * are more. Unused tokens are not saved up: a request that comes more than 10 ms after a token
 * became available starts a new schedule. */
#ifndef AFETCH_RATE_LIMITER_H
#define AFETCH_RATE_LIMITER_H

#include <afetch/loop.h>

AF_BEGIN_DECLARATIONS

typedef struct af_rate_limiter af_rate_limiter;

/* Creates a limiter of COUNT tokens in PERIOD seconds on the running loop. If COUNT is AF_FOREVER
 * there is no limit, but af_rate_limiter_hold() works.
 * Errors: AF_VALUE_ERROR if a number is not above 0 or PERIOD is infinite; AF_RUNTIME_ERROR if no
 * loop is running; -ENOMEM.
 * Suspends: never.
 * Ownership: the caller owns the limiter. */
int af_rate_limiter_new(double count, double period, af_rate_limiter **ret_limiter);

/* Acquires a token, first come, first served.
 * Errors: AF_CANCELLED, and the token goes to the next waiter; AF_RUNTIME_ERROR outside a task if
 * it would have to suspend.
 * Suspends: until a token is available. */
int af_rate_limiter_acquire(af_rate_limiter *limiter);

/* Grants no tokens for SECONDS from now, neither to new nor to waiting tasks: for a response with
 * Retry-After. A later, shorter hold has no effect. The schedule continues from the end of the
 * hold.
 * Suspends: never. */
void af_rate_limiter_hold(af_rate_limiter *limiter, double seconds);

/* Returns the seconds until the next token is available, or 0. For callers that wait by other means
 * and try again. */
double af_rate_limiter_delay(const af_rate_limiter *limiter);

/* True if af_rate_limiter_acquire() would suspend. A limiter that is not locked can be freed and
 * created again; only the phase of its schedule changes. */
bool af_rate_limiter_locked(const af_rate_limiter *limiter);

/* Frees the limiter. No task may be waiting for it. */
void af_rate_limiter_free(af_rate_limiter *limiter);

AF_END_DECLARATIONS

#endif
