#include "async/task.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitizer.h"
#include "base/symbol.h"

/* The future that a sleeping task awaits. */
struct sleeper {
    af_future future;
    struct timer timer;
};

struct task {
    af_future future;
    struct list link;        /* in the loop's list of tasks, until done */
    struct callback step;    /* in the loop's queue or among the callbacks of the awaited future */
    af_future *awaited;      /* has a reference; NULL while the task is ready or running */
    struct coroutine *stack; /* NULL before the first step and once it is done */
    af_coroutine *coroutine;
    void *arg;
    void (*destroy_arg)(void *arg);
    af_error raised; /* see error_swap_slot() */
    unsigned cancelling;
    bool must_cancel;       /* deliver a cancellation at the next step */
    struct sleeper sleeper; /* not on the stack, so that waking it does not cause a cache miss there
                             */
    uint64_t number;
    char *name; /* NULL until requested */
};

/* With AddressSanitizer memory is not reused, so that a use after free is detected. */
#ifdef WITH_ADDRESS_SANITIZER
enum { REUSES_MEMORY = false };
#else
enum { REUSES_MEMORY = true };
#endif

static struct task *task_of(const af_future *future)
{
    return (struct task *)future; /* the future is the first member */
}

/* -------------------------------------------------------------- life cycle */

static void destroy_task(af_future *future)
{
    struct task *task = task_of(future);
    if (task->destroy_arg)
        task->destroy_arg(task->arg);
    free(task->name);
    if (future->loop->closed || !REUSES_MEMORY)
        free(task);
    else
        list_prepend(&future->loop->spare_tasks, &task->link);
}

/* Reuses the memory of earlier tasks: large numbers are created and freed at a time, too many for
 * malloc's caches. */
static struct task *take_memory(af_loop *loop)
{
    struct list *link = list_pop(&loop->spare_tasks);
    return link ? container_of(link, struct task, link) : malloc(sizeof(struct task));
}

/* Sets the outcome of the task, as asyncio does when a coroutine returns or raises. A cancellation
 * that was not delivered yet cancels a task that returns (rule 23). */
static void finish(struct task *task, int r, void *result)
{
    if (r == AF_CANCELLED || (r >= 0 && task->must_cancel))
        future_cancelled(&task->future);
    else if (r < 0)
        future_fail(&task->future, af_raised(r));
    else
        future_finish(&task->future, result, NULL);
    task->must_cancel = false;
}

/* Runs the coroutine on its own stack. A task that was cancelled before its first step never runs
 * it (rule 21). */
static void run_coroutine(void *arg)
{
    struct task *task = arg;
    void *result = NULL;
    int r = AF_CANCELLED;
    if (task->must_cancel)
        task->must_cancel = false;
    else
        r = task->coroutine(task->arg, &result);
    finish(task, r, result);
}

static int run_step(struct handle *handle)
{
    struct task *task = container_of(handle, struct task, step.handle);
    af_loop *loop = task->future.loop;
    task->awaited = NULL;
    if (!task->stack)
        task->stack = coroutine_new(&loop->coroutines, run_coroutine, task);

    af_future *previous = loop->current_task;
    loop->current_task = &task->future;
    af_error *slot = error_swap_slot(&task->raised);
    bool ended = coroutine_resume(task->stack);
    error_swap_slot(slot);
    loop->current_task = previous;

    if (ended) {
        coroutine_free(task->stack);
        task->stack = NULL;
        af_error_unref(task->raised);
        task->raised = (af_error){0};
        list_remove(&task->link);
        af_future_unref(&task->future);
    }
    return 0;
}

static void write_name(const struct task *task, char *buffer, size_t size)
{
    if (task->name)
        snprintf(buffer, size, "%s", task->name);
    else
        snprintf(buffer, size, "Task-%llu", (unsigned long long)task->number);
}

static struct subject step_subject(const struct handle *handle)
{
    const struct task *task = container_of(handle, struct task, step.handle);
    struct subject subject = {.function = (const void *)task->coroutine};
    write_name(task, subject.task, sizeof subject.task);
    return subject;
}

static void prefetch_step(const struct handle *handle)
{
    const struct task *task = container_of(handle, struct task, step.handle);
    if (task->stack)
        coroutine_prefetch(task->stack);
}

static const struct handle_type step_type = {
    .run = run_step, .subject = step_subject, .prefetch = prefetch_step};

/* A cancellation request counts as retrieving the exception. */
static bool is_cancellable(af_future *future)
{
    future->log_exception = false;
    return !af_future_done(future) && !future->loop->closed;
}

/* Cancels a task in a cycle of tasks that await each other: at its next step, not through the
 * awaited future. */
static void break_cycle(struct task *task)
{
    callback_remove(&task->step);
    task->must_cancel = true;
    loop_ready(task->future.loop, &task->step.handle);
}

/* Cancels the awaited future if that is possible, otherwise the next step of the task (rules 18 to
 * 20). Iterative, because a chain of tasks that await each other may be longer than a stack allows,
 * or a cycle. */
static bool cancel_task(af_future *future)
{
    if (!is_cancellable(future))
        return false;
    uint64_t visit = future_new_visit(future->loop);
    future_visit(future, visit);
    for (;;) {
        struct task *task = task_of(future);
        task->cancelling++;
        future = task->awaited;
        if (!future || !af_future_is_task(future) || !is_cancellable(future)) {
            if (!future || !af_future_cancel(future))
                task->must_cancel = true;
            return true;
        }
        if (!future_visit(future, visit)) {
            break_cycle(task);
            return true;
        }
    }
}

static const struct future_type task_type = {.cancel = cancel_task, .destroy = destroy_task};

/* Reports the pending tasks of a loop that is being closed, and destroys them without running them
 * again (rule 17). */
static void abandon_tasks(af_loop *loop)
{
    /* Abandon all awaited futures first: destroying a task may free objects that other tasks wait
     * for. */
    list_for_each (link, &loop->tasks) {
        af_future *awaited = container_of(link, struct task, link)->awaited;
        if (awaited && awaited->type->abandon)
            awaited->type->abandon(awaited);
    }
    list_for_each (link, &loop->tasks) {
        struct task *task = container_of(link, struct task, link);
        loop_report(loop, "a pending task was destroyed", (af_error){0}, &task->future);
        if (!task->stack)
            loop_report(loop, "a coroutine was never awaited", (af_error){0}, &task->future);
        callback_remove(&task->step);
        list_remove(link);
        if (task->stack)
            coroutine_free(task->stack);
        af_future_unref(task->awaited);
        task->awaited = NULL;
        af_error_unref(task->raised);
        af_future_unref(&task->future);
    }
    struct list *link;
    while ((link = list_pop(&loop->spare_tasks)))
        free(container_of(link, struct task, link));
}

static bool describe(const af_future *future, char *buffer, size_t size)
{
    if (!af_future_is_task(future))
        return false;
    const struct task *task = task_of(future);
    char name[64], function[100];
    write_name(task, name, sizeof name);
    symbol_name((const void *)task->coroutine, function, sizeof function);
    snprintf(buffer, size, "%s (%s)", name, function);
    return true;
}

static bool overflowed(const af_future *task, const void *address)
{
    return coroutine_overflowed(task_of(task)->stack, address);
}

static const struct task_hooks task_hooks = {abandon_tasks, describe, overflowed};

int af_loop_create_task(af_loop *loop, af_coroutine *coroutine, void *arg,
                        void (*destroy)(void *arg), af_task **ret_task)
{
    int r = loop_check_open(loop);
    if (r >= 0)
        r = loop_check_thread(loop);
    if (r < 0)
        return r;
    struct task *task = take_memory(loop);
    if (!task)
        return -ENOMEM;
    r = coroutine_reserve(&loop->coroutines);
    if (r < 0) {
        free(task);
        return r;
    }
    *task = (struct task){
        .coroutine = coroutine,
        .arg = arg,
        .destroy_arg = destroy,
        .number = ++loop->tasks_created,
    };
    future_init(&task->future, &task_type, loop);
    handle_init(&task->step.handle, &step_type);
    list_append(&loop->tasks, &task->link);
    loop->task_hooks = &task_hooks;
    loop_ready(loop, &task->step.handle);
    if (ret_task)
        *ret_task = af_future_ref(&task->future);
    return 0;
}

int af_create_task(af_coroutine *coroutine, void *arg, void (*destroy)(void *arg),
                   af_task **ret_task)
{
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
    return af_loop_create_task(loop, coroutine, arg, destroy, ret_task);
}

/* ---------------------------------------------------------------- awaiting */

af_task *af_current_task(void)
{
    return loop_running ? loop_running->current_task : NULL;
}

af_task *task_none_running(void)
{
    af_raise(AF_RUNTIME_ERROR, "no task is running: only coroutines run as a task can suspend");
    return NULL;
}

/* Suspends until the next step.
 * Errors: AF_CANCELLED, if a cancellation is delivered with that step. */
static int suspend(struct task *task)
{
    coroutine_yield(task->stack);
    if (!task->must_cancel)
        return 0;
    task->must_cancel = false;
    return error_raise_code(AF_CANCELLED);
}

static int wait_for_future(struct task *task, af_future *future, void **ret_result)
{
    task->awaited = af_future_ref(future);
    future_add_callback(future, &task->step);
    /* A cancellation requested before this await is passed on to the future, if it can be
     * cancelled. */
    if (task->must_cancel && af_future_cancel(future))
        task->must_cancel = false;
    int r = suspend(task);
    /* Resuming counts as retrieving the exception, even if the task gets a cancellation instead. */
    future->log_exception = false;
    if (r >= 0)
        r = af_future_result(future, ret_result);
    af_future_unref(future);
    return r;
}

int task_wait(af_future *future)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    return wait_for_future(task_of(task), future, NULL);
}

int af_await(af_future *future, void **ret_result)
{
    if (!af_future_done(future)) {
        af_task *task = task_running();
        if (!task)
            return AF_RUNTIME_ERROR;
        if (future->loop != task->loop)
            return af_raise(AF_RUNTIME_ERROR, "the future belongs to another loop");
        if (future == task) {
            int r = af_sleep(0);
            return r < 0 ? r : af_raise(AF_RUNTIME_ERROR, "a task cannot await itself");
        }
        return wait_for_future(task_of(task), future, ret_result);
    }
    return af_future_result(future, ret_result);
}

/* ---------------------------------------------------------------- sleeping */

static int wake_sleeper(struct handle *handle)
{
    future_release(&container_of(handle, struct sleeper, timer.handle)->future);
    return 0;
}

static const struct handle_type sleeper_type = {.run = wake_sleeper};

int af_sleep(double delay)
{
    af_task *future = task_running();
    if (!future)
        return AF_RUNTIME_ERROR;
    if (isnan(delay))
        return af_raise(AF_VALUE_ERROR, "the delay of a sleep is not a number");
    struct task *task = task_of(future);
    af_loop *loop = future->loop;
    if (delay <= 0) {
        loop_ready(loop, &task->step.handle);
        return suspend(task);
    }
    struct sleeper *sleeper = &task->sleeper;
    future_init_local(&sleeper->future, loop);
    timer_init(&sleeper->timer, &sleeper_type);
    int r = timers_add(&loop->timers, &sleeper->timer, af_loop_time(loop) + delay);
    if (r < 0)
        return r;
    r = task_wait(&sleeper->future);
    timer_stop(loop, &sleeper->timer);
    return r;
}

/* -------------------------------------------------------------- properties */

bool af_future_is_task(const af_future *future)
{
    return future->type == &task_type;
}

void *af_task_argument(const af_task *task)
{
    return task_of(task)->arg;
}

const char *af_task_name(af_task *future)
{
    struct task *task = task_of(future);
    if (!task->name && asprintf(&task->name, "Task-%llu", (unsigned long long)task->number) < 0)
        task->name = NULL;
    return task->name ? task->name : "Task";
}

int af_task_set_name(af_task *future, const char *name)
{
    struct task *task = task_of(future);
    char *copy = strdup(name);
    if (!copy)
        return -ENOMEM;
    free(task->name);
    task->name = copy;
    return 0;
}

unsigned af_task_cancelling(const af_task *task)
{
    return task_of(task)->cancelling;
}

unsigned af_task_uncancel(af_task *future)
{
    struct task *task = task_of(future);
    if (task->cancelling > 0 && --task->cancelling == 0)
        task->must_cancel = false;
    return task->cancelling;
}

static af_task *task_at(const af_loop *loop, struct list *link)
{
    return link == &loop->tasks ? NULL : &container_of(link, struct task, link)->future;
}

af_task *af_first_task(const af_loop *loop)
{
    return task_at(loop, loop->tasks.next);
}

af_task *af_next_task(const af_task *task)
{
    const struct task *at = task_of(task);
    /* A task that is done by now is not in the list any more. */
    return list_empty(&at->link) ? NULL : task_at(task->loop, at->link.next);
}
