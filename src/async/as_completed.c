#include <errno.h>
#include <stdlib.h>

#include <afetch/as_completed.h>

#include "async/waiters.h"

struct child {
    struct callback callback;
    struct list link; /* in done, once it is done */
    af_as_completed *iterator;
    af_future *future;
};

/* The done children, and the tasks that wait for one: what a queue does in asyncio. */
struct af_as_completed {
    af_loop *loop;
    size_t count;
    struct child *children;
    size_t remaining; /* calls of next that will still return a child */
    size_t unfinished;
    size_t timed_out; /* children to be reported as AF_TIMEOUT */
    struct list done;
    struct waiters waiters;
    struct timer timer;
};

static int run_child_done(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, callback.handle);
    af_as_completed *iterator = child->iterator;
    list_append(&iterator->done, &child->link);
    waiters_wake(&iterator->waiters);
    if (--iterator->unfinished == 0)
        timer_stop(iterator->loop, &iterator->timer);
    return 0;
}

static int run_timeout(struct handle *handle)
{
    af_as_completed *iterator = container_of(handle, af_as_completed, timer.handle);
    iterator->timed_out = iterator->unfinished;
    iterator->unfinished = 0;
    for (size_t i = 0; i < iterator->count; i++)
        callback_remove(&iterator->children[i].callback);
    for (size_t i = 0; i < iterator->timed_out; i++)
        waiters_wake(&iterator->waiters);
    return 0;
}

static const struct handle_type child_type = {.run = run_child_done};
static const struct handle_type timeout_type = {.run = run_timeout};

int af_as_completed_new(af_future *const *children, size_t count, double timeout,
                        af_as_completed **ret_iterator)
{
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
    if (isnan(timeout))
        return af_raise(AF_VALUE_ERROR, "the timeout of as_completed is not a number");
    for (size_t i = 0; i < count; i++)
        if (children[i]->loop != loop)
            return af_raise(AF_VALUE_ERROR, "a future of as_completed belongs to another loop");
    af_as_completed *iterator = malloc(sizeof *iterator);
    struct child *list = calloc(count + 1, sizeof *list);
    if (!iterator || !list)
        goto no_memory;
    *iterator = (af_as_completed){.loop = loop, .children = list};
    list_init(&iterator->done);
    waiters_init(&iterator->waiters);
    timer_init(&iterator->timer, &timeout_type);
    if (count > 0 && timeout < AF_FOREVER &&
        timers_add(&loop->timers, &iterator->timer, af_loop_time(loop) + timeout) < 0)
        goto no_memory;

    uint64_t visit = future_new_visit(loop);
    for (size_t i = 0; i < count; i++) {
        if (!future_visit(children[i], visit))
            continue;
        struct child *child = &list[iterator->count++];
        child->iterator = iterator;
        child->future = af_future_ref(children[i]);
        list_init(&child->link);
        handle_init(&child->callback.handle, &child_type);
        future_add_callback(child->future, &child->callback);
    }
    iterator->remaining = iterator->unfinished = iterator->count;
    *ret_iterator = iterator;
    return 0;

no_memory:
    free(iterator);
    free(list);
    return -ENOMEM;
}

static bool has_item(const af_as_completed *iterator)
{
    return !list_empty(&iterator->done) || iterator->timed_out > 0;
}

/* As in asyncio's Queue.get, a waiter is woken without an item being reserved for it. */
static int wait_for_item(af_as_completed *iterator)
{
    while (!has_item(iterator)) {
        bool woken;
        int r = waiters_wait(&iterator->waiters, &woken);
        if (r < 0) {
            if (woken && has_item(iterator))
                waiters_wake(&iterator->waiters);
            return r;
        }
    }
    return 0;
}

int af_as_completed_next(af_as_completed *iterator, af_future **ret_child)
{
    if (iterator->remaining == 0)
        return 0;
    iterator->remaining--;
    int r = wait_for_item(iterator);
    if (r < 0 && r != AF_CANCELLED)
        iterator->remaining++; /* as in asyncio, a cancelled call counts as one */
    if (r < 0)
        return r;
    struct list *link = list_pop(&iterator->done);
    if (!link) {
        iterator->timed_out--;
        return af_raise(AF_TIMEOUT, NULL);
    }
    *ret_child = container_of(link, struct child, link)->future;
    return 1;
}

void af_as_completed_free(af_as_completed *iterator)
{
    if (!iterator)
        return;
    timer_stop(iterator->loop, &iterator->timer);
    for (size_t i = 0; i < iterator->count; i++) {
        callback_remove(&iterator->children[i].callback);
        af_future_unref(iterator->children[i].future);
    }
    free(iterator->children);
    free(iterator);
}
