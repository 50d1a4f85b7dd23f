/* Includes all public headers of libafetch.
 *
 * The comment of a function ends with these lines, as far as they apply:
 * Errors: the codes that it returns and the conditions for them. Out-parameters are not written
 * then.
 * Suspends: the condition on which the running task is suspended. Without this line: never.
 * Ownership: references and memory that change hands. Whatever is not named there is borrowed.
 * Every free and unref function accepts NULL.
 * Threads: the threads that may call it. Without this line: only the thread that runs the loop.
 *
 * "Rule N" refers to docs/rules.md, which states asyncio's behaviour rule by rule. */
#ifndef AFETCH_AFETCH_H
#define AFETCH_AFETCH_H

#include <afetch/as_completed.h>
#include <afetch/bounded.h>
#include <afetch/condition.h>
#include <afetch/descriptor.h>
#include <afetch/error.h>
#include <afetch/event.h>
#include <afetch/executor.h>
#include <afetch/future.h>
#include <afetch/gather.h>
#include <afetch/http.h>
#include <afetch/lock.h>
#include <afetch/loop.h>
#include <afetch/queue.h>
#include <afetch/rate_limiter.h>
#include <afetch/retry.h>
#include <afetch/run.h>
#include <afetch/semaphore.h>
#include <afetch/shield.h>
#include <afetch/stream.h>
#include <afetch/task.h>
#include <afetch/task_group.h>
#include <afetch/task_set.h>
#include <afetch/timeout.h>
#include <afetch/wait.h>

#endif
