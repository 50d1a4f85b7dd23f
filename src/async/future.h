/* Internal interface of futures, for the objects that contain one. */
#ifndef ASYNC_FUTURE_H
#define ASYNC_FUTURE_H

#include <afetch/future.h>

#include "async/loop.h"
#include "base/error.h"

enum future_state { FUTURE_PENDING, FUTURE_CANCELLED, FUTURE_FINISHED };

/* Operations of a kind of future. */
struct future_type {
    /* Implements af_future_cancel(). NULL: cancelled at once. */
    bool (*cancel)(af_future *future);
    /* Frees the object that contains the future, whose members have been freed. NULL: free(). */
    void (*destroy)(af_future *future);
    /* Called when the last reference is dropped. True if the object must stay, and will free itself
     * by dropping another reference. NULL: false. */
    bool (*outlives)(af_future *future);
    /* Called if the task that awaits it is destroyed with its stack, without running again. NULL:
     * does nothing. */
    void (*abandon)(af_future *future);
};

struct af_future {
    const struct future_type *type;
    af_loop *loop;
    unsigned references;
    enum future_state state;
    bool log_exception; /* it has an exception that was not retrieved */
    void *result;
    void (*destroy_result)(void *result);
    af_error error;
    struct list callbacks; /* of struct callback, in the order in which they were added */
    uint64_t visit;        /* number of the last walk that visited it, to detect duplicates */
};

/* A done callback in memory of its owner, so adding it cannot fail. The loop runs the handle in the
 * iteration after the future is done. */
struct callback {
    struct handle handle;
    af_future *future; /* borrowed */
    bool weak;
};

extern const struct future_type plain_future;

/* Initializes a pending future with one reference. The memory of the loop is not freed before the
 * last reference is dropped. */
void future_init(af_future *future, const struct future_type *type, af_loop *loop);

/* Initializes a future in the stack frame of the task that awaits it, which is never unreferenced.
 */
static inline void future_init_local(af_future *future, af_loop *loop)
{
    *future = (af_future){.type = &plain_future, .loop = loop, .references = 1};
    list_init(&future->callbacks);
}

/* Adds a callback, whose handle has its type already. The caller must hold a reference to the
 * future until the callback ran or was removed. */
void future_add_callback(af_future *future, struct callback *callback);

/* Adds a callback without a reference to the future. If the future is destroyed before it is done,
 * the handle is discarded. Both run and discard receive a reference, which they drop. */
void future_add_weak_callback(af_future *future, struct callback *callback);

/* Removes a callback, also if it is queued to run, which is not allowed for a weak one. */
void callback_remove(struct callback *callback);

/* Set the outcome of a future, which must be pending. The error is referenced. */
void future_finish(af_future *future, void *result, void (*destroy)(void *result));
void future_fail(af_future *future, af_error error);
void future_cancelled(af_future *future);

/* Sets the result NULL unless it is done: wakes the task that awaits it. */
void future_release(af_future *future);

/* Returns the error of a done future, which is AF_CANCELLED if it was cancelled. */
af_error future_error(const af_future *future);

/* Walks over futures, to visit each once: future_new_visit() returns a new number, and
 * future_visit() marks a future; false if it is marked already. */
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
