#include <errno.h>
#include <stdlib.h>

#include <afetch/gather.h>

#include "async/future.h"

struct gather {
    af_future future;
    bool return_exceptions;
    bool cancel_requested;
    size_t count;
    size_t unfinished; /* of the distinct children */
    struct child *children;
    af_outcome *outcomes; /* made beforehand: the last child's end must not fail */
};

/* One argument. A duplicate has no callback of its own. */
struct child {
    struct callback callback;
    struct gather *gather;
    af_future *future;
};

static void destroy_gather(af_future *future)
{
    struct gather *gather = (struct gather *)future;
    for (size_t i = 0; i < gather->count; i++) {
        callback_remove(&gather->children[i].callback);
        af_future_unref(gather->children[i].future);
    }
    free(gather->children);
    free(gather->outcomes);
    free(gather);
}

static bool cancel_gather(af_future *future)
{
    struct gather *gather = (struct gather *)future;
    if (af_future_done(future))
        return false;
    bool any = false;
    for (size_t i = 0; i < gather->count; i++)
        any |= af_future_cancel(gather->children[i].future);
    gather->cancel_requested |= any;
    return any;
}

static const struct future_type gather_type = {cancel_gather, destroy_gather};

static void finish(struct gather *gather)
{
    for (size_t i = 0; i < gather->count; i++) {
        af_future *child = gather->children[i].future;
        child->log_exception = false;
        gather->outcomes[i] = (af_outcome){.result = child->result, .error = future_error(child)};
    }
    if (gather->cancel_requested)
        future_fail(&gather->future, (af_error){.code = AF_CANCELLED});
    else
        future_finish(&gather->future, gather->outcomes, NULL);
}

static void child_done(struct gather *gather, af_future *child)
{
    gather->unfinished--;
    if (af_future_done(&gather->future) || !gather->return_exceptions)
        child->log_exception = false;
    if (af_future_done(&gather->future))
        return;
    af_error error = future_error(child);
    if (error.code != 0 && !gather->return_exceptions)
        future_fail(&gather->future, error);
    else if (gather->unfinished == 0)
        finish(gather);
}

static int run_child_done(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, callback.handle);
    struct gather *gather = child->gather;
    child_done(gather, child->future);
    af_future_unref(&gather->future);
    return 0;
}

static void discard_child(struct handle *handle)
{
    af_future_unref(&container_of(handle, struct child, callback.handle)->gather->future);
}

static const struct handle_type child_type = {.run = run_child_done, .discard = discard_child};

/* Every child that is not done gets a callback, which keeps the gather alive until it ran. Those
 * that are done count only once all are known, as in asyncio. */
static void watch_children(struct gather *gather)
{
    uint64_t visit = future_new_visit(gather->future.loop);
    for (size_t i = 0; i < gather->count; i++) {
        struct child *child = &gather->children[i];
        if (!future_visit(child->future, visit))
            continue;
        gather->unfinished++;
        if (!af_future_done(child->future)) {
            af_future_ref(&gather->future);
            future_add_callback(child->future, &child->callback);
        }
    }
    visit = future_new_visit(gather->future.loop);
    for (size_t i = 0; i < gather->count; i++) {
        struct child *child = &gather->children[i];
        if (af_future_done(child->future) && future_visit(child->future, visit))
            child_done(gather, child->future);
    }
}

int af_gather(af_future *const *children, size_t count, bool return_exceptions,
              af_future **ret_gather)
{
    af_loop *loop = af_running_loop();
    if (!loop && count > 0)
        loop = children[0]->loop;
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no loop is running in this thread");
    for (size_t i = 0; i < count; i++)
        if (children[i]->loop != loop)
            return af_raise(AF_VALUE_ERROR, "the futures of a gather belong to different loops");

    struct gather *gather = malloc(sizeof *gather);
    struct child *list = calloc(count + 1, sizeof *list);
    af_outcome *outcomes = calloc(count + 1, sizeof *outcomes);
    if (!gather || !list || !outcomes) {
        free(gather);
        free(list);
        free(outcomes);
        return -ENOMEM;
    }
    *gather = (struct gather){.return_exceptions = return_exceptions,
                              .count = count,
                              .children = list,
                              .outcomes = outcomes};
    future_init(&gather->future, &gather_type, loop);
    for (size_t i = 0; i < count; i++) {
        list[i].gather = gather;
        list[i].future = af_future_ref(children[i]);
        handle_init(&list[i].callback.handle, &child_type);
    }
    if (count > 0)
        watch_children(gather);
    else
        finish(gather);
    *ret_gather = &gather->future;
    return 0;
}
