/* A queue of waiting tasks, used by locks, semaphores, queues and others. */
#ifndef ASYNC_WAITERS_H
#define ASYNC_WAITERS_H

#include "async/task.h"

struct waiters {
    struct list waiting;
    struct list woken; /* woken, but not resumed yet */
};

void waiters_init(struct waiters *waiters);

/* Suspends the running task until it is woken. ret_woken is set on AF_CANCELLED too: true if the
 * task had been woken before it was cancelled. It must then pass on what it was woken for.
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task. */
int waiters_wait(struct waiters *waiters, bool *ret_woken);

/* Wakes the first waiter that is not cancelled. False if there is none. */
bool waiters_wake(struct waiters *waiters);

/* Wakes the first waiter, unless another was woken and has not resumed, or the first was cancelled:
 * these wake the next themselves. */
void waiters_wake_first(struct waiters *waiters);

/* True if a task is waiting, or was woken and has not resumed. Cancelled waiters do not count. */
bool waiters_any(const struct waiters *waiters);

#endif
