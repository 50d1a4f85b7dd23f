#include <errno.h>
#include <stdlib.h>

#include <afetch/shield.h>

#include "async/future.h"

/* A shield holds a reference to INNER. When its own last reference is dropped, it drops that
 * reference ("detached") and is destroyed when INNER is done or destroyed (compare struct gather).
 */
struct shield {
    af_future future;
    struct callback inner_done;
    struct callback outer_done;
    af_future *inner;
    bool detached;
};

static void destroy_shield(af_future *future)
{
    struct shield *shield = (struct shield *)future;
    af_future_unref(shield->inner);
    free(shield);
}

static bool cancel_shield(af_future *future)
{
    future->log_exception = false;
    if (af_future_done(future))
        return false;
    future_cancelled(future);
    return true;
}

static bool is_watching(const struct shield *shield)
{
    return !list_empty(&shield->inner_done.handle.link);
}

static bool outlives(af_future *future)
{
    struct shield *shield = (struct shield *)future;
    if (is_watching(shield) && !shield->detached) {
        shield->detached = true;
        af_future_ref(future); /* INNER may be destroyed at once */
        af_future_unref(shield->inner);
        future->references--;
    }
    return is_watching(shield);
}

static const struct future_type shield_type = {
    .cancel = cancel_shield, .destroy = destroy_shield, .outlives = outlives};

static void free_if_detached(struct shield *shield)
{
    if (shield->future.references == 0)
        af_future_unref(af_future_ref(&shield->future));
}

/* The reference received with the callback replaces the one that a detached shield dropped. */
static int run_inner_done(struct handle *handle)
{
    struct shield *shield = container_of(handle, struct shield, inner_done.handle);
    af_future *inner = shield->inner;
    if (!shield->detached)
        af_future_unref(inner);
    inner->log_exception = false;
    if (!af_future_done(&shield->future)) {
        if (af_future_cancelled(inner))
            future_cancelled(&shield->future);
        else if (inner->error.code != 0)
            future_fail(&shield->future, inner->error);
        else
            future_finish(&shield->future, inner->result, NULL);
    }
    free_if_detached(shield);
    return 0;
}

/* Stops watching INNER once the shield was cancelled, so that its exception is reported (rule 40).
 */
static int run_outer_done(struct handle *handle)
{
    struct shield *shield = container_of(handle, struct shield, outer_done.handle);
    if (shield->inner && !af_future_done(shield->inner)) {
        callback_remove(&shield->inner_done);
        af_future_unref(shield->inner);
        shield->inner = NULL;
    }
    af_future_unref(&shield->future);
    return 0;
}

static void discard_inner_done(struct handle *handle)
{
    struct shield *shield = container_of(handle, struct shield, inner_done.handle);
    af_future_unref(shield->inner);
    if (shield->detached)
        shield->inner = NULL;
    free_if_detached(shield);
}

static void discard_outer_done(struct handle *handle)
{
    af_future_unref(&container_of(handle, struct shield, outer_done.handle)->future);
}

static const struct handle_type inner_done_type = {.run = run_inner_done,
                                                   .discard = discard_inner_done};
static const struct handle_type outer_done_type = {.run = run_outer_done,
                                                   .discard = discard_outer_done};

int af_shield(af_future *inner, af_future **ret_outer)
{
    if (af_future_done(inner)) {
        *ret_outer = af_future_ref(inner);
        return 0;
    }
    struct shield *shield = malloc(sizeof *shield);
    if (!shield)
        return -ENOMEM;
    shield->inner = af_future_ref(inner);
    shield->detached = false;
    future_init(&shield->future, &shield_type, inner->loop);
    handle_init(&shield->inner_done.handle, &inner_done_type);
    handle_init(&shield->outer_done.handle, &outer_done_type);
    future_add_weak_callback(inner, &shield->inner_done);
    future_add_weak_callback(&shield->future, &shield->outer_done);
    *ret_outer = &shield->future;
    return 0;
}
