/* Executors: bounded pools of threads, for functions that block and would stand in the loop's way.
 *
 * The function runs in a thread of its own, beside the loop: it must not call anything of this
 * library but af_raise() and af_loop_call_soon_threadsafe(). The thread has all signals blocked,
 * and so has a program that it starts, unless it sets another mask (posix_spawnattr_setsigmask). */
#ifndef AFETCH_EXECUTOR_H
#define AFETCH_EXECUTOR_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef struct af_executor af_executor;

/* Runs in a thread. Returns 0, with its result in *ret_result if it has one, or a negative code,
 * with a text if it was raised: what a coroutine does. */
typedef int af_blocking_function(void *arg, void **ret_result);

/* Makes an executor of at most THREADS threads, begun as they are needed; 0: as many as asyncio
 * takes, the processors and four, at most 32. -ENOMEM. The caller owns it. */
int af_executor_new(size_t threads, af_executor **ret_executor);

/* Waits, blocking, until all that it was given has run, ends its threads and frees it. What was
 * cancelled before it began does not run. Its futures may be used on. NULL is fine. */
void af_executor_free(af_executor *executor);

/* Calls FUNCTION in a thread of EXECUTOR, or of the running loop's own, which is made when it is
 * first needed and goes with the loop, where that is NULL. Calls wait in line while all threads are
 * busy. *ret_future is done in the loop, by a thread-safe hop (rule 69), and is the caller's.
 *
 * Cancelling the future takes the call back if it has not begun; a thread that runs is not stopped,
 * and what it returns is dropped. A call that was not taken back ends before its loop is closed:
 * af_run() and af_loop_close() wait for it, in whichever executor. A function that returns
 * AF_CANCELLED cancels the future. destroy is called with ARG, in the loop's thread, when the
 * function will not use it any more and the future is gone; it may be NULL, and ARG must then
 * outlive the call. A result may point into ARG. AF_RUNTIME_ERROR where no loop is running,
 * -ENOMEM, -EAGAIN where no thread can be made and none is there; ARG is then still the caller's.
 * Does not suspend. */
int af_run_in_executor(af_executor *executor, af_blocking_function *function, void *arg,
                       void (*destroy)(void *arg), af_future **ret_future);

/* The same in the loop's own executor, awaited: `await to_thread(function, arg)`. A result must not
 * point into what destroy frees. ARG is taken whatever happens. The function's error; the errors of
 * af_run_in_executor(), and AF_RUNTIME_ERROR outside a task; AF_CANCELLED at once, while the thread
 * may still run. */
int af_to_thread(af_blocking_function *function, void *arg, void (*destroy)(void *arg),
                 void **ret_result);

AF_END_DECLARATIONS

#endif
