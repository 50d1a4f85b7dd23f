#include "async/waiters.h"

/* A waiter, in the stack frame of the waiting task. */
struct waiter {
    struct list link;
    af_future future;
};

/* Removes the waiter, since its stack is destroyed and the waiters may still be used. */
static void abandon_waiter(af_future *future)
{
    list_remove(&container_of(future, struct waiter, future)->link);
}

static const struct future_type waiter_type = {.abandon = abandon_waiter};

void waiters_init(struct waiters *waiters)
{
    list_init(&waiters->waiting);
    list_init(&waiters->woken);
}

int waiters_wait(struct waiters *waiters, bool *ret_woken)
{
    *ret_woken = false;
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    struct waiter waiter;
    future_init_local(&waiter.future, task->loop);
    waiter.future.type = &waiter_type;
    list_append(&waiters->waiting, &waiter.link);
    int r = task_wait(&waiter.future);
    list_remove(&waiter.link);
    *ret_woken = af_future_done(&waiter.future) && !af_future_cancelled(&waiter.future);
    return r;
}

bool waiters_wake(struct waiters *waiters)
{
    struct list *link;
    while ((link = list_pop(&waiters->waiting))) {
        struct waiter *waiter = container_of(link, struct waiter, link);
        if (af_future_done(&waiter->future))
            continue;
        list_append(&waiters->woken, link);
        future_finish(&waiter->future, NULL, NULL);
        return true;
    }
    return false;
}

void waiters_wake_first(struct waiters *waiters)
{
    if (!list_empty(&waiters->woken) || list_empty(&waiters->waiting))
        return;
    struct waiter *first = container_of(waiters->waiting.next, struct waiter, link);
    if (!af_future_done(&first->future))
        waiters_wake(waiters);
}

bool waiters_any(const struct waiters *waiters)
{
    if (!list_empty(&waiters->woken))
        return true;
    list_for_each (link, &waiters->waiting)
        if (!af_future_cancelled(&container_of(link, struct waiter, link)->future))
            return true;
    return false;
}
