/* as_completed(): futures in the order in which they finish. */
#ifndef AFETCH_AS_COMPLETED_H
#define AFETCH_AS_COMPLETED_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef struct af_as_completed af_as_completed;

/* Begins to watch the children, which are referenced, not taken; duplicates count once. TIMEOUT is
 * for all of them, from now (AF_FOREVER for none). AF_RUNTIME_ERROR where no loop is running,
 * AF_VALUE_ERROR where TIMEOUT is not a number or a child is another loop's, -ENOMEM. Does not
 * suspend. The caller owns the iterator. */
int af_as_completed_new(af_future *const *children, size_t count, double timeout,
                        af_as_completed **ret_iterator);

/* Suspends until the next child is done: 1 and the child, borrowed from the iterator; 0 after the
 * last. Several tasks may wait at once and are served in order (rule 37). After the timeout each
 * child that is missing gives AF_TIMEOUT, and goes on running (rule 38). AF_CANCELLED, which
 * uses up a turn as it does in asyncio; AF_RUNTIME_ERROR outside a task where it would have to
 * wait. */
int af_as_completed_next(af_as_completed *iterator, af_future **ret_child);

/* Stops watching; the children go on. NULL is fine. No task may be waiting in it. */
void af_as_completed_free(af_as_completed *iterator);

AF_END_DECLARATIONS

#endif
