/* Internal interface of the event loop. */
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

/* Operations of tasks that the loop calls. It knows nothing else about tasks. */
struct task_hooks {
    /* Destroys all pending tasks, when the loop is closed. */
    void (*abandon)(af_loop *loop);
    /* Writes the names of a task and of its function: "Task-1 (fetch)". False for a future that is
     * not a task. */
    bool (*describe)(const af_future *future, char *buffer, size_t size);
    /* True if ADDRESS is in the guard below the stack of the running task. */
    bool (*overflowed)(const af_future *task, const void *address);
};

struct af_loop {
    struct list ready;
    struct timers timers;
    af_loop_options options;
    bool stopping;
    atomic_bool closed; /* read by other threads */
    size_t references;  /* of the owner until it is closed, and one per future */

    struct ev_loop *ev; /* NULL if the loop has its own poll */
    ev_timer alarm;     /* ends the poll when the first timer is due */
    ev_async wakeup;
    size_t watchers;       /* number of watched descriptors; if 0, a busy loop does not poll in each
                            * iteration */
    unsigned unpolled;     /* iterations since the last poll */
    unsigned signals_seen; /* value of loop_signals_caught at the last poll */
    struct list polled;    /* handles made ready by the current poll */

    struct watch **readers; /* indexed by descriptor */
    struct watch **writers;
    size_t descriptors; /* size of both arrays */
    struct list signals;

    pthread_mutex_t foreign_mutex;
    pthread_cond_t foreign_added;
    struct list foreign; /* handles from other threads */
    atomic_bool has_foreign;

    af_executor *executor; /* the default executor; NULL until needed */
    void (*free_executor)(af_executor *executor);
    size_t calls; /* executor calls that have not returned */

    af_exception_handler *exception_handler;
    void *exception_handler_arg;

    bool debug;
    double slow_callback_duration;
    pthread_t thread; /* that runs the loop */
    atomic_bool running;
    void *signal_stack; /* while it runs in debug mode */

    /* State of futures and tasks, which the loop only stores. */
    struct list tasks;
    struct list spare_tasks; /* freed tasks, whose memory is reused */
    af_future *current_task;
    uint64_t tasks_created;
    uint64_t visits;
    const struct task_hooks *task_hooks; /* NULL until the first task is created */
    struct coroutine_pool coroutines;
};

/* The loop running in this thread, or NULL. The TLS model "initial-exec" avoids a function call for
 * each access in the shared library. */
extern _Thread_local af_loop *loop_running __attribute__((tls_model("initial-exec")));

/* Number of signals caught for all loops. */
extern atomic_uint loop_signals_caught;

/* Errors: AF_RUNTIME_ERROR if the loop runs in another thread. */
int loop_check_running_thread(const af_loop *loop);

static inline void handle_init(struct handle *handle, const struct handle_type *type)
{
    list_init(&handle->link);
    handle->type = type;
}

/* Queues the handle to run in the next iteration. It must not be queued yet. Never fails. */
static inline void loop_ready(af_loop *loop, struct handle *handle)
{
    list_append(&loop->ready, &handle->link);
}

/* Queues the handle from any thread. The loop may be closed as soon as this returns. Never fails.
 */
void loop_ready_threadsafe(af_loop *loop, struct handle *handle);

/* Moves handles queued by other threads to the ready queue. */
void loop_take_foreign(af_loop *loop);

/* Removes a handle from the queue; does nothing if it is not queued. */
static inline void handle_cancel(struct handle *handle)
{
    list_remove(&handle->link);
}

static inline void timer_init(struct timer *timer, const struct handle_type *type)
{
    handle_init(&timer->handle, type);
    timer->slot = 0;
}

/* Stops a timer that is pending, or due and not run yet. */
static inline void timer_stop(af_loop *loop, struct timer *timer)
{
    timers_remove(&loop->timers, timer);
    handle_cancel(&timer->handle);
}

/* Returns the time up to which timers are due: now plus the clock's resolution, as in asyncio. */
double loop_due_until(const af_loop *loop);

/* Drops a reference to the loop; the last one frees its memory. */
void loop_unref(af_loop *loop);

/* Errors: AF_RUNTIME_ERROR if the loop is closed. */
int loop_check_open(const af_loop *loop);

/* Errors: in debug mode, AF_RUNTIME_ERROR if the loop runs in another thread. */
static inline int loop_check_thread(const af_loop *loop)
{
    return loop->debug ? loop_check_running_thread(loop) : 0;
}

/* Discards all queued callbacks and timers. */
void loop_discard(af_loop *loop);

/* Calls the exception handler. future may be NULL. */
void loop_report(af_loop *loop, const char *message, af_error error, af_future *future);

/* A watched descriptor, and the handle to queue when it is ready. */
struct watch {
    ev_io io;
    struct handle handle;
    af_loop *loop;
};

/* EVENTS is EV_READ or EV_WRITE. */
void watch_init(struct watch *watch, af_loop *loop, int fd, int events,
                const struct handle_type *type);

/* Queues the handle whenever the descriptor is ready, until stopped. Starting and stopping twice is
 * allowed.
 * Errors: -ENOTSUP on a loop with its own poll, -EBADF. */
int watch_start(struct watch *watch);
void watch_stop(struct watch *watch);

/* True if CALLBACK is the handler of SIGNAL. */
bool loop_has_signal_handler(const af_loop *loop, int signal, af_callback *callback, void *arg);

/* True if SIGNAL was received and its handler has not run yet. */
bool loop_signal_pending(const af_loop *loop, int signal);

/* Removes all callbacks of descriptors and signals. */
void loop_remove_watches(af_loop *loop);

#endif
