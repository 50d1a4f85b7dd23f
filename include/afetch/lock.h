/* Lock: one task at a time, first come first served. */
#ifndef AFETCH_LOCK_H
#define AFETCH_LOCK_H

#include <stdbool.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_lock af_lock;

/* An unlocked lock. -ENOMEM. The caller owns it. */
int af_lock_new(af_lock **ret_lock);

/* NULL is fine. No task may be waiting for it. */
void af_lock_free(af_lock *lock);

/* Takes the lock; suspends where it is held, or others wait already. A cancellation that comes
 * after the lock was handed over passes it on (rule 58). AF_CANCELLED; AF_RUNTIME_ERROR outside a
 * task where it would have to wait. */
int af_lock_acquire(af_lock *lock);

/* Lets go and wakes the first that waits. A lock has no owner: any task may release it.
 * AF_RUNTIME_ERROR where it is not locked. Does not suspend. */
int af_lock_release(af_lock *lock);

/* Whether it is held. False while it is on its way to a task that was woken. */
bool af_lock_locked(const af_lock *lock);

AF_END_DECLARATIONS

#endif
