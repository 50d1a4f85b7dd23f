/* A rate limiter: so many turns in so much time, evenly, however many tasks ask for one.
 *
 * asyncio has none; people build one of a semaphore and call_later. A semaphore bounds how many run
 * at once; this bounds how often one begins.
 *
 * Turns stand in a schedule, one every PERIOD/COUNT from the first on. A loop that comes late makes
 * up for what it missed, but for no more than one turn, or those of 10 ms where these are more.
 * Time in which nobody asked is not saved up: whoever comes more than 10 ms after a free turn
 * begins a new schedule. */
#ifndef AFETCH_RATE_LIMITER_H
#define AFETCH_RATE_LIMITER_H

#include <afetch/loop.h>

AF_BEGIN_DECLARATIONS

typedef struct af_rate_limiter af_rate_limiter;

/* COUNT turns in PERIOD seconds, on the running loop. AF_FOREVER for COUNT is no limit, which
 * leaves af_rate_limiter_hold(). AF_VALUE_ERROR where a number is not above 0 or PERIOD has no end,
 * AF_RUNTIME_ERROR where no loop is running, -ENOMEM. The caller owns it. Does not suspend. */
int af_rate_limiter_new(double count, double period, af_rate_limiter **ret_limiter);

/* Suspends until it is the running task's turn, first come, first served; a turn that is free does
 * not suspend. AF_CANCELLED, and then the turn is the next one's; AF_RUNTIME_ERROR outside a task
 * where it would have to wait. */
int af_rate_limiter_acquire(af_rate_limiter *limiter);

/* Gives no turn for SECONDS from now, to those who wait already either: what a server means by
 * "Retry-After". Never shortens a hold. The schedule goes on from the end of the hold. Does not
 * suspend. */
void af_rate_limiter_hold(af_rate_limiter *limiter, double seconds);

/* How many seconds from now whoever is first in line has to wait; 0 where there is a turn now. For
 * those who would rather wait elsewhere, and come back. */
double af_rate_limiter_delay(const af_rate_limiter *limiter);

/* Whether acquire would have to wait. One that is not locked may be freed and made anew with no
 * difference but the phase of its schedule. */
bool af_rate_limiter_locked(const af_rate_limiter *limiter);

/* No task may be waiting in it. NULL is fine. */
void af_rate_limiter_free(af_rate_limiter *limiter);

AF_END_DECLARATIONS

#endif
