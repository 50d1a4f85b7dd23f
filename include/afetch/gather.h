/* gather(): many futures as one. */
#ifndef AFETCH_GATHER_H
#define AFETCH_GATHER_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

/* What became of one child. error.code is 0 where it has a result; both are borrowed from the
 * gather. */
typedef struct af_outcome {
    void *result;
    af_error error;
} af_outcome;

/* Makes a future whose result is an array of COUNT outcomes (const af_outcome *), in the order of
 * the arguments whatever the order of completion (rule 25). The children are referenced, not taken.
 *
 * Without return_exceptions the first exception propagates at once, and the siblings keep running
 * (rule 27); with it, exceptions and cancellations are outcomes like any other (rules 28, 29).
 * Cancelling the gather cancels all children (rules 30, 31). With no children it is done already
 * (rule 26). Takes two iterations from the last child to the awaiter (rule 10).
 *
 * It belongs to the loop of its children. AF_VALUE_ERROR where they are of different loops,
 * AF_RUNTIME_ERROR where there are none and no loop is running, -ENOMEM. Does not suspend. */
int af_gather(af_future *const *children, size_t count, bool return_exceptions,
              af_future **ret_gather);

AF_END_DECLARATIONS

#endif
