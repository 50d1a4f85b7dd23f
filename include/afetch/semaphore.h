/* Semaphore: at most so many at once, first come first served. */
#ifndef AFETCH_SEMAPHORE_H
#define AFETCH_SEMAPHORE_H

#include <stdbool.h>
#include <stddef.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_semaphore af_semaphore;

/* A semaphore with VALUE permits. -ENOMEM. The caller owns it. */
int af_semaphore_new(size_t value, af_semaphore **ret_semaphore);

/* The same, but releasing more than was acquired is an error. */
int af_bounded_semaphore_new(size_t value, af_semaphore **ret_semaphore);

/* NULL is fine. No task may be waiting in it. */
void af_semaphore_free(af_semaphore *semaphore);

/* Takes a permit; suspends where there is none or others wait already (rule 59). A cancellation
 * that comes after the permit was granted gives it back and wakes the next (rule 60). AF_CANCELLED;
 * AF_RUNTIME_ERROR outside a task where it would have to wait. */
int af_semaphore_acquire(af_semaphore *semaphore);

/* Gives a permit back and hands it to the first waiter that is still alive. AF_VALUE_ERROR where a
 * bounded semaphore has all its permits already. Does not suspend. */
int af_semaphore_release(af_semaphore *semaphore);

/* Whether acquire would have to wait: no permit is left, or somebody waits (rule 59). */
bool af_semaphore_locked(const af_semaphore *semaphore);

/* How many permits are left. */
size_t af_semaphore_value(const af_semaphore *semaphore);

AF_END_DECLARATIONS

#endif
