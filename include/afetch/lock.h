/* Lock: mutual exclusion between tasks, first come, first served. */
#ifndef AFETCH_LOCK_H
#define AFETCH_LOCK_H

#include <stdbool.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_lock af_lock;

/* Creates an unlocked lock.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the lock. */
int af_lock_new(af_lock **ret_lock);

/* Frees the lock. No task may be waiting for it. */
void af_lock_free(af_lock *lock);

/* Acquires the lock. A waiter that is cancelled after the lock was passed to it passes it on to the
 * next (rule 58).
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: if the lock is held or other tasks are waiting for it. */
int af_lock_acquire(af_lock *lock);

/* Releases the lock and wakes the first waiter. Any task may release it, since a lock has no owner.
 * Errors: AF_RUNTIME_ERROR if it is not locked.
 * Suspends: never. */
int af_lock_release(af_lock *lock);

/* True if it is held. False after a release until the task that was woken has resumed. */
bool af_lock_locked(const af_lock *lock);

AF_END_DECLARATIONS

#endif
