/* State of a loop: its queue, time and references. loop_run.c runs it. */
#include "async/loop.h"

#include <stdlib.h>

#include <afetch/error.h>

#include "base/clock.h"

static const double CLOCK_RESOLUTION = 1e-9;

_Thread_local af_loop *loop_running;

double af_loop_time(const af_loop *loop)
{
    return loop->options.time ? loop->options.time(loop->options.arg) : clock_monotonic();
}

double loop_due_until(const af_loop *loop)
{
    return af_loop_time(loop) + CLOCK_RESOLUTION;
}

static void discard(struct handle *handle)
{
    if (handle->type->discard)
        handle->type->discard(handle);
}

void loop_take_foreign(af_loop *loop)
{
    if (!atomic_load(&loop->has_foreign))
        return;
    pthread_mutex_lock(&loop->foreign_mutex);
    list_append_all(&loop->ready, &loop->foreign);
    atomic_store(&loop->has_foreign, false);
    pthread_mutex_unlock(&loop->foreign_mutex);
}

void loop_discard(af_loop *loop)
{
    struct timer *timer;
    while ((timer = timers_first(&loop->timers))) {
        timers_remove(&loop->timers, timer);
        discard(&timer->handle);
    }
    loop_take_foreign(loop);
    struct list *link;
    while ((link = list_pop(&loop->ready)))
        discard(container_of(link, struct handle, link));
}

void loop_unref(af_loop *loop)
{
    if (--loop->references == 0)
        free(loop);
}

int loop_check_open(const af_loop *loop)
{
    return loop->closed ? af_raise(AF_RUNTIME_ERROR, "the loop is closed") : 0;
}

int loop_check_running_thread(const af_loop *loop)
{
    if (!atomic_load(&loop->running) || pthread_equal(loop->thread, pthread_self()))
        return 0;
    return af_raise(AF_RUNTIME_ERROR,
                    "the loop runs in another thread: use af_loop_call_soon_threadsafe()");
}

af_loop *af_running_loop(void)
{
    return loop_running;
}

void af_loop_stop(af_loop *loop)
{
    loop->stopping = true;
}
