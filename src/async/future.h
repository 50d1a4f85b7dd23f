/* What the public header hides of a future, for those that are made of one. */
#ifndef ASYNC_FUTURE_H
#define ASYNC_FUTURE_H

#include <afetch/future.h>

#include "async/loop.h"
#include "base/error.h"

enum future_state { FUTURE_PENDING, FUTURE_CANCELLED, FUTURE_FINISHED };

/* What differs between the sorts of futures. */
struct future_type {
    /* NULL: a plain future, cancelled at once. */
    bool (*cancel)(af_future *future);
    /* Frees the whole object, after the future in it has been cleared. NULL: free(). */
    void (*destroy)(af_future *future);
    /* The last reference was dropped: whether the object stays all the same, and will see to its
     * end with another reference. NULL: it goes. */
    bool (*outlives)(af_future *future);
    /* The task that awaits it goes without running again, its stack too. NULL: it does not care. */
    void (*abandon)(af_future *future);
};

struct af_future {
    const struct future_type *type;
    af_loop *loop;
    unsigned references;
    enum future_state state;
    bool log_exception; /* it has an exception that nobody has retrieved */
    void *result;
    void (*destroy_result)(void *result);
    af_error error;
    struct list callbacks; /* of struct callback, in the order of registration */
    uint64_t visit;        /* the last walk that passed here: how duplicates are found */
};

/* A done callback that its owner keeps: adding it cannot fail. The loop runs the handle in the
 * iteration after the future is done. */
struct callback {
    struct handle handle;
    af_future *future; /* borrowed */
    bool weak;
};

extern const struct future_type plain_future;

/* Makes the memory a pending future with one reference. It keeps the loop, if only as a shell,
 * until its last reference is gone. */
void future_init(af_future *future, const struct future_type *type, af_loop *loop);

/* The same for one that lives in the frame of the task that waits for it and is never unreferenced.
 */
static inline void future_init_local(af_future *future, af_loop *loop)
{
    *future = (af_future){.type = &plain_future, .loop = loop, .references = 1};
    list_init(&future->callbacks);
}

/* Registers the callback, whose handle has its type already. The caller has a reference until it
 * ran or is taken back. */
void future_add_callback(af_future *future, struct callback *callback);

/* The same for a caller that need not have one. The handle is discarded where the future goes
 * before it is done; and both run and discard are given a reference, which they drop. */
void future_add_weak_callback(af_future *future, struct callback *callback);

/* Takes it back, also when it is due and has not run, which a weak one must not be. */
void callback_remove(struct callback *callback);

/* The transitions; the future must be pending. The error is referenced. */
void future_finish(af_future *future, void *result, void (*destroy)(void *result));
void future_fail(af_future *future, af_error error);
void future_cancelled(af_future *future);

/* For a future whose owner is a waiter: set_result unless it is done. */
void future_release(af_future *future);

/* The error of a done future as an awaiter sees it, AF_CANCELLED included. */
af_error future_error(const af_future *future);

/* Marks the future as passed in this walk; false where it was passed already. A walk begins with a
 * new number. */
static inline uint64_t future_new_visit(af_loop *loop)
{
    return ++loop->visits;
}

static inline bool future_visit(af_future *future, uint64_t visit)
{
    if (future->visit == visit)
        return false;
    future->visit = visit;
    return true;
}

#endif
