/* as_completed(): iterates over futures in the order of completion. */
#ifndef AFETCH_AS_COMPLETED_H
#define AFETCH_AS_COMPLETED_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef struct af_as_completed af_as_completed;

/* Creates an iterator over the children. Duplicates count once. TIMEOUT is in seconds from now and
 * applies to all of them together (AF_FOREVER: no timeout).
 * Errors: AF_RUNTIME_ERROR if no loop is running; AF_VALUE_ERROR if TIMEOUT is NaN or a child
 * belongs to another loop; -ENOMEM.
 * Suspends: never.
 * Ownership: the caller owns the iterator, which holds a reference to each child. */
int af_as_completed_new(af_future *const *children, size_t count, double timeout,
                        af_as_completed **ret_iterator);

/* Returns 1 and the next child that is done, or 0 after the last one. Several tasks may call it at
 * the same time; they are served in the order of their calls (rule 37).
 * Errors: AF_TIMEOUT once for each child that is not done at the timeout, which keeps running (rule
 * 38); AF_CANCELLED, and the call counts as if it had returned a child, as in asyncio;
 * AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: until a child is done or the timeout expires.
 * Ownership: the child is borrowed from the iterator. */
int af_as_completed_next(af_as_completed *iterator, af_future **ret_child);

/* Frees the iterator; the children keep running. No task may be suspended in
 * af_as_completed_next(). */
void af_as_completed_free(af_as_completed *iterator);

AF_END_DECLARATIONS

#endif
