/* Timers in a heap ordered by (when, sequence), so that equal times run in the order of creation.
 */
#ifndef ASYNC_TIMERS_H
#define ASYNC_TIMERS_H

#include <stdint.h>

#include "base/list.h"

struct handle;

/* What a handle runs, for debug mode: a task, or a function. Neither where it is the library's. */
struct subject {
    struct af_future *task;
    const void *function;
};

struct handle_type {
    int (*run)(struct handle *handle);
    /* Frees what will never run, as its loop is closed. NULL: it is part of something else. */
    void (*discard)(struct handle *handle);
    struct subject (*subject)(const struct handle *handle); /* NULL: neither */
};

/* What the loop runs. Whoever owns it may take it back by handle_cancel(). */
struct handle {
    struct list link; /* in a queue of the loop, or in none */
    const struct handle_type *type;
};

struct timer {
    struct handle handle; /* appended to the ready queue when it is due */
    double when;
    uint64_t sequence;
    size_t position; /* in the heap, from 1; 0 while in none */
};

struct timers {
    struct timer **heap;
    size_t count;
    size_t capacity;
    uint64_t sequence;
};

void timers_free(struct timers *timers);

/* -ENOMEM. */
int timers_add(struct timers *timers, struct timer *timer, double when);

/* Takes it out; nothing happens where it is not in. */
void timers_remove(struct timers *timers, struct timer *timer);

/* The earliest, or NULL. */
static inline struct timer *timers_first(const struct timers *timers)
{
    return timers->count > 0 ? timers->heap[1] : NULL;
}

#endif
