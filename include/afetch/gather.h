/* gather(): waits for several futures as one. */
#ifndef AFETCH_GATHER_H
#define AFETCH_GATHER_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

/* The outcome of one child: its result, or its error if error.code is not 0.
 * Ownership: both are borrowed from the gather. */
typedef struct af_outcome {
    void *result;
    af_error error;
} af_outcome;

/* Creates a future whose result is an array of COUNT outcomes (const af_outcome *) in the order of
 * the arguments (rule 25).
 *
 * Without return_exceptions the first exception propagates at once and the other children keep
 * running (rule 27). With it, exceptions and cancellations are outcomes like results (rules 28,
 * 29). Cancelling the gather cancels all children (rules 30, 31). Without children it is done at
 * once (rule 26). A task that awaits it is resumed two iterations after the last child is done
 * (rule 10).
 *
 * The gather belongs to the loop of its children.
 * Errors: AF_VALUE_ERROR if the children belong to different loops; AF_RUNTIME_ERROR if there are
 * no children and no loop is running; -ENOMEM.
 * Suspends: never.
 * Ownership: the caller owns the reference to the gather, which holds a reference to each child. */
int af_gather(af_future *const *children, size_t count, bool return_exceptions,
              af_future **ret_gather);

AF_END_DECLARATIONS

#endif
