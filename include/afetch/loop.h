/* The event loop: callbacks in first-in first-out order, timers, file descriptors, signals.
 *
 * One iteration polls, appends the timers that are due to the queue of ready callbacks, and runs
 * exactly the callbacks that are queued then. Callbacks that these add run in the next iteration
 * (rules 1 to 7).
 *
 * Suspends: never; that applies to all functions here.
 * Threads: a loop belongs to the thread that runs it. Only af_loop_call_soon_threadsafe() may be
 * called from other threads. */
#ifndef AFETCH_LOOP_H
#define AFETCH_LOOP_H

#include <math.h>
#include <stdbool.h>

#include <afetch/error.h>

AF_BEGIN_DECLARATIONS

/* No timeout: the equivalent of None. */
#define AF_FOREVER ((double)INFINITY)

typedef struct af_future af_future;
typedef struct af_loop af_loop;

/* A scheduled callback, which can be cancelled. */
typedef struct af_handle af_handle;

/* A callback. A negative code is passed to the loop's exception handler (rule 5). */
typedef int af_callback(void *arg);

/* Options of a loop. debug: see af_loop_set_debug(). time and poll replace the clock and libev, for
 * tests. time returns seconds since any fixed point. poll waits at most TIMEOUT seconds (0: does
 * not wait; AF_FOREVER: nothing is ready and there is no timer) and returns 0, or a negative code,
 * which ends the run. A loop with its own poll supports neither file descriptors nor signals. */
typedef struct af_loop_options {
    bool debug;
    double (*time)(void *arg);
    int (*poll)(void *arg, double timeout);
    void *arg;
} af_loop_options;

/* The argument of an exception handler. future is NULL if the error is that of a callback. */
typedef struct af_exception_context {
    const char *message;
    af_error error;
    af_future *future;
} af_exception_context;

typedef void af_exception_handler(af_loop *loop, const af_exception_context *context, void *arg);

/* Creates a loop. options may be NULL, and so may each function in it.
 * Errors: -ENOMEM; -EMFILE; -EINVAL if libev finds no usable way to poll.
 * Ownership: the caller owns the loop. */
int af_loop_new(const af_loop_options *options, af_loop **ret_loop);

/* Closes the loop. Streams, servers and clients must be freed before. Blocks until the functions
 * that run in executor threads for this loop have returned (executor.h); their futures do not
 * become done any more.
 *
 * Tasks that are still pending are reported to the exception handler, also as never awaited if they
 * had not begun, and destroyed without running again; resources known only to the stack of such a
 * task are leaked (rule 17). af_run() cancels and awaits all tasks before.
 *
 * Afterwards remaining futures can still be read, and locks and queues that tasks waited for can be
 * freed, but nothing can be added to the loop: AF_RUNTIME_ERROR.
 * Errors: AF_RUNTIME_ERROR if it is running; it then stays open.
 * Ownership: the memory of the loop is freed with the last of its futures, or at once if there are
 * none.
 * Threads: other threads that call af_loop_call_soon_threadsafe() must have ended. */
int af_loop_close(af_loop *loop);

/* Returns the loop that is running in this thread, or NULL.
 * Threads: any. */
af_loop *af_running_loop(void);

/* Returns the time of the loop's clock in seconds. */
double af_loop_time(const af_loop *loop);

/* Calls CALLBACK in the next iteration. Callbacks run in the order in which they were scheduled.
 * Errors: -ENOMEM; AF_RUNTIME_ERROR if the loop is closed.
 * Ownership: the caller owns the handle and drops it with af_handle_unref(); ret_handle may be
 * NULL. */
int af_loop_call_soon(af_loop *loop, af_callback *callback, void *arg, af_handle **ret_handle);

/* Call CALLBACK after DELAY seconds, or when the loop's clock reads WHEN; at once if that is in the
 * past (rule 3). Callbacks with the same time run in the order in which they were scheduled (rule
 * 4).
 * Errors: those of af_loop_call_soon(); AF_VALUE_ERROR if the time is NaN.
 * Ownership: as for af_loop_call_soon(). */
int af_loop_call_later(af_loop *loop, double delay, af_callback *callback, void *arg,
                       af_handle **ret_handle);
int af_loop_call_at(af_loop *loop, double when, af_callback *callback, void *arg,
                    af_handle **ret_handle);

/* Schedules CALLBACK like af_loop_call_soon() and wakes the poll (rule 6).
 * Errors: those of af_loop_call_soon().
 * Threads: any. */
int af_loop_call_soon_threadsafe(af_loop *loop, af_callback *callback, void *arg);

/* Cancel a callback: it is not called, and its timer does not delay the loop (rule 3). Cancelling
 * has no effect after the callback ran, and the handle does not count as cancelled then. Dropping a
 * handle with af_handle_unref() does not cancel its callback. */
void af_handle_cancel(af_handle *handle);
bool af_handle_cancelled(const af_handle *handle);
void af_handle_unref(af_handle *handle);

/* Call CALLBACK whenever FD is readable, or writable, until removed. A descriptor has at most one
 * callback of each kind; adding another replaces the first. Remove both before closing the
 * descriptor. The remove functions return true if there was a callback.
 * Errors: -EBADF if FD is not open; -ENOMEM; -ENOTSUP on a loop with its own poll; AF_RUNTIME_ERROR
 * if the loop is closed. */
int af_loop_add_reader(af_loop *loop, int fd, af_callback *callback, void *arg);
int af_loop_add_writer(af_loop *loop, int fd, af_callback *callback, void *arg);
bool af_loop_remove_reader(af_loop *loop, int fd);
bool af_loop_remove_writer(af_loop *loop, int fd);

/* Calls CALLBACK in the loop when the process receives SIGNAL. Adding another callback for the
 * signal replaces the first. Only one loop of a process can handle a given signal. The remove
 * function returns true if there was a callback.
 * Errors: -EBUSY if another loop handles the signal; -EINVAL if it cannot be handled; -ENOMEM;
 * -ENOTSUP on a loop with its own poll; AF_RUNTIME_ERROR if the loop is closed. */
int af_loop_add_signal_handler(af_loop *loop, int signal, af_callback *callback, void *arg);
bool af_loop_remove_signal_handler(af_loop *loop, int signal);

/* Runs until af_loop_stop() is called.
 * Errors: AF_RUNTIME_ERROR if a loop is running in this thread already, or this one runs in another
 * thread or is closed; the error of the loop's poll. */
int af_loop_run_forever(af_loop *loop);

/* Runs one iteration of af_loop_run_forever().
 * Errors: those of af_loop_run_forever(). */
int af_loop_run_once(af_loop *loop);

/* Stops the loop at the end of the current iteration. Called before a run, it limits that run to
 * one iteration (rule 7). */
void af_loop_stop(af_loop *loop);

/* Sets the handler for errors that no task awaits: a failed callback, an exception that was never
 * retrieved, a pending task destroyed. NULL: such errors are ignored, which is the default. */
void af_loop_set_exception_handler(af_loop *loop, af_exception_handler *handler, void *arg);

/* An exception handler that writes each report to stderr as a line, like asyncio's default one. ARG
 * is not used. */
void af_print_exception(af_loop *loop, const af_exception_context *context, void *arg);

/* Debug mode (rule 69). It is on from the start if the options or AFETCH_DEBUG=1 in the environment
 * say so. Callbacks, and steps of tasks, that take slow_callback_duration (default 0.1 s) or longer
 * are reported by name to the exception handler; without a handler all reports go to
 * af_print_exception(). call_soon, call_later, call_at, and functions that create a task or set a
 * future, fail with AF_RUNTIME_ERROR in any other thread than the loop's. A stack overflow of a
 * task writes its name to stderr before it ends the process. */
void af_loop_set_debug(af_loop *loop, bool on);
bool af_loop_debug(const af_loop *loop);
void af_loop_set_slow_callback_duration(af_loop *loop, double seconds);

AF_END_DECLARATIONS

#endif
