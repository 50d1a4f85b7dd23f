/* run(): the entry point of an asynchronous program. */
#ifndef AFETCH_RUN_H
#define AFETCH_RUN_H

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

/* Creates a loop, runs MAIN as a task until it is done, cancels and awaits the remaining tasks,
 * reports their errors to the exception handler, waits for calls in executor threads (executor.h),
 * and closes the loop (rule 68). options may be NULL.
 *
 * In the main thread the first SIGINT cancels MAIN, and AF_INTERRUPTED is returned if MAIN does not
 * catch that cancellation. The second SIGINT ends the process, even if the loop is blocked. To
 * handle SIGINT otherwise, call af_loop_add_signal_handler() in MAIN.
 * Errors: AF_RUNTIME_ERROR if a loop is running in this thread; those of af_loop_new() and
 * af_create_task(); AF_INTERRUPTED; the error of the loop's poll; otherwise that of MAIN.
 * Ownership: *ret_result (NULL: not wanted) is the result of MAIN, which must not point into
 * objects of the loop. */
int af_run(const af_loop_options *options, af_coroutine *main, void *arg, void **ret_result);

/* af_run() in steps, the equivalent of asyncio.Runner: runs several coroutines one after another in
 * the same loop. af_runner_close() cancels and awaits the remaining tasks, closes the loop and
 * frees the runner.
 * Errors: those of af_run().
 * Ownership: the caller owns the runner. */
typedef struct af_runner af_runner;

int af_runner_new(const af_loop_options *options, af_runner **ret_runner);
int af_runner_run(af_runner *runner, af_coroutine *main, void *arg, void **ret_result);
int af_runner_close(af_runner *runner);

/* Returns the runner's loop, which need not be running. */
af_loop *af_runner_loop(const af_runner *runner);

AF_END_DECLARATIONS

#endif
