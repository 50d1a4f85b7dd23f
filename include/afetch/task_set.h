/* A set of background tasks: `tasks.add(task); task.add_done_callback(tasks.discard)`.
 *
 * A task that is made and not kept runs all the same; the set is for those who want to count,
 * cancel or await what they left running. Tasks leave it as they end; an error of theirs that
 * nobody retrieved is then reported to the exception handler (rule 16). */
#ifndef AFETCH_TASK_SET_H
#define AFETCH_TASK_SET_H

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

typedef struct af_task_set af_task_set;

/* An empty set. -ENOMEM. The caller owns it. */
int af_task_set_new(af_task_set **ret_set);

/* Makes a task, as af_create_task() and with its errors, that is in the set until it is done. */
int af_task_set_create_task(af_task_set *set, af_coroutine *coroutine, void *arg,
                            void (*destroy)(void *arg));

/* How many of its tasks are not done, or were not seen to be done yet. */
size_t af_task_set_count(const af_task_set *set);

/* Asks each to cancel, in the order of creation. Does not suspend. */
void af_task_set_cancel(af_task_set *set);

/* Suspends until the set is empty; tasks that are added meanwhile count. AF_CANCELLED, which
 * cancels none of them; AF_RUNTIME_ERROR outside a task. */
int af_task_set_join(af_task_set *set);

/* Frees the set; its tasks run on. No task may be waiting in it. NULL is fine. */
void af_task_set_free(af_task_set *set);

AF_END_DECLARATIONS

#endif
