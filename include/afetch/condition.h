/* Condition: wait, with a lock held, until somebody says that something has changed. */
#ifndef AFETCH_CONDITION_H
#define AFETCH_CONDITION_H

#include <stddef.h>

#include <afetch/lock.h>

AF_BEGIN_DECLARATIONS

typedef struct af_condition af_condition;

/* A condition on LOCK, which is borrowed until the condition is freed; NULL: on a lock of its own.
 * -ENOMEM. The caller owns it. */
int af_condition_new(af_lock *lock, af_condition **ret_condition);

/* NULL is fine. No task may be waiting for it. */
void af_condition_free(af_condition *condition);

/* The lock: as af_lock_acquire() and its kin. */
int af_condition_acquire(af_condition *condition);
int af_condition_release(af_condition *condition);
bool af_condition_locked(const af_condition *condition);

/* Releases the lock, suspends until notified, and takes the lock again, even where it is cancelled.
 * Wakes without a notification are allowed, so look again at what you wait for. A cancelled waiter
 * passes its notification on (rule 62). AF_RUNTIME_ERROR outside a task and where the lock is not
 * held; AF_CANCELLED. */
int af_condition_wait(af_condition *condition);

/* Waits until PREDICATE is true of ARG; does not suspend where it is at once. The errors of
 * af_condition_wait(). */
int af_condition_wait_for(af_condition *condition, bool (*predicate)(void *arg), void *arg);

/* Wakes the first COUNT that wait, or all, in the order they came (rule 62). AF_RUNTIME_ERROR where
 * the lock is not held. Does not suspend. */
int af_condition_notify(af_condition *condition, size_t count);
int af_condition_notify_all(af_condition *condition);

AF_END_DECLARATIONS

#endif
