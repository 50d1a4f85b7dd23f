/* shield(): await something without passing a cancellation on to it. */
#ifndef AFETCH_SHIELD_H
#define AFETCH_SHIELD_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

/* Makes a future that ends as INNER does; cancelling it spares INNER. If INNER is cancelled, so is
 * the shield; if INNER fails after the shield was cancelled, that is reported as never retrieved
 * (rules 39, 40). A done INNER is returned itself. Either way the caller owns a reference. -ENOMEM.
 * Does not suspend. */
int af_shield(af_future *inner, af_future **ret_outer);

AF_END_DECLARATIONS

#endif
