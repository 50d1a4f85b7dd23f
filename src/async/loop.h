/* What the public header hides of the event loop. */
#ifndef ASYNC_LOOP_H
#define ASYNC_LOOP_H

#include <ev.h>
#include <pthread.h>
#include <stdatomic.h>

#include <afetch/executor.h>
#include <afetch/loop.h>

#include "async/coroutine.h"
#include "async/timers.h"

struct watch;

/* What the loop asks of its tasks, of which it knows nothing else. */
struct task_hooks {
    /* What closing the loop does to all of them. */
    void (*abandon)(af_loop *loop);
    /* Writes "Task-1 (fetch)", the names of a task and of its function; false for another future.
     */
    bool (*describe)(const af_future *future, char *buffer, size_t size);
    /* Whether ADDRESS is where the stack of the running task would go on if it were longer. */
    bool (*overflowed)(const af_future *task, const void *address);
};

struct af_loop {
    struct list ready;
    struct timers timers;
    af_loop_options options;
    bool stopping;
    atomic_bool closed; /* threads ask */
    size_t references;  /* the owner's until it is closed, and one of each future */

    struct ev_loop *ev; /* NULL where the loop has its own poll */
    ev_timer alarm;     /* the one behind which all timers stand */
    ev_async wakeup;
    size_t watchers;       /* descriptors; with none, a busy loop need not poll every time */
    unsigned unpolled;     /* iterations since it did */
    unsigned signals_seen; /* of loop_signals_caught */
    struct list polled;    /* what the poll that goes on made ready */

    struct watch **readers; /* by descriptor */
    struct watch **writers;
    size_t descriptors; /* how many places both have */
    struct list signals;

    pthread_mutex_t foreign_mutex;
    pthread_cond_t foreign_added;
    struct list foreign; /* handles from other threads */
    atomic_bool has_foreign;

    af_executor *executor; /* its own, or NULL where it was not needed yet */
    void (*free_executor)(af_executor *executor);
    size_t calls; /* given to executors, and not back yet */

    af_exception_handler *exception_handler;
    void *exception_handler_arg;

    bool debug;
    double slow_callback_duration;
    pthread_t thread; /* that runs it */
    atomic_bool running;
    void *signal_stack; /* while a run is debugged */

    /* Kept for futures and tasks, of which the loop knows nothing else. */
    struct list tasks;
    struct list spare_tasks; /* whose memory waits to be used again */
    af_future *current_task;
    uint64_t tasks_created;
    uint64_t visits;
    const struct task_hooks *task_hooks; /* NULL before the first task */
    struct coroutine_pool coroutines;
};

/* The loop that is running in this thread, or NULL. The model is the one that needs no call to find
 * a variable of a thread, in the shared library too. */
extern _Thread_local af_loop *loop_running __attribute__((tls_model("initial-exec")));

/* How many signals came, for whatever loop. */
extern atomic_uint loop_signals_caught;

/* AF_RUNTIME_ERROR if the loop runs in another thread. */
int loop_check_running_thread(const af_loop *loop);

static inline void handle_init(struct handle *handle, const struct handle_type *type)
{
    list_init(&handle->link);
    handle->type = type;
}

/* Runs the handle in the next iteration. It must not be queued yet. Never fails. */
static inline void loop_ready(af_loop *loop, struct handle *handle)
{
    list_append(&loop->ready, &handle->link);
}

/* The same from any thread, for which the loop may be gone as this returns. Never fails. */
void loop_ready_threadsafe(af_loop *loop, struct handle *handle);

/* Queues what came from other threads. */
void loop_take_foreign(af_loop *loop);

/* Takes a handle out of the queue; nothing happens where it is in none. */
static inline void handle_cancel(struct handle *handle)
{
    list_remove(&handle->link);
}

static inline void timer_init(struct timer *timer, const struct handle_type *type)
{
    handle_init(&timer->handle, type);
    timer->slot = 0;
}

/* Takes back a timer that waits, or is due and has not run. */
static inline void timer_stop(af_loop *loop, struct timer *timer)
{
    timers_remove(&loop->timers, timer);
    handle_cancel(&timer->handle);
}

/* Timers up to this time are due: now, and as in asyncio the resolution of the clock. */
double loop_due_until(const af_loop *loop);

/* Lets go of a loop; with the last reference its memory goes. */
void loop_unref(af_loop *loop);

/* AF_RUNTIME_ERROR where the loop is closed. */
int loop_check_open(const af_loop *loop);

/* In debug mode, AF_RUNTIME_ERROR where the loop runs in another thread. */
static inline int loop_check_thread(const af_loop *loop)
{
    return loop->debug ? loop_check_running_thread(loop) : 0;
}

/* Drops all callbacks that wait. */
void loop_discard(af_loop *loop);

/* Tells the exception handler. future may be NULL. */
void loop_report(af_loop *loop, const char *message, af_error error, af_future *future);

/* A descriptor that the loop watches and a handle that it makes ready. */
struct watch {
    ev_io io;
    struct handle handle;
    af_loop *loop;
};

/* events: EV_READ or EV_WRITE. */
void watch_init(struct watch *watch, af_loop *loop, int fd, int events,
                const struct handle_type *type);

/* Makes the handle ready whenever the descriptor is, until stopped. -ENOTSUP on a loop with its own
 * poll, -EBADF. Starting twice and stopping twice are fine. */
int watch_start(struct watch *watch);
void watch_stop(struct watch *watch);

/* Whether it is CALLBACK that SIGNAL calls. */
bool loop_has_signal_handler(const af_loop *loop, int signal, af_callback *callback, void *arg);

/* Whether SIGNAL came and has not been told to its handler. */
bool loop_signal_pending(const af_loop *loop, int signal);

/* Forgets all callbacks on descriptors and signals. */
void loop_remove_watches(af_loop *loop);

#endif
