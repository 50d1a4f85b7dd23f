/* run(): the door into the asynchronous world. */
#ifndef AFETCH_RUN_H
#define AFETCH_RUN_H

#include <afetch/task.h>

AF_BEGIN_DECLARATIONS

/* Makes a loop, runs MAIN as a task on it until it is done, cancels and awaits the tasks that are
 * left, reports their errors to the exception handler, waits for calls in threads (executor.h), and
 * closes the loop (rule 68). *ret_result (NULL for none) is MAIN's, and must not point into what
 * the loop owned.
 *
 * In the main thread the first SIGINT cancels MAIN, and the answer is AF_INTERRUPTED if MAIN lets
 * that cancellation through; the next ends the process as an unhandled SIGINT does, even while
 * something keeps the loop busy. A program that handles SIGINT itself, by
 * af_loop_add_signal_handler() in MAIN, replaces this.
 *
 * options may be NULL. AF_RUNTIME_ERROR where a loop is running in this thread; the errors of
 * af_loop_new() and af_create_task(); what the poll returned; otherwise what MAIN returned. */
int af_run(const af_loop_options *options, af_coroutine *main, void *arg, void **ret_result);

/* The same in steps, asyncio.Runner: a loop in which several coroutines are run one after another.
 * close cancels and awaits what is left, closes the loop and frees the runner; NULL is fine. The
 * errors are af_run()'s. */
typedef struct af_runner af_runner;

int af_runner_new(const af_loop_options *options, af_runner **ret_runner);
int af_runner_run(af_runner *runner, af_coroutine *main, void *arg, void **ret_result);
int af_runner_close(af_runner *runner);

/* The runner's loop, which need not be running. Borrowed. */
af_loop *af_runner_loop(const af_runner *runner);

AF_END_DECLARATIONS

#endif
