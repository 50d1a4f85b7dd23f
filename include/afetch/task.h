/* Tasks: coroutines that run concurrently on the loop.
 *
 * A coroutine is a function of this signature. Called directly, it runs inline like `await f()`
 * (rule 8). As a task, it runs on a stack of its own and can suspend in af_await() at any depth of
 * calls while other tasks run. It returns 0, and its result if any in *ret_result, or a negative
 * code, which is its exception. Returning AF_CANCELLED means that it was cancelled.
 *
 * Coroutine stacks are 128 KiB: put large arrays on the heap, and avoid deep recursion. */
#ifndef AFETCH_TASK_H
#define AFETCH_TASK_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef int af_coroutine(void *arg, void **ret_result);

/* A task is a future: it has the same type, and every function of future.h accepts it. */
typedef struct af_future af_task;

/* Creates a task on the running loop. Its first step runs in the next iteration, in the order of
 * creation. destroy (may be NULL) is called with ARG when the task is destroyed, also if it never
 * ran; a result may therefore point into ARG.
 * Errors: AF_RUNTIME_ERROR if no loop is running; -ENOMEM; -EAGAIN if the system does not let the
 * process map another stack.
 * Suspends: never.
 * Ownership: the caller owns a reference; ret_task may be NULL. The loop holds another until the
 * task is done. ARG is taken over, except on error. */
int af_create_task(af_coroutine *coroutine, void *arg, void (*destroy)(void *arg),
                   af_task **ret_task);

/* Creates a task on LOOP, which need not be running.
 * Errors: AF_RUNTIME_ERROR if the loop is closed; -ENOMEM; -EAGAIN, as for af_create_task().
 * Suspends: never.
 * Ownership: as for af_create_task(). */
int af_loop_create_task(af_loop *loop, af_coroutine *coroutine, void *arg,
                        void (*destroy)(void *arg), af_task **ret_task);

/* Waits until FUTURE is done, then returns as af_future_result() does. ret_result may be NULL.
 * Cancelling the waiting task cancels FUTURE, and the outcome of FUTURE is then returned:
 * AF_CANCELLED, unless FUTURE is a task that catches the cancellation (rule 19).
 * Errors: those of af_future_result(); AF_CANCELLED; AF_RUNTIME_ERROR if it would have to suspend
 * outside a task, or if FUTURE belongs to another loop or is the running task itself (rule 11).
 * Suspends: unless FUTURE is done (rule 10).
 * Ownership: the result is borrowed from FUTURE: keep its reference while you use the result. */
int af_await(af_future *future, void **ret_result);

/* Sleeps for DELAY seconds; for 0 or less, exactly one iteration (rule 9).
 * Errors: AF_CANCELLED; AF_VALUE_ERROR if DELAY is NaN; AF_RUNTIME_ERROR outside a task; -ENOMEM.
 * Suspends: always. */
int af_sleep(double delay);

/* Returns the running task, or NULL. */
af_task *af_current_task(void);

/* True if this future is a task. The functions below are for tasks only. */
bool af_future_is_task(const af_future *future);

/* Returns the argument that the task was created with, for example to identify a task that is done.
 */
void *af_task_argument(const af_task *task);

/* The name of a task: "Task-1", "Task-2" ... unless set; "Task" if there is no memory.
 * Errors: -ENOMEM, from af_task_set_name().
 * Ownership: the name is borrowed from the task; setting copies it. */
const char *af_task_name(af_task *task);
int af_task_set_name(af_task *task, const char *name);

/* Return the number of cancellation requests that were not taken back (rules 18, 22).
 * af_task_uncancel() takes one back; reaching 0 withdraws a cancellation that was not delivered yet
 * (rule 24). */
unsigned af_task_cancelling(const af_task *task);
unsigned af_task_uncancel(af_task *task);

/* Iterate over the tasks of LOOP that are not done, in the order of creation: the first task, and
 * the one after TASK. NULL at the end.
 * Ownership: borrowed. */
af_task *af_first_task(const af_loop *loop);
af_task *af_next_task(const af_task *task);

AF_END_DECLARATIONS

#endif
