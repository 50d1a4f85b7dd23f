#include "async/future.h"

#include <errno.h>
#include <stdlib.h>

const struct future_type plain_future = {0};

void future_init(af_future *future, const struct future_type *type, af_loop *loop)
{
    future_init_local(future, loop);
    future->type = type;
    loop->references++;
}

int af_future_new(af_loop *loop, af_future **ret_future)
{
    af_future *future = malloc(sizeof *future);
    if (!future)
        return -ENOMEM;
    future_init(future, &plain_future, loop);
    *ret_future = future;
    return 0;
}

int af_create_future(af_future **ret_future)
{
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
    return af_future_new(loop, ret_future);
}

af_future *af_future_ref(af_future *future)
{
    future->references++;
    return future;
}

/* A callback added by af_future_add_done_callback(), as opposed to those of waiting tasks. */
struct added_callback {
    struct callback callback;
    af_done_callback *function;
    void *arg;
};

static struct added_callback *added_callback(struct handle *handle)
{
    return container_of(handle, struct added_callback, callback.handle);
}

static int run_added_callback(struct handle *handle)
{
    struct added_callback *added = added_callback(handle);
    af_future *future = added->callback.future;
    int r = added->function(future, added->arg);
    free(added);
    af_future_unref(future);
    return r;
}

static void discard_added_callback(struct handle *handle)
{
    struct added_callback *added = added_callback(handle);
    af_future *future = added->callback.future;
    free(added);
    af_future_unref(future);
}

static struct subject added_callback_subject(const struct handle *handle)
{
    const struct added_callback *added =
        container_of(handle, struct added_callback, callback.handle);
    return (struct subject){.function = (const void *)added->function};
}

static const struct handle_type added_callback_type = {.run = run_added_callback,
                                                       .discard = discard_added_callback,
                                                       .subject = added_callback_subject};

static bool is_added(const struct list *link)
{
    return container_of(link, struct handle, link)->type == &added_callback_type;
}

/* Reports the exception. True if the handler has taken a reference. */
static bool report_unretrieved(af_future *future)
{
    future->references = 1;
    future->log_exception = false;
    loop_report(future->loop, "exception was never retrieved", future->error, future);
    return --future->references > 0;
}

/* Discards the callbacks, since the future will never be done. They are all weak: the others hold a
 * reference. */
static void discard_callbacks(af_future *future)
{
    future->references = 1;
    struct list *link;
    while ((link = list_pop(&future->callbacks))) {
        struct handle *handle = container_of(link, struct handle, link);
        af_future_ref(future);
        handle->type->discard(handle);
    }
}

static void future_destroy(af_future *future)
{
    if (future->type->outlives && future->type->outlives(future))
        return;
    if (future->log_exception && report_unretrieved(future))
        return;
    discard_callbacks(future);
    if (future->destroy_result)
        future->destroy_result(future->result);
    af_error_unref(future->error);
    af_loop *loop = future->loop;
    if (future->type->destroy)
        future->type->destroy(future);
    else
        free(future);
    loop_unref(loop);
}

/* Futures to destroy iteratively: in a long chain of futures that hold the last reference to each
 * other, nested unrefs would overflow the stack. */
static _Thread_local struct {
    af_future **list;
    size_t count;
    size_t room;
    unsigned depth;
} deferred __attribute__((tls_model("initial-exec")));

/* The depth of nested unrefs that is safe on any stack. */
enum { SAFE_DEPTH = 50 };

static bool defer(af_future *future)
{
    if (deferred.count == deferred.room) {
        size_t room = deferred.room > 0 ? deferred.room * 2 : 64;
        af_future **list = realloc(deferred.list, room * sizeof *list);
        if (!list)
            return false;
        deferred.list = list;
        deferred.room = room;
    }
    deferred.list[deferred.count++] = future;
    return true;
}

static void destroy_deferred(void)
{
    deferred.depth++;
    while (deferred.count > 0)
        future_destroy(deferred.list[--deferred.count]);
    deferred.depth--;
    free(deferred.list);
    deferred.list = NULL;
    deferred.room = 0;
}

void af_future_unref(af_future *future)
{
    if (!future || --future->references > 0)
        return;
    if (deferred.depth >= SAFE_DEPTH && defer(future))
        return;
    deferred.depth++;
    future_destroy(future);
    deferred.depth--;
    if (deferred.depth == 0 && deferred.room > 0)
        destroy_deferred();
}

bool af_future_done(const af_future *future)
{
    return future->state != FUTURE_PENDING;
}

bool af_future_cancelled(const af_future *future)
{
    return future->state == FUTURE_CANCELLED;
}

af_loop *af_future_loop(const af_future *future)
{
    return future->loop;
}

af_error future_error(const af_future *future)
{
    return future->state == FUTURE_CANCELLED ? (af_error){.code = AF_CANCELLED} : future->error;
}

static int still_pending(void)
{
    return af_raise(AF_INVALID_STATE, "the future is not done yet");
}

int af_future_result(af_future *future, void **ret_result)
{
    if (future->state == FUTURE_PENDING)
        return still_pending();
    future->log_exception = false;
    af_error error = future_error(future);
    if (error.code != 0)
        return af_raise_error(error);
    if (ret_result)
        *ret_result = future->result;
    return 0;
}

int af_future_exception(af_future *future, af_error *ret_error)
{
    if (future->state == FUTURE_PENDING)
        return still_pending();
    if (future->state == FUTURE_CANCELLED)
        return error_raise_code(AF_CANCELLED);
    future->log_exception = false;
    *ret_error = future->error;
    return 0;
}

static void finish(af_future *future, enum future_state state)
{
    future->state = state;
    /* A weak callback holds no reference while it waits, but receives one when it is queued to run.
     */
    list_for_each (link, &future->callbacks)
        if (container_of(link, struct callback, handle.link)->weak)
            af_future_ref(future);
    list_append_all(&future->loop->ready, &future->callbacks);
    if (future->loop->closed)
        loop_discard(future->loop);
}

void future_finish(af_future *future, void *result, void (*destroy)(void *result))
{
    future->result = result;
    future->destroy_result = destroy;
    finish(future, FUTURE_FINISHED);
}

void future_fail(af_future *future, af_error error)
{
    future->error = af_error_ref(error);
    future->log_exception = true;
    finish(future, FUTURE_FINISHED);
}

void future_cancelled(af_future *future)
{
    finish(future, FUTURE_CANCELLED);
}

void future_release(af_future *future)
{
    if (future->state == FUTURE_PENDING)
        future_finish(future, NULL, NULL);
}

af_error af_future_peek_exception(const af_future *future)
{
    return future->error;
}

bool af_future_unretrieved(const af_future *future)
{
    return future->log_exception;
}

static int check_settable(const af_future *future)
{
    if (future->type != &plain_future)
        return af_raise(AF_RUNTIME_ERROR, "the outcome of a task, gather or shield cannot be set");
    if (future->state != FUTURE_PENDING)
        return af_raise(AF_INVALID_STATE, "the future is done already");
    return loop_check_thread(future->loop);
}

int af_future_set_result(af_future *future, void *result, void (*destroy)(void *result))
{
    int r = check_settable(future);
    if (r < 0)
        return r;
    future_finish(future, result, destroy);
    return 0;
}

int af_future_set_exception(af_future *future, int code)
{
    if (code >= 0)
        return af_raise(AF_VALUE_ERROR, "the code of an exception must be negative");
    af_error error = af_error_ref(af_raised(code));
    int r = check_settable(future);
    if (r >= 0)
        future_fail(future, error);
    af_error_unref(error);
    return r;
}

bool af_future_cancel(af_future *future)
{
    if (future->type->cancel)
        return future->type->cancel(future);
    future->log_exception = false;
    if (future->state != FUTURE_PENDING)
        return false;
    future_cancelled(future);
    return true;
}

static void add_callback(af_future *future, struct callback *callback, bool weak)
{
    callback->future = future;
    callback->weak = weak;
    if (future->state == FUTURE_PENDING)
        list_append(&future->callbacks, &callback->handle.link);
    else
        loop_ready(future->loop, &callback->handle);
}

void future_add_callback(af_future *future, struct callback *callback)
{
    add_callback(future, callback, false);
}

void future_add_weak_callback(af_future *future, struct callback *callback)
{
    if (af_future_done(future))
        af_future_ref(future);
    add_callback(future, callback, true);
}

void callback_remove(struct callback *callback)
{
    handle_cancel(&callback->handle);
}

int af_future_add_done_callback(af_future *future, af_done_callback *callback, void *arg)
{
    if (future->loop->closed)
        return loop_check_open(future->loop);
    struct added_callback *added = malloc(sizeof *added);
    if (!added)
        return -ENOMEM;
    added->function = callback;
    added->arg = arg;
    handle_init(&added->callback.handle, &added_callback_type);
    future_add_weak_callback(future, &added->callback);
    return 0;
}

size_t af_future_remove_done_callback(af_future *future, af_done_callback *callback, void *arg)
{
    size_t removed = 0;
    list_for_each (link, &future->callbacks) {
        struct added_callback *added = added_callback(container_of(link, struct handle, link));
        if (!is_added(link) || added->function != callback || added->arg != arg)
            continue;
        list_remove(link);
        free(added);
        removed++;
    }
    return removed;
}
