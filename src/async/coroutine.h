/* Stackful coroutines: functions that can suspend at any depth of calls and be resumed.
 *
 * The interface is small, so that the implementation of stack switching can be replaced. Coroutines
 * do not nest: they are resumed from the stack of the thread, never from another coroutine. */
#ifndef ASYNC_COROUTINE_H
#define ASYNC_COROUTINE_H

#include <setjmp.h>

#include "async/stack.h"

struct coroutine;

typedef void coroutine_function(void *arg);

struct coroutine_pool {
    sigjmp_buf *outside; /* the point to return to when the running coroutine yields */
    struct stacks stacks;
    struct list idle; /* coroutines whose stacks can be used */
    size_t idle_count;
    size_t reserved;       /* number of idle coroutines that are reserved */
    struct list abandoned; /* freed while suspended */
    size_t count;          /* number of coroutines ever created */
};

void coroutine_pool_init(struct coroutine_pool *pool);
void coroutine_pool_free(struct coroutine_pool *pool);

/* Reserves a coroutine for coroutine_new(). The stack is chosen only then: the one used last, which
 * is still in the processor's caches.
 * Errors: -EAGAIN and -ENOMEM, as for stacks_take(). */
int coroutine_reserve(struct coroutine_pool *pool);

/* Returns the reserved coroutine, to run FUNCTION when first resumed. */
struct coroutine *coroutine_new(struct coroutine_pool *pool, coroutine_function *function,
                                void *arg);

/* Runs the coroutine until it yields or its function returns. True if it has returned. */
bool coroutine_resume(struct coroutine *coroutine);

/* Suspends the coroutine until it is resumed. To be called only on the stack of COROUTINE. */
void coroutine_yield(struct coroutine *coroutine);

/* Prefetches the memory that the next resume needs. */
void coroutine_prefetch(const struct coroutine *coroutine);

/* Returns the coroutine to the pool. If its function has not returned, its stack is kept unchanged
 * until the pool is freed, since other objects may point into it. */
void coroutine_free(struct coroutine *coroutine);

/* True if ADDRESS is in the guard below the stack. */
bool coroutine_overflowed(const struct coroutine *coroutine, const void *address);

#endif
