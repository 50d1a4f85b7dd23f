/* Tasks that stand in line for something: what semaphores, queues and their kin are made of. */
#ifndef ASYNC_WAITERS_H
#define ASYNC_WAITERS_H

#include "async/task.h"

struct waiters {
    struct list waiting;
    struct list woken; /* no longer in line, but not resumed yet */
};

void waiters_init(struct waiters *waiters);

/* Suspends the running task at the end of the line until it is woken. ret_woken tells, also when
 * the answer is AF_CANCELLED, whether it had been woken before the cancellation came: then what it
 * was woken for must be passed on. */
int waiters_wait(struct waiters *waiters, bool *ret_woken);

/* Wakes the first in line that was not cancelled. Returns whether there was one. */
bool waiters_wake(struct waiters *waiters);

/* Wakes the first in line if that is all it takes: nothing where one was woken that has not
 * resumed, or where the first was cancelled, since those pass it on themselves. */
void waiters_wake_first(struct waiters *waiters);

/* Whether somebody waits or was woken and has not resumed; those that are cancelled do not count.
 */
bool waiters_any(const struct waiters *waiters);

#endif
