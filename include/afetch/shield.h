/* shield(): awaits a future without passing a cancellation on to it. */
#ifndef AFETCH_SHIELD_H
#define AFETCH_SHIELD_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

/* Creates a future that becomes done with the outcome of INNER. Cancelling it does not cancel
 * INNER. If INNER is cancelled, so is the shield; if INNER fails after the shield was cancelled,
 * the exception is reported as never retrieved (rules 39, 40). If INNER is done, it is returned
 * itself.
 * Errors: -ENOMEM.
 * Suspends: never.
 * Ownership: the caller owns the reference. */
int af_shield(af_future *inner, af_future **ret_outer);

AF_END_DECLARATIONS

#endif
