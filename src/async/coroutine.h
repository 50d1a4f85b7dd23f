/* A coroutine with a stack of its own: a function that can stand still anywhere and go on later.
 *
 * Little more than new, resume, yield and free, so that what switches stacks can be exchanged. Only
 * one level: a coroutine is resumed from the stack of the thread, never from another coroutine. */
#ifndef ASYNC_COROUTINE_H
#define ASYNC_COROUTINE_H

#include <setjmp.h>

#include "async/stack.h"

struct coroutine;

typedef void coroutine_function(void *arg);

struct coroutine_pool {
    sigjmp_buf *outside; /* where the one that runs was resumed */
    struct stacks stacks;
    struct list idle; /* ended, or never begun: their stacks wait to be used */
    size_t idle_count;
    size_t reserved;       /* how many of those are promised */
    struct list abandoned; /* given up while they stood still */
    size_t count;          /* of all that were ever made */
};

void coroutine_pool_init(struct coroutine_pool *pool);
void coroutine_pool_free(struct coroutine_pool *pool);

/* Promises one coroutine, so that whoever begins later needs no stack before; the last that was
 * used is then the first to be used again, while the processor still has it. -EAGAIN and -ENOMEM as
 * stacks_take(). */
int coroutine_reserve(struct coroutine_pool *pool);

/* The coroutine that was promised, to run FUNCTION when first resumed. */
struct coroutine *coroutine_new(struct coroutine_pool *pool, coroutine_function *function,
                                void *arg);

/* Runs it until it yields or its function returns. Returns whether it has ended. */
bool coroutine_resume(struct coroutine *coroutine);

/* Stands still; returns when resumed. Only inside COROUTINE. */
void coroutine_yield(struct coroutine *coroutine);

/* Asks the processor for what the next resume will need. */
void coroutine_prefetch(const struct coroutine *coroutine);

/* Gives it back to the pool. Where it has not ended, its stack stays as it is until the pool goes:
 * others may still point to what lives there. */
void coroutine_free(struct coroutine *coroutine);

/* Whether ADDRESS is where nothing is but what comes after the end of the stack. */
bool coroutine_overflowed(const struct coroutine *coroutine, const void *address);

#endif
