/* Internal interface of tasks, for the combinators and the runner. */
#ifndef ASYNC_TASK_H
#define ASYNC_TASK_H

#include <afetch/task.h>

#include "async/future.h"

/* Raises AF_RUNTIME_ERROR and returns NULL. */
af_task *task_none_running(void);

/* Returns the running task, for a function that is about to suspend. Outside a task it raises
 * AF_RUNTIME_ERROR and returns NULL. */
static inline af_task *task_running(void)
{
    af_loop *loop = loop_running;
    return loop && loop->current_task ? loop->current_task : task_none_running();
}

/* Suspends until FUTURE is done, which is pending and owned by the caller; its result is ignored.
 * Returns 0.
 * Errors: AF_CANCELLED; the exception of FUTURE. */
int task_wait(af_future *future);

#endif
