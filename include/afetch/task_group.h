/* TaskGroup: tasks that are awaited, and on failure cancelled, together: `async with
 * asyncio.TaskGroup() as group`.
 *
 *     af_task_group *group;
 *     r = af_task_group_enter(&group);
 *     if (r < 0)
 *         return r;
 *     r = body(group);                      // af_task_group_create_task(group, ...)
 *     r = af_task_group_exit(group, r); */
#ifndef AFETCH_TASK_GROUP_H
#define AFETCH_TASK_GROUP_H

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

typedef struct af_task_group af_task_group;

/* Creates a group for the running task.
 * Errors: AF_RUNTIME_ERROR outside a task; -ENOMEM.
 * Suspends: never.
 * Ownership: the caller owns the group until af_task_group_exit(). */
int af_task_group_enter(af_task_group **ret_group);

/* Creates a task in the group, like af_create_task(). The first task that fails cancels its
 * siblings and the body (rule 52). A task that is cancelled has no effect on the others (rule 54).
 * Errors: those of af_create_task(); AF_RUNTIME_ERROR if the group is being cancelled or has ended
 * (rule 57).
 * Suspends: never.
 * Ownership: as for af_create_task(). */
int af_task_group_create_task(af_task_group *group, af_coroutine *coroutine, void *arg,
                              void (*destroy)(void *arg), af_task **ret_task);

/* Waits until all tasks of the group are done, and frees it (rule 51). R is the return value of the
 * body; if it is an error, the tasks are cancelled first (rules 55, 56). Returns 0 if neither a
 * task nor the body failed.
 * Errors: AF_CANCELLED if the body or the wait was cancelled from outside; AF_GROUP with the errors
 * of the tasks in the order of completion and that of the body last, to be read with
 * af_error_member() of af_raised(AF_GROUP), or -ENOMEM if there is no memory for the group;
 * AF_RUNTIME_ERROR outside a task if it would have to suspend, and the group is not freed then.
 * Suspends: unless all tasks are done. */
int af_task_group_exit(af_task_group *group, int r);

AF_END_DECLARATIONS

#endif
