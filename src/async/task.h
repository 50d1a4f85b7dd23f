/* What the public header hides of a task, for the combinators and the runner. */
#ifndef ASYNC_TASK_H
#define ASYNC_TASK_H

#include <afetch/task.h>

#include "async/future.h"

/* Raises AF_RUNTIME_ERROR and returns NULL. */
af_task *task_none_running(void);

/* The running task, for something that will suspend; NULL outside a task, and AF_RUNTIME_ERROR is
 * raised. */
static inline af_task *task_running(void)
{
    af_loop *loop = loop_running;
    return loop && loop->current_task ? loop->current_task : task_none_running();
}

/* Stands still until FUTURE, which is pending and the waiter's own, is done; the result is of no
 * interest. 0, or AF_CANCELLED or the future's exception. */
int task_wait(af_future *future);

#endif
