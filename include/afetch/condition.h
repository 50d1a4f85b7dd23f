/* Condition: a task that holds a lock waits until another task notifies it of a change. */
#ifndef AFETCH_CONDITION_H
#define AFETCH_CONDITION_H

#include <stddef.h>

#include <afetch/lock.h>

AF_BEGIN_DECLARATIONS

typedef struct af_condition af_condition;

/* Creates a condition that uses LOCK, or a lock of its own if that is NULL.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the condition. LOCK is borrowed until the condition is freed. */
int af_condition_new(af_lock *lock, af_condition **ret_condition);

/* Frees the condition. No task may be waiting for it. */
void af_condition_free(af_condition *condition);

/* Operate on the lock of the condition; the contracts are those of af_lock_acquire(),
 * af_lock_release() and af_lock_locked(). */
int af_condition_acquire(af_condition *condition);
int af_condition_release(af_condition *condition);
bool af_condition_locked(const af_condition *condition);

/* Releases the lock, waits for a notification, and acquires the lock again, also if it is
 * cancelled. It may return without a notification, so check the awaited state again. A cancelled
 * waiter passes its notification on to the next (rule 62).
 * Errors: AF_RUNTIME_ERROR outside a task or if the lock is not held; AF_CANCELLED.
 * Suspends: always, until notified and the lock is free. */
int af_condition_wait(af_condition *condition);

/* Calls af_condition_wait() until PREDICATE(ARG) is true.
 * Errors: those of af_condition_wait().
 * Suspends: unless PREDICATE(ARG) is true at once. */
int af_condition_wait_for(af_condition *condition, bool (*predicate)(void *arg), void *arg);

/* Wakes the first COUNT waiters, or all of them, in the order in which they began to wait (rule
 * 62).
 * Errors: AF_RUNTIME_ERROR if the lock is not held.
 * Suspends: never. */
int af_condition_notify(af_condition *condition, size_t count);
int af_condition_notify_all(af_condition *condition);

AF_END_DECLARATIONS

#endif
