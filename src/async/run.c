#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <afetch/gather.h>
#include <afetch/run.h>

#include "async/future.h"

/* ------------------------------------------------------ run_until_complete */

static int run_stop(struct handle *handle)
{
    af_loop_stop(container_of(handle, struct callback, handle)->future->loop);
    return 0;
}

static const struct handle_type stop_type = {.run = run_stop};

int af_loop_run_until_complete(af_loop *loop, af_future *future, void **ret_result)
{
    if (af_running_loop())
        return af_raise(AF_RUNTIME_ERROR, "a loop is running in this thread already");
    if (future->loop != loop)
        return af_raise(AF_VALUE_ERROR, "the future belongs to another loop");
    /* Not allocated, so that a loop can be run to its end without memory. */
    struct callback stop;
    handle_init(&stop.handle, &stop_type);
    af_future_ref(future);
    future_add_callback(future, &stop);
    int r = af_loop_run_forever(loop);
    callback_remove(&stop);
    if (r >= 0)
        r = af_future_done(future)
                ? af_future_result(future, ret_result)
                : af_raise(AF_RUNTIME_ERROR, "the loop was stopped before the future was done");
    af_future_unref(future);
    return r;
}

/* --------------------------------------------------------------------- run */

struct af_runner {
    af_loop *loop;
    af_task *main; /* NULL unless it runs */
    bool interrupted;
    bool interrupted_late; /* the SIGINT: MAIN was done already */
};

static int on_interrupt(void *arg)
{
    af_runner *runner = arg;
    runner->interrupted = true;
    /* Remove the handler, so that the next SIGINT has its default action. */
    af_loop_remove_signal_handler(runner->loop, SIGINT);
    runner->interrupted_late = !af_future_cancel(runner->main);
    return 0;
}

/* Handles SIGINT, but as in asyncio only in the main thread and if it has its default action.
 * SA_RESETHAND restores the default action when the first SIGINT is caught, so that the second ends
 * the process even if the loop is blocked. */
static int add_interrupt_handler(af_runner *runner)
{
    struct sigaction action;
    if (runner->loop->options.poll || gettid() != getpid() ||
        sigaction(SIGINT, NULL, &action) < 0 || action.sa_handler != SIG_DFL)
        return 0;
    int r = af_loop_add_signal_handler(runner->loop, SIGINT, on_interrupt, runner);
    if (r < 0 || sigaction(SIGINT, NULL, &action) < 0)
        return r;
    action.sa_flags |= SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    return 0;
}

/* Removes the handler, unless MAIN has replaced it. A SIGINT received while MAIN ended must not be
 * lost, except if MAIN failed, nor affect the next run. */
static void remove_interrupt_handler(af_runner *runner)
{
    if (!loop_has_signal_handler(runner->loop, SIGINT, on_interrupt, runner))
        return;
    runner->interrupted_late = loop_signal_pending(runner->loop, SIGINT);
    af_loop_remove_signal_handler(runner->loop, SIGINT);
}

/* Runs the loop until no task is left: used if there is no memory for a list of the tasks.
 * Exceptions are reported when the tasks are destroyed. */
static int await_all_tasks(af_loop *loop)
{
    int r = 0;
    while (r >= 0 && af_first_task(loop))
        r = af_loop_run_once(loop);
    return r;
}

/* Cancels and awaits the remaining tasks (rule 68). */
static int cancel_all_tasks(af_loop *loop)
{
    size_t count = 0;
    for (af_task *task = af_first_task(loop); task; task = af_next_task(task)) {
        af_future_cancel(task);
        count++;
    }
    if (count == 0)
        return 0;
    af_task **tasks = malloc(count * sizeof *tasks);
    if (!tasks)
        return await_all_tasks(loop);
    size_t i = 0;
    for (af_task *task = af_first_task(loop); task; task = af_next_task(task))
        tasks[i++] = af_future_ref(task);

    af_future *all;
    int r = af_gather(tasks, count, true, &all);
    if (r >= 0) {
        r = af_loop_run_until_complete(loop, all, NULL);
        af_future_unref(all);
    } else {
        r = await_all_tasks(loop);
    }
    for (i = 0; i < count; i++) {
        if (tasks[i]->state == FUTURE_FINISHED && tasks[i]->error.code != 0)
            loop_report(loop, "unhandled exception during run() shutdown", tasks[i]->error,
                        tasks[i]);
        tasks[i]->log_exception = false;
        af_future_unref(tasks[i]);
    }
    free(tasks);
    return r;
}

int af_runner_new(const af_loop_options *options, af_runner **ret_runner)
{
    af_runner *runner = calloc(1, sizeof *runner);
    if (!runner)
        return -ENOMEM;
    int r = af_loop_new(options, &runner->loop);
    if (r < 0) {
        free(runner);
        return r;
    }
    *ret_runner = runner;
    return 0;
}

af_loop *af_runner_loop(const af_runner *runner)
{
    return runner->loop;
}

int af_runner_run(af_runner *runner, af_coroutine *main, void *arg, void **ret_result)
{
    if (af_running_loop())
        return af_raise(AF_RUNTIME_ERROR, "run cannot be called from a running loop");
    runner->interrupted = runner->interrupted_late = false;
    int r = add_interrupt_handler(runner);
    if (r < 0)
        return r;
    r = af_loop_create_task(runner->loop, main, arg, NULL, &runner->main);
    if (r >= 0)
        r = af_loop_run_until_complete(runner->loop, runner->main, ret_result);
    remove_interrupt_handler(runner);
    if (r >= 0 && runner->interrupted_late)
        r = af_raise(AF_INTERRUPTED, NULL);
    if (r == AF_CANCELLED && runner->interrupted && af_task_uncancel(runner->main) == 0)
        r = af_raise(AF_INTERRUPTED, NULL);
    af_future_unref(runner->main);
    runner->main = NULL;
    return r;
}

int af_runner_close(af_runner *runner)
{
    if (!runner)
        return 0;
    if (af_running_loop())
        return af_raise(AF_RUNTIME_ERROR, "a runner cannot be closed from a running loop");
    int r = cancel_all_tasks(runner->loop);
    /* Callbacks of executor calls still run. */
    while (r >= 0 && runner->loop->calls > 0)
        r = af_loop_run_once(runner->loop);
    /* asyncio runs four more iterations, for its generators and its executor. */
    for (int i = 0; i < 4 && r >= 0; i++) {
        af_loop_stop(runner->loop);
        r = af_loop_run_forever(runner->loop);
    }
    af_loop_close(runner->loop);
    free(runner);
    return r;
}

int af_run(const af_loop_options *options, af_coroutine *main, void *arg, void **ret_result)
{
    if (af_running_loop())
        return af_raise(AF_RUNTIME_ERROR, "run cannot be called from a running loop");
    af_runner *runner;
    int r = af_runner_new(options, &runner);
    if (r < 0)
        return r;
    r = af_runner_run(runner, main, arg, ret_result);
    af_error error = af_error_ref(af_raised(r));
    int closed = af_runner_close(runner);
    if (r < 0)
        af_raise_error(error);
    af_error_unref(error);
    return r < 0 || closed >= 0 ? r : closed;
}
