#include <errno.h>
#include <stdlib.h>

#include <afetch/timeout.h>
#include <afetch/wait.h>

#include "async/task.h"

struct child {
    struct callback callback;
    struct waiting *waiting;
    af_future *future;
};

/* A call of wait(). It is kept after the call if callbacks of done children are still queued: as in
 * asyncio they still run, and that is visible, since they retrieve exceptions. */
struct waiting {
    af_future future;
    struct timer timer;
    enum af_return_when return_when;
    size_t unfinished;
    size_t references; /* of the call, and one per callback that has not run */
    size_t count;
    struct child children[];
};

static void waiting_unref(struct waiting *waiting)
{
    if (--waiting->references > 0)
        return;
    for (size_t i = 0; i < waiting->count; i++)
        af_future_unref(waiting->children[i].future);
    free(waiting);
}

static int run_child_done(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, callback.handle);
    struct waiting *waiting = child->waiting;
    waiting->unfinished--;
    bool enough = waiting->unfinished == 0 || waiting->return_when == AF_FIRST_COMPLETED;
    if (!enough && waiting->return_when == AF_FIRST_EXCEPTION) {
        child->future->log_exception = false;
        enough = child->future->error.code != 0;
    }
    if (enough) {
        timer_stop(waiting->future.loop, &waiting->timer);
        future_release(&waiting->future);
    }
    waiting_unref(waiting);
    return 0;
}

static void discard_child(struct handle *handle)
{
    waiting_unref(container_of(handle, struct child, callback.handle)->waiting);
}

/* Removes the callbacks of children that are not done, after the wait has ended. */
static void stop_watching(struct waiting *waiting)
{
    timer_stop(waiting->future.loop, &waiting->timer);
    for (size_t i = 0; i < waiting->count; i++) {
        struct child *child = &waiting->children[i];
        if (list_empty(&child->callback.handle.link) || af_future_done(child->future))
            continue;
        callback_remove(&child->callback);
        waiting->references--;
    }
    waiting_unref(waiting);
}

static int run_timeout(struct handle *handle)
{
    future_release(&container_of(handle, struct waiting, timer.handle)->future);
    return 0;
}

static const struct handle_type child_type = {.run = run_child_done, .discard = discard_child};
static const struct handle_type timeout_type = {.run = run_timeout};

static int start_timeout(struct waiting *waiting, double timeout)
{
    af_loop *loop = waiting->future.loop;
    if (timeout >= AF_FOREVER)
        return 0;
    return timers_add(&loop->timers, &waiting->timer, af_loop_time(loop) + timeout);
}

static void watch_children(struct waiting *waiting, af_future *const *children, size_t count)
{
    uint64_t visit = future_new_visit(waiting->future.loop);
    for (size_t i = 0; i < count; i++) {
        if (!future_visit(children[i], visit))
            continue;
        struct child *child = &waiting->children[waiting->count++];
        child->waiting = waiting;
        child->future = af_future_ref(children[i]);
        handle_init(&child->callback.handle, &child_type);
        waiting->unfinished++;
        waiting->references++;
        future_add_callback(child->future, &child->callback);
    }
}

int af_wait(af_future *const *children, size_t count, double timeout,
            enum af_return_when return_when)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    if (count == 0)
        return af_raise(AF_VALUE_ERROR, "there are no futures to wait for");
    if (isnan(timeout))
        return af_raise(AF_VALUE_ERROR, "the timeout of a wait is not a number");
    for (size_t i = 0; i < count; i++)
        if (children[i]->loop != task->loop)
            return af_raise(AF_VALUE_ERROR, "a future of the wait belongs to another loop");
    struct waiting *waiting = malloc(sizeof *waiting + count * sizeof waiting->children[0]);
    if (!waiting)
        return -ENOMEM;
    *waiting = (struct waiting){.return_when = return_when, .references = 1};
    future_init_local(&waiting->future, task->loop);
    timer_init(&waiting->timer, &timeout_type);
    int r = start_timeout(waiting, timeout);
    if (r < 0) {
        free(waiting);
        return r;
    }
    watch_children(waiting, children, count);
    r = task_wait(&waiting->future);
    int done = 0;
    for (size_t i = 0; i < waiting->count; i++)
        done += af_future_done(waiting->children[i].future);
    stop_watching(waiting);
    return r < 0 ? r : done;
}

/* ---------------------------------------------------------------- wait_for */

struct end {
    af_future future;
    struct callback callback;
};

static int run_end(struct handle *handle)
{
    future_release(&container_of(handle, struct end, callback.handle)->future);
    return 0;
}

static const struct handle_type end_type = {.run = run_end};

/* Cancels FUTURE and waits until it is done, but does not await it, so that the wait can be
 * cancelled by itself. */
static int cancel_and_wait(af_future *future, void **ret_result)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    if (future->loop != task->loop)
        return af_raise(AF_RUNTIME_ERROR, "the future belongs to another loop");
    struct end end;
    future_init_local(&end.future, task->loop);
    handle_init(&end.callback.handle, &end_type);
    /* It must exist as long as it has a callback in this stack frame. */
    af_future_ref(future);
    future_add_callback(future, &end.callback);
    af_future_cancel(future);
    int r = task_wait(&end.future);
    callback_remove(&end.callback);
    if (r >= 0) {
        r = af_future_result(future, ret_result);
        if (r == AF_CANCELLED)
            r = af_raise(AF_TIMEOUT, NULL);
    }
    af_future_unref(future);
    return r;
}

int af_wait_for(af_future *future, double timeout, void **ret_result)
{
    if (timeout <= 0)
        return af_future_done(future) ? af_future_result(future, ret_result)
                                      : cancel_and_wait(future, ret_result);
    af_timeout scope;
    int r = af_timeout_enter(&scope, timeout);
    if (r < 0)
        return r;
    return af_timeout_exit(&scope, af_await(future, ret_result));
}
