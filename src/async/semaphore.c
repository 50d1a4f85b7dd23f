#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <afetch/semaphore.h>

#include "async/waiters.h"

struct af_semaphore {
    size_t value;
    size_t bound;
    struct waiters waiters;
};

static int semaphore_new(size_t value, size_t bound, af_semaphore **ret_semaphore)
{
    af_semaphore *semaphore = malloc(sizeof *semaphore);
    if (!semaphore)
        return -ENOMEM;
    semaphore->value = value;
    semaphore->bound = bound;
    waiters_init(&semaphore->waiters);
    *ret_semaphore = semaphore;
    return 0;
}

int af_semaphore_new(size_t value, af_semaphore **ret_semaphore)
{
    return semaphore_new(value, SIZE_MAX, ret_semaphore);
}

int af_bounded_semaphore_new(size_t value, af_semaphore **ret_semaphore)
{
    return semaphore_new(value, value, ret_semaphore);
}

void af_semaphore_free(af_semaphore *semaphore)
{
    free(semaphore);
}

bool af_semaphore_locked(const af_semaphore *semaphore)
{
    return semaphore->value == 0 || waiters_any(&semaphore->waiters);
}

size_t af_semaphore_value(const af_semaphore *semaphore)
{
    return semaphore->value;
}

/* Passes a permit to the next waiter, so that no other task can take it meanwhile. */
static bool wake_next(af_semaphore *semaphore)
{
    bool woken = waiters_wake(&semaphore->waiters);
    if (woken)
        semaphore->value--;
    return woken;
}

int af_semaphore_acquire(af_semaphore *semaphore)
{
    if (!af_semaphore_locked(semaphore)) {
        semaphore->value--;
        return 0;
    }
    bool granted;
    int r = waiters_wait(&semaphore->waiters, &granted);
    if (r < 0 && granted)
        semaphore->value++;
    while (semaphore->value > 0 && wake_next(semaphore))
        ;
    return r;
}

int af_semaphore_release(af_semaphore *semaphore)
{
    if (semaphore->value >= semaphore->bound)
        return af_raise(AF_VALUE_ERROR, "the semaphore was released more often than acquired");
    semaphore->value++;
    wake_next(semaphore);
    return 0;
}
