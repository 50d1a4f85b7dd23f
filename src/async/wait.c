#include <errno.h>
#include <stdlib.h>

#include <afetch/timeout.h>
#include <afetch/wait.h>

#include "async/task.h"

/* One call of wait(). It lives in the frame of the waiter, as do its timer and its future. */
struct waiting {
    af_future future;
    struct timer timer;
    enum af_return_when return_when;
    size_t unfinished;
};

struct child {
    struct callback callback;
    struct waiting *waiting; /* NULL on a duplicate */
    af_future *future;
};

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
    return 0;
}

/* asyncio cannot take back a callback that is due, and what it does is seen: it retrieves an
 * exception. */
static void stop_watching(struct child *child)
{
    bool due = !list_empty(&child->callback.handle.link) && af_future_done(child->future);
    callback_remove(&child->callback);
    if (due)
        run_child_done(&child->callback.handle);
}

static int run_timeout(struct handle *handle)
{
    future_release(&container_of(handle, struct waiting, timer.handle)->future);
    return 0;
}

static const struct handle_type child_type = {.run = run_child_done};
static const struct handle_type timeout_type = {.run = run_timeout};

static int start_timeout(struct waiting *waiting, double timeout)
{
    af_loop *loop = waiting->future.loop;
    if (timeout >= AF_FOREVER)
        return 0;
    return timers_add(&loop->timers, &waiting->timer, af_loop_time(loop) + timeout);
}

int af_wait(af_future *const *children, size_t count, double timeout,
            enum af_return_when return_when)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    if (count == 0)
        return af_raise(AF_VALUE_ERROR, "there is nothing to wait for");
    if (isnan(timeout))
        return af_raise(AF_VALUE_ERROR, "the timeout of a wait is not a number");
    for (size_t i = 0; i < count; i++)
        if (children[i]->loop != task->loop)
            return af_raise(AF_VALUE_ERROR, "a future of the wait belongs to another loop");
    struct child *list = calloc(count, sizeof *list);
    if (!list)
        return -ENOMEM;

    struct waiting waiting = {.return_when = return_when};
    future_init_local(&waiting.future, task->loop);
    timer_init(&waiting.timer, &timeout_type);
    int r = start_timeout(&waiting, timeout);
    if (r < 0) {
        free(list);
        return r;
    }
    uint64_t visit = future_new_visit(task->loop);
    for (size_t i = 0; i < count; i++) {
        struct child *child = &list[i];
        child->future = af_future_ref(children[i]);
        handle_init(&child->callback.handle, &child_type);
        if (!future_visit(child->future, visit))
            continue;
        child->waiting = &waiting;
        waiting.unfinished++;
        future_add_callback(child->future, &child->callback);
    }

    r = task_wait(&waiting.future);

    timer_stop(task->loop, &waiting.timer);
    int done = 0;
    for (size_t i = 0; i < count; i++) {
        stop_watching(&list[i]);
        done += list[i].waiting && af_future_done(list[i].future);
        af_future_unref(list[i].future);
    }
    free(list);
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

/* Cancels FUTURE and awaits its end, not the future itself: the wait can then be cancelled on its
 * own. */
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
    /* It must not go while its callbacks lead to this frame. */
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
