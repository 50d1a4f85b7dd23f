/* Opens, runs and closes a loop: each iteration polls and runs the ready handles. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "async/debug.h"
#include "async/loop.h"
#include "base/error.h"

/* Iterations between two polls of a busy loop without descriptors to watch. */
static const unsigned LONGEST_UNPOLLED = 64;

/* Maximum in seconds of one wait of libev. The loop then polls again. */
static const double LONGEST_WAIT = 24 * 3600;

/* Seconds; asyncio's default of loop.slow_callback_duration. */
static const double SLOW_CALLBACK_DURATION = 0.1;

/* -------------------------------------------------------------------- poll */

static void on_alarm(struct ev_loop *ev, ev_timer *alarm, int events)
{
    /* Only ends the poll: the loop checks its timers after each poll. */
    (void)ev, (void)alarm, (void)events;
}

static void on_wakeup(struct ev_loop *ev, ev_async *wakeup, int events)
{
    (void)ev, (void)wakeup, (void)events;
}

/* FLAGS are those of ev_run(). */
static void poll_libev(af_loop *loop, int flags)
{
    loop->unpolled = 0;
    loop->signals_seen = atomic_load(&loop_signals_caught);
    ev_run(loop->ev, flags);
    list_append_all(&loop->ready, &loop->polled);
}

static bool wants_poll(af_loop *loop)
{
    return loop->watchers > 0 || ++loop->unpolled == LONGEST_UNPOLLED ||
           atomic_load_explicit(&loop_signals_caught, memory_order_relaxed) != loop->signals_seen;
}

static int poll_events(af_loop *loop, double timeout)
{
    if (loop->options.poll)
        return loop->options.poll(loop->options.arg, timeout);
    if (timeout <= 0) {
        if (wants_poll(loop))
            poll_libev(loop, EVRUN_NOWAIT);
        return 0;
    }
    if (timeout < AF_FOREVER) {
        ev_now_update(loop->ev);
        ev_timer_set(&loop->alarm, timeout < LONGEST_WAIT ? timeout : LONGEST_WAIT, 0);
        ev_timer_start(loop->ev, &loop->alarm);
    }
    poll_libev(loop, EVRUN_ONCE);
    ev_timer_stop(loop->ev, &loop->alarm);
    return 0;
}

/* ---------------------------------------------------------- open and close */

static bool debug_from_environment(void)
{
    const char *value = getenv("AFETCH_DEBUG");
    return value && value[0] && strcmp(value, "0") != 0;
}

/* Checks that a descriptor is free: libev aborts the process if it cannot open one for wake-ups. */
static int check_descriptor_free(void)
{
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0)
        return error_raise_code(-errno);
    close(fd);
    return 0;
}

int af_loop_new(const af_loop_options *options, af_loop **ret_loop)
{
    af_loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return -ENOMEM;
    loop->references = 1;
    if (options)
        loop->options = *options;
    loop->debug = loop->options.debug || debug_from_environment();
    loop->slow_callback_duration = SLOW_CALLBACK_DURATION;
    if (!loop->options.poll) {
        loop->ev = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
        if (!loop->ev) {
            free(loop);
            return af_raise(-EINVAL, "libev found no usable polling backend");
        }
        int r = check_descriptor_free();
        if (r < 0) {
            ev_loop_destroy(loop->ev);
            free(loop);
            return r;
        }
        ev_timer_init(&loop->alarm, on_alarm, 0, 0);
        ev_async_init(&loop->wakeup, on_wakeup);
        ev_async_start(loop->ev, &loop->wakeup);
    }
    list_init(&loop->ready);
    list_init(&loop->polled);
    list_init(&loop->signals);
    list_init(&loop->foreign);
    list_init(&loop->tasks);
    list_init(&loop->spare_tasks);
    coroutine_pool_init(&loop->coroutines);
    pthread_mutex_init(&loop->foreign_mutex, NULL);
    pthread_cond_init(&loop->foreign_added, NULL);
    *ret_loop = loop;
    return 0;
}

/* Waits for the executor calls of this loop, since their results are delivered to it. */
static void await_calls(af_loop *loop)
{
    while (loop->calls > 0) {
        pthread_mutex_lock(&loop->foreign_mutex);
        while (list_empty(&loop->foreign))
            pthread_cond_wait(&loop->foreign_added, &loop->foreign_mutex);
        pthread_mutex_unlock(&loop->foreign_mutex);
        loop_discard(loop);
    }
}

int af_loop_close(af_loop *loop)
{
    if (atomic_load(&loop->running))
        return af_raise(AF_RUNTIME_ERROR, "a running loop cannot be closed");
    loop->closed = true;
    /* Discard the queue first: some handles are on the stacks of tasks. */
    loop_discard(loop);
    await_calls(loop);
    if (loop->executor)
        loop->free_executor(loop->executor);
    if (loop->task_hooks)
        loop->task_hooks->abandon(loop);
    loop_discard(loop);
    timers_free(&loop->timers);
    loop_remove_watches(loop);
    coroutine_pool_free(&loop->coroutines);
    pthread_mutex_destroy(&loop->foreign_mutex);
    pthread_cond_destroy(&loop->foreign_added);
    if (loop->ev) {
        ev_async_stop(loop->ev, &loop->wakeup);
        ev_loop_destroy(loop->ev);
        loop->ev = NULL;
    }
    loop_unref(loop);
    return 0;
}

/* --------------------------------------------------------------------- run */

/* Prefetches the memory of the next handle while this one runs: a stack that was not used for a
 * while is not in the caches. */
static void prefetch_next(struct list *batch)
{
    if (list_empty(batch))
        return;
    struct handle *next = container_of(batch->next, struct handle, link);
    if (next->type->prefetch)
        next->type->prefetch(next);
}

static int run_once(af_loop *loop)
{
    loop_take_foreign(loop);
    double timeout = AF_FOREVER;
    if (!list_empty(&loop->ready) || loop->stopping)
        timeout = 0;
    else if (timers_next_time(&loop->timers) < AF_FOREVER)
        timeout = fmax(timers_next_time(&loop->timers) - af_loop_time(loop), 0);

    int r = poll_events(loop, timeout);
    if (r < 0)
        return r;
    loop_take_foreign(loop);

    if (timers_next_time(&loop->timers) < AF_FOREVER) {
        double end = loop_due_until(loop);
        while (timers_next_time(&loop->timers) <= end) {
            struct timer *timer = timers_first(&loop->timers);
            timers_remove(&loop->timers, timer);
            loop_ready(loop, &timer->handle);
        }
    }

    struct list batch, *link;
    list_init(&batch);
    list_append_all(&batch, &loop->ready);
    while ((link = list_pop(&batch))) {
        prefetch_next(&batch);
        struct handle *handle = container_of(link, struct handle, link);
        r = loop->debug ? debug_run(loop, handle) : handle->type->run(handle);
        if (r < 0)
            loop_report(loop, "exception in a callback", af_raised(r), NULL);
    }
    return 0;
}

static int begin_run(af_loop *loop)
{
    if (loop_running)
        return af_raise(AF_RUNTIME_ERROR, "a loop is running in this thread already");
    int r = loop_check_open(loop);
    if (r < 0)
        return r;
    if (atomic_exchange(&loop->running, true))
        return af_raise(AF_RUNTIME_ERROR, "the loop is running in another thread");
    loop_running = loop;
    loop->thread = pthread_self();
    if (loop->debug)
        debug_begin(loop);
    return 0;
}

static void end_run(af_loop *loop)
{
    debug_end(loop);
    atomic_store(&loop->running, false);
    loop_running = NULL;
}

int af_loop_run_once(af_loop *loop)
{
    int r = begin_run(loop);
    if (r < 0)
        return r;
    r = run_once(loop);
    loop->stopping = false;
    end_run(loop);
    return r;
}

int af_loop_run_forever(af_loop *loop)
{
    int r = begin_run(loop);
    if (r < 0)
        return r;
    do
        r = run_once(loop);
    while (r >= 0 && !loop->stopping);
    loop->stopping = false;
    end_run(loop);
    return r;
}
