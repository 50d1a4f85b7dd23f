/* Tasks: coroutines that run concurrently on the loop.
 *
 * A coroutine is a function with an argument. Called, it runs inline, as `await f()` does (rule 8);
 * made a task, it runs on a stack of its own and may stand still in af_await() at any depth of
 * calls while others run. It returns 0, with its result in *ret_result if it has one, or a negative
 * code, which is its exception; to return AF_CANCELLED is to be cancelled. */
#ifndef AFETCH_TASK_H
#define AFETCH_TASK_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef int af_coroutine(void *arg, void **ret_result);

/* A task *is* a future: the same type, and every function of future.h takes it. */
typedef struct af_future af_task;

/* Makes a task of COROUTINE, to take its first step in the next iteration, in the order of
 * creation. destroy is called with ARG when the task goes, whether it ever ran or not, and may be
 * NULL; a result may point into ARG. The loop keeps a reference while the task is not done;
 * ret_task may be NULL where the caller needs none. AF_RUNTIME_ERROR where no loop is running,
 * -ENOMEM, and -EAGAIN where the system lets the process map no more stacks; ARG is then still the
 * caller's. Does not suspend. */
int af_create_task(af_coroutine *coroutine, void *arg, void (*destroy)(void *arg),
                   af_task **ret_task);

/* The same on a loop that need not be running. AF_RUNTIME_ERROR where it is closed. */
int af_loop_create_task(af_loop *loop, af_coroutine *coroutine, void *arg,
                        void (*destroy)(void *arg), af_task **ret_task);

/* Suspends the running task until FUTURE is done; then as af_future_result(). A future that is done
 * does not suspend (rule 10). A cancelled wait cancels the future (rule 19) and returns
 * AF_CANCELLED once. The result is borrowed: keep the future as long as you use it. ret_result may
 * be NULL. AF_RUNTIME_ERROR where it would have to wait outside a task, for a future of another
 * loop, or for itself (rule 11). */
int af_await(af_future *future, void **ret_result);

/* Suspends for DELAY seconds; 0 or less is exactly one iteration (rule 9). AF_CANCELLED,
 * AF_VALUE_ERROR where DELAY is not a number, AF_RUNTIME_ERROR outside a task, -ENOMEM. */
int af_sleep(double delay);

/* The task that is running, or NULL. Borrowed. */
af_task *af_current_task(void);

/* Whether this future is a task. The functions below are for tasks only. */
bool af_future_is_task(const af_future *future);

/* The argument it was made with: how a done task is told from another. */
void *af_task_argument(const af_task *task);

/* "Task-1", "Task-2" ... unless set; "Task" where there is no memory. Borrowed. Setting copies:
 * -ENOMEM. */
const char *af_task_name(af_task *task);
int af_task_set_name(af_task *task, const char *name);

/* How many cancellations were asked for and not taken back (rules 18, 22). uncancel takes one back
 * and returns what is left; reaching 0 withdraws a cancel that was not delivered yet (rule 24). */
unsigned af_task_cancelling(const af_task *task);
unsigned af_task_uncancel(af_task *task);

/* The tasks of LOOP that are not done, in the order of creation: the first, and the one after TASK;
 * NULL at the end. Borrowed. */
af_task *af_first_task(const af_loop *loop);
af_task *af_next_task(const af_task *task);

AF_END_DECLARATIONS

#endif
