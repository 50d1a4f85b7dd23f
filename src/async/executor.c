/* A call is a future and a handle in one object. The handle is in the executor's queue first, then
 * run by a thread, then queued in the loop to make the future done. Members that are not marked as
 * the threads' are used in the thread of the loop only. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "async/task.h"

/* As in asyncio. */
enum { EXTRA_THREADS = 4, MOST_THREADS = 32 };

struct af_executor {
    atomic_size_t references; /* of the owner, and one per call */
    pthread_mutex_t mutex;    /* protects all members below */
    pthread_cond_t changed;   /* a call was queued, or the executor ends */
    struct list queue;        /* calls that have not begun */
    size_t queued;
    size_t idle; /* threads that wait for a call */
    bool ending;
    size_t most;
    size_t count;
    pthread_t *threads;
};

struct call {
    af_future future;
    struct handle handle; /* in the executor's queue, unlinked, or in the loop's queue */
    af_executor *executor;
    bool begun; /* protected by the executor's mutex */
    af_blocking_function *function;
    void *arg;
    void (*destroy_arg)(void *arg);
    /* Written by the thread before it queues the call in the loop. */
    void *result;
    af_error error;
};

static struct call *call_of(af_future *future)
{
    return container_of(future, struct call, future);
}

static struct call *call_at(struct handle *handle)
{
    return container_of(handle, struct call, handle);
}

/* ----------------------------------------------------------------- threads */

/* Waits for the next call and returns it; NULL when the executor ends. The mutex is locked. */
static struct call *begin_next(af_executor *executor)
{
    while (list_empty(&executor->queue) && !executor->ending) {
        executor->idle++;
        pthread_cond_wait(&executor->changed, &executor->mutex);
        executor->idle--;
    }
    struct list *link = list_pop(&executor->queue);
    if (!link)
        return NULL;
    executor->queued--;
    struct call *call = call_at(container_of(link, struct handle, link));
    call->begun = true;
    return call;
}

static void *work(void *arg)
{
    af_executor *executor = arg;
    struct call *call;
    pthread_mutex_lock(&executor->mutex);
    while ((call = begin_next(executor))) {
        pthread_mutex_unlock(&executor->mutex);
        int r = call->function(call->arg, &call->result);
        call->error = error_take(r < 0 ? r : 0);
        loop_ready_threadsafe(call->future.loop, &call->handle);
        pthread_mutex_lock(&executor->mutex);
    }
    pthread_mutex_unlock(&executor->mutex);
    return NULL;
}

/* The new thread starts with all signals blocked, since they are handled in the thread of the loop.
 */
static int begin_thread(af_executor *executor)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&executor->threads[executor->count], NULL, work, executor);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return af_raise(-EAGAIN, "cannot create a thread");
    executor->count++;
    return 0;
}

static int enqueue(af_executor *executor, struct call *call)
{
    int r = 0;
    pthread_mutex_lock(&executor->mutex);
    if (executor->queued >= executor->idle && executor->count < executor->most)
        r = begin_thread(executor);
    if (executor->count > 0) {
        list_append(&executor->queue, &call->handle.link);
        executor->queued++;
        pthread_cond_signal(&executor->changed);
        r = 0;
    }
    pthread_mutex_unlock(&executor->mutex);
    return r;
}

/* Withdraws a call. False if it has begun. */
static bool withdraw(struct call *call)
{
    af_executor *executor = call->executor;
    pthread_mutex_lock(&executor->mutex);
    bool possible = !call->begun;
    if (possible) {
        handle_cancel(&call->handle);
        executor->queued--;
    }
    pthread_mutex_unlock(&executor->mutex);
    return possible;
}

/* --------------------------------------------------------------- executors */

/* Returns the number of processors that the process may use. */
static size_t processors(void)
{
    cpu_set_t set;
    /* Fails if there are more processors than a set can hold. */
    return sched_getaffinity(0, sizeof set, &set) < 0 ? CPU_SETSIZE : (size_t)CPU_COUNT(&set);
}

static size_t default_threads(void)
{
    size_t threads = processors() + EXTRA_THREADS;
    return threads < MOST_THREADS ? threads : MOST_THREADS;
}

int af_executor_new(size_t threads, af_executor **ret_executor)
{
    af_executor *executor = calloc(1, sizeof *executor);
    if (!executor)
        return -ENOMEM;
    executor->most = threads > 0 ? threads : default_threads();
    executor->threads = calloc(executor->most, sizeof *executor->threads);
    if (!executor->threads) {
        free(executor);
        return -ENOMEM;
    }
    executor->references = 1;
    pthread_mutex_init(&executor->mutex, NULL);
    pthread_cond_init(&executor->changed, NULL);
    list_init(&executor->queue);
    *ret_executor = executor;
    return 0;
}

static void executor_unref(af_executor *executor)
{
    if (atomic_fetch_sub(&executor->references, 1) > 1)
        return;
    pthread_mutex_destroy(&executor->mutex);
    pthread_cond_destroy(&executor->changed);
    free(executor->threads);
    free(executor);
}

void af_executor_free(af_executor *executor)
{
    if (!executor)
        return;
    pthread_mutex_lock(&executor->mutex);
    executor->ending = true;
    pthread_cond_broadcast(&executor->changed);
    pthread_mutex_unlock(&executor->mutex);
    for (size_t i = 0; i < executor->count; i++)
        pthread_join(executor->threads[i], NULL);
    executor_unref(executor);
}

/* ------------------------------------------------------------------- calls */

/* Drops the reference held for the thread, which does not use the call any more. */
static void release(struct call *call)
{
    call->future.loop->calls--;
    af_future_unref(&call->future);
}

static void set_outcome(struct call *call)
{
    af_future *future = &call->future;
    if (call->error.code == AF_CANCELLED)
        future_cancelled(future);
    else if (call->error.code < 0)
        future_fail(future, call->error);
    else
        future_finish(future, call->result, NULL);
}

static int run_delivery(struct handle *handle)
{
    struct call *call = call_at(handle);
    if (!af_future_done(&call->future))
        set_outcome(call);
    release(call);
    return 0;
}

static void discard_delivery(struct handle *handle)
{
    release(call_at(handle));
}

static const struct handle_type delivery_type = {.run = run_delivery, .discard = discard_delivery};

static bool cancel_call(af_future *future)
{
    future->log_exception = false;
    if (af_future_done(future))
        return false;
    future_cancelled(future);
    if (withdraw(call_of(future)))
        release(call_of(future));
    return true;
}

static void destroy_call(af_future *future)
{
    struct call *call = call_of(future);
    if (call->destroy_arg)
        call->destroy_arg(call->arg);
    af_error_unref(call->error);
    executor_unref(call->executor);
    free(call);
}

static const struct future_type call_type = {.cancel = cancel_call, .destroy = destroy_call};

static int call_in(af_loop *loop, af_executor *executor, af_blocking_function *function, void *arg,
                   void (*destroy)(void *arg), af_future **ret_future)
{
    struct call *call = calloc(1, sizeof *call);
    if (!call)
        return -ENOMEM;
    future_init(&call->future, &call_type, loop);
    handle_init(&call->handle, &delivery_type);
    call->executor = executor;
    atomic_fetch_add(&executor->references, 1);
    call->function = function;
    call->arg = arg;
    int r = enqueue(executor, call);
    if (r < 0) {
        af_future_unref(&call->future);
        return r;
    }
    call->destroy_arg = destroy;
    loop->calls++;
    *ret_future = af_future_ref(&call->future);
    return 0;
}

int af_run_in_executor(af_executor *executor, af_blocking_function *function, void *arg,
                       void (*destroy)(void *arg), af_future **ret_future)
{
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
    if (!executor && !loop->executor) {
        int r = af_executor_new(0, &loop->executor);
        if (r < 0)
            return r;
        loop->free_executor = af_executor_free;
    }
    return call_in(loop, executor ? executor : loop->executor, function, arg, destroy, ret_future);
}

int af_to_thread(af_blocking_function *function, void *arg, void (*destroy)(void *arg),
                 void **ret_result)
{
    af_future *future = NULL;
    int r = task_running() ? af_run_in_executor(NULL, function, arg, destroy, &future)
                           : AF_RUNTIME_ERROR;
    if (r < 0) {
        if (destroy)
            destroy(arg);
        return r;
    }
    r = af_await(future, ret_result);
    af_future_unref(future);
    return r;
}
