/* Executors: thread pools for functions that block and would otherwise stop the loop.
 *
 * Threads: the function runs in a thread of the pool, concurrently with the loop. Of this library
 * it may call only af_raise() and af_loop_call_soon_threadsafe(). All signals are blocked in these
 * threads, and so in programs that the function starts, unless it sets another mask
 * (posix_spawnattr_setsigmask). */
#ifndef AFETCH_EXECUTOR_H
#define AFETCH_EXECUTOR_H

#include <afetch/future.h>

AF_BEGIN_DECLARATIONS

typedef struct af_executor af_executor;

/* A function to run in a thread. Like a coroutine, it returns 0, and its result if any in
 * *ret_result, or a negative code, with a text if it was raised with af_raise(). */
typedef int af_blocking_function(void *arg, void **ret_result);

/* Creates an executor with at most THREADS threads, each started when first needed. 0: asyncio's
 * default, the number of processors plus 4, at most 32.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the executor. */
int af_executor_new(size_t threads, af_executor **ret_executor);

/* Blocks until all submitted calls have run, ends the threads, and frees the executor. Calls that
 * were cancelled before they began do not run. Futures of its calls remain valid. */
void af_executor_free(af_executor *executor);

/* Calls FUNCTION(ARG) in a thread of EXECUTOR. NULL: the running loop's own executor, which is
 * created when first needed and freed when the loop is closed. Calls are queued while all threads
 * are busy. The future becomes done in the thread of the loop, by a thread-safe callback (rule 69).
 *
 * Cancelling the future withdraws a call that has not begun. A call that has begun is not stopped,
 * but its result is discarded. af_run() and af_loop_close() wait for all calls that were not
 * withdrawn, of whichever executor. If FUNCTION returns AF_CANCELLED, the future is cancelled.
 *
 * destroy (may be NULL) is called with ARG in the thread of the loop, once FUNCTION no longer uses
 * ARG and the future is destroyed; a result may therefore point into ARG. Without destroy, ARG must
 * outlive the call.
 * Errors: AF_RUNTIME_ERROR if no loop is running; -ENOMEM; -EAGAIN if there is no thread and none
 * can be created.
 * Suspends: never.
 * Ownership: the caller owns the future. ARG is taken over, except on error. */
int af_run_in_executor(af_executor *executor, af_blocking_function *function, void *arg,
                       void (*destroy)(void *arg), af_future **ret_future);

/* Calls FUNCTION(ARG) in the loop's own executor and awaits the result: `await to_thread(function,
 * arg)`. The result must not point into memory that destroy frees.
 * Errors: the error of FUNCTION; those of af_run_in_executor(); AF_RUNTIME_ERROR outside a task;
 * AF_CANCELLED, returned at once although FUNCTION may still be running.
 * Suspends: always, until the call has returned.
 * Ownership: ARG is taken over, also on error. */
int af_to_thread(af_blocking_function *function, void *arg, void (*destroy)(void *arg),
                 void **ret_result);

AF_END_DECLARATIONS

#endif
