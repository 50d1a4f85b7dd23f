/* A set of background tasks: `tasks.add(task); task.add_done_callback(tasks.discard)`.
 *
 * A task without references keeps running, unlike in asyncio, so the set is only needed to count,
 * cancel or await background tasks. Tasks leave the set when they are done. An exception that was
 * never retrieved is then reported to the exception handler (rule 16). */
#ifndef AFETCH_TASK_SET_H
#define AFETCH_TASK_SET_H

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

typedef struct af_task_set af_task_set;

/* Creates an empty set.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the set. */
int af_task_set_new(af_task_set **ret_set);

/* Creates a task, which stays in the set until it is done.
 * Errors: those of af_create_task().
 * Suspends: never.
 * Ownership: ARG, as for af_create_task(). */
int af_task_set_create_task(af_task_set *set, af_coroutine *coroutine, void *arg,
                            void (*destroy)(void *arg));

/* Returns the number of its tasks that are not done, including those whose done callback has not
 * run yet. */
size_t af_task_set_count(const af_task_set *set);

/* Cancels every task of the set, in the order of creation.
 * Suspends: never. */
void af_task_set_cancel(af_task_set *set);

/* Waits until the set is empty, including tasks that are added meanwhile.
 * Errors: AF_CANCELLED, which cancels none of the tasks; AF_RUNTIME_ERROR outside a task if it
 * would have to suspend.
 * Suspends: unless the set is empty. */
int af_task_set_join(af_task_set *set);

/* Frees the set; its tasks keep running. No task may be waiting for it. */
void af_task_set_free(af_task_set *set);

AF_END_DECLARATIONS

#endif
