/* TaskGroup: tasks that live and fail together, `async with asyncio.TaskGroup() as group`.
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

/* Opens a group for the running task. AF_RUNTIME_ERROR outside a task, -ENOMEM. Does not suspend.
 */
int af_task_group_enter(af_task_group **ret_group);

/* As af_create_task(), in the group. The first task that fails cancels its siblings and the body
 * (rule 52); one that is cancelled is silent (rule 54). AF_RUNTIME_ERROR once the group is being
 * cancelled or has ended (rule 57). */
int af_task_group_create_task(af_task_group *group, af_coroutine *coroutine, void *arg,
                              void (*destroy)(void *arg), af_task **ret_task);

/* Closes and frees the group; suspends until all its tasks have ended (rule 51). R is what the body
 * returned; where it is an error, the tasks are cancelled first (rules 55, 56). The answer is 0;
 * AF_CANCELLED where the body or the wait was cancelled from outside; or AF_GROUP with the errors
 * of the tasks in the order of completion, the body's own last: af_error_member() of af_raised()
 * has them, or -ENOMEM in its place where there is no room for them. AF_RUNTIME_ERROR outside a
 * task where it would have to wait; the group then stays. */
int af_task_group_exit(af_task_group *group, int r);

AF_END_DECLARATIONS

#endif
