/* Semaphore: limits how many tasks do something at the same time, first come, first served. */
#ifndef AFETCH_SEMAPHORE_H
#define AFETCH_SEMAPHORE_H

#include <stdbool.h>
#include <stddef.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_semaphore af_semaphore;

/* Creates a semaphore with VALUE permits.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the semaphore. */
int af_semaphore_new(size_t value, af_semaphore **ret_semaphore);

/* Creates a semaphore for which releasing more often than acquiring is an error.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the semaphore. */
int af_bounded_semaphore_new(size_t value, af_semaphore **ret_semaphore);

/* Frees the semaphore. No task may be waiting for it. */
void af_semaphore_free(af_semaphore *semaphore);

/* Acquires a permit. A waiter that is cancelled after it was granted a permit returns it and wakes
 * the next (rule 60).
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: if there is no permit or other tasks are waiting for one (rule 59). */
int af_semaphore_acquire(af_semaphore *semaphore);

/* Releases a permit, which goes to the first waiter that is not cancelled.
 * Errors: AF_VALUE_ERROR if a bounded semaphore has all its permits already.
 * Suspends: never. */
int af_semaphore_release(af_semaphore *semaphore);

/* True if af_semaphore_acquire() would suspend: no permit is left, or other tasks are waiting (rule
 * 59). */
bool af_semaphore_locked(const af_semaphore *semaphore);

/* Returns the number of permits left. */
size_t af_semaphore_value(const af_semaphore *semaphore);

AF_END_DECLARATIONS

#endif
