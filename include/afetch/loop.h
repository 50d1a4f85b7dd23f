/* The event loop: callbacks in first-in first-out order, timers, file descriptors, signals.
 *
 * One iteration polls, appends the timers that are due behind what is ready, and runs exactly that
 * batch; what the batch adds runs in the next iteration (rules 1 to 7).
 *
 * A loop belongs to the thread that runs it. Only af_loop_call_soon_threadsafe() may be called from
 * another. Nothing here suspends. */
#ifndef AFETCH_LOOP_H
#define AFETCH_LOOP_H

#include <math.h>
#include <stdbool.h>

#include <afetch/error.h>

AF_BEGIN_DECLARATIONS

/* A timeout of None: never. */
#define AF_FOREVER ((double)INFINITY)

typedef struct af_future af_future;
typedef struct af_loop af_loop;

/* One callback that waits its turn, so that it can be cancelled. */
typedef struct af_handle af_handle;

/* Returns 0, or a negative code, which goes to the loop's exception handler (rule 5). */
typedef int af_callback(void *arg);

/* debug: see af_loop_set_debug(). The rest is a clock and a poll of one's own, for tests. time
 * gives seconds from any point that does not move. poll waits at most TIMEOUT seconds (0: not at
 * all; AF_FOREVER: nothing is ready and no timer is armed) and returns 0 or a negative code, which
 * ends the run. A loop with its own poll watches no file descriptors and no signals. */
typedef struct af_loop_options {
    bool debug;
    double (*time)(void *arg);
    int (*poll)(void *arg, double timeout);
    void *arg;
} af_loop_options;

/* What the exception handler is told. future is NULL where the error is a callback's. */
typedef struct af_exception_context {
    const char *message;
    af_error error;
    af_future *future;
} af_exception_context;

typedef void af_exception_handler(af_loop *loop, const af_exception_context *context, void *arg);

/* Makes a loop. options may be NULL, as may each function in it. -ENOMEM, -EMFILE, or -EINVAL where
 * libev finds no way to poll. The caller owns the loop. */
int af_loop_new(const af_loop_options *options, af_loop **ret_loop);

/* Closes the loop: 0, or AF_RUNTIME_ERROR where it is running, and then it stays open. Waits,
 * blocking, for the calls it gave to threads (executor.h), of which no future becomes done any
 * more. Streams, servers and clients are freed before it; futures that are left stay readable,
 * locks and queues for which a task waited may still be freed, and nothing can be added any more:
 * AF_RUNTIME_ERROR. The loop itself goes with the last of these futures, or at once, so that
 * threads which call it must have ended. A task that is still pending is reported to the exception
 * handler, as never awaited too where it had not begun, and destroyed without running again, so
 * what only its stack knows of is lost (rule 17); af_run() cancels and awaits them first. */
int af_loop_close(af_loop *loop);

/* The loop that is running in this thread, or NULL. Borrowed. */
af_loop *af_running_loop(void);

/* The loop's clock, in seconds. */
double af_loop_time(const af_loop *loop);

/* Calls CALLBACK in the next iteration, in the order of the calls. ret_handle may be NULL;
 * otherwise the caller owns the handle and drops it with af_handle_unref(). -ENOMEM;
 * AF_RUNTIME_ERROR once the loop is closed. */
int af_loop_call_soon(af_loop *loop, af_callback *callback, void *arg, af_handle **ret_handle);

/* Calls CALLBACK after DELAY seconds, at once where that is negative (rule 3). Equal times run in
 * the order of the calls (rule 4). call_at: when the loop's clock reads WHEN. The errors of
 * call_soon; AF_VALUE_ERROR where the time is not a number. */
int af_loop_call_later(af_loop *loop, double delay, af_callback *callback, void *arg,
                       af_handle **ret_handle);
int af_loop_call_at(af_loop *loop, double when, af_callback *callback, void *arg,
                    af_handle **ret_handle);

/* call_soon from any thread; wakes the poll (rule 6). The errors of call_soon. */
int af_loop_call_soon_threadsafe(af_loop *loop, af_callback *callback, void *arg);

/* A cancelled handle never runs and never delays the loop (rule 3). Harmless once it ran, and not
 * counted as cancelled then. unref takes NULL, and lets the callback run all the same. */
void af_handle_cancel(af_handle *handle);
bool af_handle_cancelled(const af_handle *handle);
void af_handle_unref(af_handle *handle);

/* Calls CALLBACK whenever FD is readable, or writable, until removed; one callback of each sort for
 * a descriptor, a second call replaces the first. Remove both before closing the descriptor.
 * -EBADF for one that is not open, -ENOMEM, -ENOTSUP on a loop with its own poll, AF_RUNTIME_ERROR
 * once the loop is closed. Removing returns whether there was one. */
int af_loop_add_reader(af_loop *loop, int fd, af_callback *callback, void *arg);
int af_loop_add_writer(af_loop *loop, int fd, af_callback *callback, void *arg);
bool af_loop_remove_reader(af_loop *loop, int fd);
bool af_loop_remove_writer(af_loop *loop, int fd);

/* Calls CALLBACK in the loop when the process receives SIGNAL; a second call replaces the first.
 * Only one loop of a process may handle a given signal: -EBUSY. -EINVAL for one that cannot be
 * handled, -ENOMEM, -ENOTSUP on a loop with its own poll, AF_RUNTIME_ERROR once the loop is closed.
 * Removing returns whether there was one. */
int af_loop_add_signal_handler(af_loop *loop, int signal, af_callback *callback, void *arg);
bool af_loop_remove_signal_handler(af_loop *loop, int signal);

/* Runs until af_loop_stop(). AF_RUNTIME_ERROR where a loop is running in this thread, or this one
 * is closed; otherwise 0 or the code that the poll returned. */
int af_loop_run_forever(af_loop *loop);

/* Runs one iteration: what run_forever does until it is stopped. The same errors. */
int af_loop_run_once(af_loop *loop);

/* Ends the run after the current batch; before a run, that run does one iteration (rule 7). */
void af_loop_stop(af_loop *loop);

/* Who hears of errors that nobody awaits: a failed callback, an exception never retrieved, a
 * pending task destroyed. NULL: nobody. A loop begins with nobody. */
void af_loop_set_exception_handler(af_loop *loop, af_exception_handler *handler, void *arg);

/* A handler that writes each report to stderr as a line, what asyncio's default one does; the
 * argument is not used. */
void af_print_exception(af_loop *loop, const af_exception_context *context, void *arg);

/* Debug mode (rule 69), on from the start where the options or AFETCH_DEBUG=1 in the environment
 * say so. Callbacks and steps of tasks that take slow_callback_duration (0.1 s unless set) or
 * longer are reported by name to the exception handler; where there is none, all reports go to
 * af_print_exception(). call_soon, call_later, call_at and what makes a task or sets a future are
 * then AF_RUNTIME_ERROR in another thread than the loop's. A task that outgrew its stack is named
 * on stderr before the process ends of it. */
void af_loop_set_debug(af_loop *loop, bool on);
bool af_loop_debug(const af_loop *loop);
void af_loop_set_slow_callback_duration(af_loop *loop, double seconds);

AF_END_DECLARATIONS

#endif
