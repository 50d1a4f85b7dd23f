/* Scheduled callbacks: call_soon, call_later, call_soon_threadsafe and their handles. */
#include <errno.h>
#include <stdlib.h>

#include "async/loop.h"

struct af_handle {
    struct timer timer; /* call_soon uses only its handle */
    af_loop *loop;
    af_callback *callback;
    void *arg;
    unsigned references; /* of the caller, and of the loop until it ran */
    bool cancelled;
};

void af_handle_unref(af_handle *handle)
{
    if (handle && --handle->references == 0)
        free(handle);
}

static int run_callback(struct handle *base)
{
    af_handle *handle = container_of(base, af_handle, timer.handle);
    af_callback *callback = handle->callback;
    void *arg = handle->arg;
    af_handle_unref(handle);
    return callback(arg);
}

static void discard_callback(struct handle *base)
{
    af_handle_unref(container_of(base, af_handle, timer.handle));
}

static struct subject callback_subject(const struct handle *base)
{
    const af_handle *handle = container_of(base, af_handle, timer.handle);
    return (struct subject){.function = (const void *)handle->callback};
}

static const struct handle_type callback_type = {
    .run = run_callback, .discard = discard_callback, .subject = callback_subject};

static int handle_new(af_loop *loop, af_callback *callback, void *arg, af_handle **ret_handle)
{
    int r = loop_check_open(loop);
    if (r < 0)
        return r;
    af_handle *handle = malloc(sizeof *handle);
    if (!handle)
        return -ENOMEM;
    *handle = (af_handle){.loop = loop, .callback = callback, .arg = arg, .references = 1};
    timer_init(&handle->timer, &callback_type);
    *ret_handle = handle;
    return 0;
}

/* Returns a reference to the caller, if requested. */
static void share(af_handle *handle, af_handle **ret_handle)
{
    if (!ret_handle)
        return;
    handle->references++;
    *ret_handle = handle;
}

int af_loop_call_soon(af_loop *loop, af_callback *callback, void *arg, af_handle **ret_handle)
{
    af_handle *handle;
    int r = loop_check_thread(loop);
    if (r >= 0)
        r = handle_new(loop, callback, arg, &handle);
    if (r < 0)
        return r;
    loop_take_foreign(loop); /* includes callbacks that this thread queued before the loop ran */
    loop_ready(loop, &handle->timer.handle);
    share(handle, ret_handle);
    return 0;
}

int af_loop_call_at(af_loop *loop, double when, af_callback *callback, void *arg,
                    af_handle **ret_handle)
{
    if (isnan(when))
        return af_raise(AF_VALUE_ERROR, "the time of a callback is not a number");
    af_handle *handle;
    int r = loop_check_thread(loop);
    if (r >= 0)
        r = handle_new(loop, callback, arg, &handle);
    if (r < 0)
        return r;
    r = timers_add(&loop->timers, &handle->timer, when);
    if (r < 0) {
        af_handle_unref(handle);
        return r;
    }
    share(handle, ret_handle);
    return 0;
}

int af_loop_call_later(af_loop *loop, double delay, af_callback *callback, void *arg,
                       af_handle **ret_handle)
{
    return af_loop_call_at(loop, af_loop_time(loop) + delay, callback, arg, ret_handle);
}

void loop_ready_threadsafe(af_loop *loop, struct handle *handle)
{
    /* The mutex is held throughout: a thread that waits for the handle may close the loop
     * afterwards. */
    pthread_mutex_lock(&loop->foreign_mutex);
    list_append(&loop->foreign, &handle->link);
    atomic_store(&loop->has_foreign, true);
    pthread_cond_signal(&loop->foreign_added);
    if (loop->ev)
        ev_async_send(loop->ev, &loop->wakeup);
    pthread_mutex_unlock(&loop->foreign_mutex);
}

int af_loop_call_soon_threadsafe(af_loop *loop, af_callback *callback, void *arg)
{
    af_handle *handle;
    int r = handle_new(loop, callback, arg, &handle);
    if (r < 0)
        return r;
    if (loop == af_running_loop()) {
        loop_take_foreign(loop);
        loop_ready(loop, &handle->timer.handle);
    } else {
        loop_ready_threadsafe(loop, &handle->timer.handle);
    }
    return 0;
}

void af_handle_cancel(af_handle *handle)
{
    bool waiting = handle->timer.slot > 0 || !list_empty(&handle->timer.handle.link);
    if (handle->cancelled || !waiting)
        return;
    handle->cancelled = true;
    timer_stop(handle->loop, &handle->timer);
    af_handle_unref(handle);
}

bool af_handle_cancelled(const af_handle *handle)
{
    return handle->cancelled;
}
