#include <errno.h>
#include <stdlib.h>

#include <afetch/gather.h>

#include "async/future.h"

/* A gather holds references to its children. When its own last reference is dropped, it must still
 * retrieve the exceptions of its children (rule 27), but must not keep them alive: it drops its
 * references to the children that are not done ("detached"), and is destroyed with the callback of
 * the last of them. */
struct gather {
    af_future future;
    bool return_exceptions;
    bool cancel_requested;
    bool cancelling; /* cancel_gather() is cancelling its children */
    bool in_cycle;   /* a child awaits the gather, and can only end after it */
    bool detached;
    size_t count;
    size_t unfinished; /* number of distinct children that are not done */
    size_t watched;    /* number of children whose callback has not run */
    struct child *children;
    af_outcome *outcomes; /* allocated in advance, since the end of the last child must not fail */
};

/* One argument. A duplicate has neither callback nor reference. */
struct child {
    struct callback callback;
    struct gather *gather; /* NULL for a duplicate */
    af_future *future;
};

static void destroy_gather(af_future *future)
{
    struct gather *gather = (struct gather *)future;
    for (size_t i = 0; i < gather->count; i++)
        if (gather->children[i].gather)
            af_future_unref(gather->children[i].future);
    free(gather->children);
    free(gather->outcomes);
    free(gather);
}

static bool is_watched(const struct child *child)
{
    return !list_empty(&child->callback.handle.link);
}

static void detach(struct gather *gather)
{
    if (gather->watched == 0 || gather->detached)
        return;
    gather->detached = true;
    af_future_ref(&gather->future); /* some children may be destroyed at once */
    for (size_t i = 0; i < gather->count; i++)
        if (is_watched(&gather->children[i]))
            af_future_unref(gather->children[i].future);
    gather->future.references--;
}

static bool outlives(af_future *future)
{
    struct gather *gather = (struct gather *)future;
    detach(gather);
    return gather->watched > 0;
}

static bool cancel_gather(af_future *future)
{
    struct gather *gather = (struct gather *)future;
    if (af_future_done(future))
        return false;
    if (gather->cancelling) {
        gather->in_cycle = true;
        return true;
    }
    gather->cancelling = true;
    bool any = false;
    for (size_t i = 0; i < gather->count; i++)
        any |= af_future_cancel(gather->children[i].future);
    gather->cancelling = false;
    gather->cancel_requested |= any;
    if (gather->in_cycle)
        future_fail(future, (af_error){.code = AF_CANCELLED});
    return any;
}

static const struct future_type gather_type = {
    .cancel = cancel_gather, .destroy = destroy_gather, .outlives = outlives};

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

static void fail(struct gather *gather, af_error error)
{
    future_fail(&gather->future, error);
    detach(gather);
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
        fail(gather, error);
    else if (gather->unfinished == 0)
        finish(gather);
}

static void stop_watching(struct gather *gather)
{
    gather->watched--;
    if (gather->future.references == 0)
        af_future_unref(af_future_ref(&gather->future));
}

/* The reference received with the callback replaces the one that a detached gather dropped. */
static int run_child_done(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, callback.handle);
    struct gather *gather = child->gather;
    if (!gather->detached)
        af_future_unref(child->future);
    child_done(gather, child->future);
    stop_watching(gather);
    return 0;
}

static void discard_child(struct handle *handle)
{
    struct child *child = container_of(handle, struct child, callback.handle);
    struct gather *gather = child->gather;
    af_future_unref(child->future);
    if (gather->detached)
        child->future = NULL;
    stop_watching(gather);
}

static const struct handle_type child_type = {.run = run_child_done, .discard = discard_child};

/* Children that are done are handled only after callbacks were added to all others, as in asyncio.
 */
static void watch_children(struct gather *gather)
{
    uint64_t visit = future_new_visit(gather->future.loop);
    for (size_t i = 0; i < gather->count; i++) {
        struct child *child = &gather->children[i];
        if (!future_visit(child->future, visit))
            continue;
        child->gather = gather;
        af_future_ref(child->future);
        gather->unfinished++;
        if (!af_future_done(child->future)) {
            gather->watched++;
            future_add_weak_callback(child->future, &child->callback);
        }
    }
    for (size_t i = 0; i < gather->count; i++) {
        struct child *child = &gather->children[i];
        if (child->gather && af_future_done(child->future))
            child_done(gather, child->future);
    }
}

int af_gather(af_future *const *children, size_t count, bool return_exceptions,
              af_future **ret_gather)
{
    af_loop *loop = count > 0 ? children[0]->loop : af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
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
        list[i].future = children[i];
        handle_init(&list[i].callback.handle, &child_type);
    }
    if (count > 0)
        watch_children(gather);
    else
        finish(gather);
    *ret_gather = &gather->future;
    return 0;
}
