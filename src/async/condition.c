#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <afetch/condition.h>

#include "async/waiters.h"

struct af_condition {
    af_lock *lock;
    af_lock *own_lock; /* NULL if it is the caller's */
    struct waiters waiters;
};

int af_condition_new(af_lock *lock, af_condition **ret_condition)
{
    af_condition *condition = malloc(sizeof *condition);
    if (!condition)
        return -ENOMEM;
    condition->own_lock = NULL;
    int r = lock ? 0 : af_lock_new(&condition->own_lock);
    if (r < 0) {
        free(condition);
        return r;
    }
    condition->lock = lock ? lock : condition->own_lock;
    waiters_init(&condition->waiters);
    *ret_condition = condition;
    return 0;
}

void af_condition_free(af_condition *condition)
{
    if (!condition)
        return;
    af_lock_free(condition->own_lock);
    free(condition);
}

int af_condition_acquire(af_condition *condition)
{
    return af_lock_acquire(condition->lock);
}

int af_condition_release(af_condition *condition)
{
    return af_lock_release(condition->lock);
}

bool af_condition_locked(const af_condition *condition)
{
    return af_lock_locked(condition->lock);
}

static int check_locked(const af_condition *condition)
{
    return af_condition_locked(condition)
               ? 0
               : af_raise(AF_RUNTIME_ERROR, "the lock of the condition is not acquired");
}

static void notify(af_condition *condition, size_t count)
{
    while (count > 0 && waiters_wake(&condition->waiters))
        count--;
}

/* Acquires the lock in any case. If it is cancelled meanwhile, returns AF_CANCELLED when the lock
 * is held. */
static int reacquire(af_condition *condition, int r)
{
    int acquired;
    while ((acquired = af_lock_acquire(condition->lock)) == AF_CANCELLED)
        r = AF_CANCELLED;
    return acquired < 0 ? acquired : r;
}

int af_condition_wait(af_condition *condition)
{
    int r = check_locked(condition);
    if (r < 0)
        return r;
    if (!task_running())
        return AF_RUNTIME_ERROR; /* the lock is kept, since it could not be acquired again */
    r = af_lock_release(condition->lock);
    if (r < 0)
        return r;
    bool woken;
    r = reacquire(condition, waiters_wait(&condition->waiters, &woken));
    if (r < 0) {
        notify(condition, 1); /* this waiter may have been notified */
        return error_raise_code(r);
    }
    return 0;
}

int af_condition_wait_for(af_condition *condition, bool (*predicate)(void *arg), void *arg)
{
    while (!predicate(arg)) {
        int r = af_condition_wait(condition);
        if (r < 0)
            return r;
    }
    return 0;
}

int af_condition_notify(af_condition *condition, size_t count)
{
    int r = check_locked(condition);
    if (r >= 0)
        notify(condition, count);
    return r;
}

int af_condition_notify_all(af_condition *condition)
{
    return af_condition_notify(condition, SIZE_MAX);
}
