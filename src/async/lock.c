#include <errno.h>
#include <stdlib.h>

#include <afetch/lock.h>

#include "async/waiters.h"

struct af_lock {
    bool locked;
    struct waiters waiters;
};

int af_lock_new(af_lock **ret_lock)
{
    af_lock *lock = malloc(sizeof *lock);
    if (!lock)
        return -ENOMEM;
    lock->locked = false;
    waiters_init(&lock->waiters);
    *ret_lock = lock;
    return 0;
}

void af_lock_free(af_lock *lock)
{
    free(lock);
}

int af_lock_acquire(af_lock *lock)
{
    if (lock->locked || waiters_any(&lock->waiters)) {
        bool woken;
        int r = waiters_wait(&lock->waiters, &woken);
        if (r < 0) {
            if (!lock->locked)
                waiters_wake_first(&lock->waiters);
            return r;
        }
    }
    lock->locked = true;
    return 0;
}

int af_lock_release(af_lock *lock)
{
    if (!lock->locked)
        return af_raise(AF_RUNTIME_ERROR, "the lock is not acquired");
    lock->locked = false;
    waiters_wake_first(&lock->waiters);
    return 0;
}

bool af_lock_locked(const af_lock *lock)
{
    return lock->locked;
}
