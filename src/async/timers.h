/* Timers: a heap ordered by (when, sequence), so that timers with equal times run in the order of
 * creation. */
#ifndef ASYNC_TIMERS_H
#define ASYNC_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct handle;

/* The function that a handle runs, for debug mode, and the name of its task if it has one. Neither
 * if it belongs to the library. */
struct subject {
    const void *function;
    char task[64];
};

struct handle_type {
    int (*run)(struct handle *handle);
    /* Frees a handle that will never run, since its loop is closed. NULL: it is part of another
     * object. */
    void (*discard)(struct handle *handle);
    struct subject (*subject)(const struct handle *handle); /* NULL: none */
    /* Prefetches the memory that run needs. NULL: does nothing. */
    void (*prefetch)(const struct handle *handle);
};

/* A callback to run. The owner may remove it from the queue with handle_cancel(). */
struct handle {
    struct list link; /* in a queue of the loop, or unlinked */
    const struct handle_type *type;
};

struct timer {
    struct handle handle; /* appended to the ready queue when due */
    size_t slot;          /* from 1; 0 if it is not in the heap */
};

/* The heap contains the keys that it compares, and refers to timers by slots: most timers are far
 * apart on the stacks of sleeping tasks, and each access would be a cache miss. */
struct timers {
    struct timer_entry *heap;
    struct timer_slot *slots;
    size_t count;
    size_t capacity;
    size_t free_slot; /* first of the list of unused slots; 0: none */
    uint64_t sequence;
};

void timers_free(struct timers *timers);

/* Errors: -ENOMEM. */
int timers_add(struct timers *timers, struct timer *timer, double when);

/* Removes a timer; does nothing if it is not in the heap. */
void timers_remove(struct timers *timers, struct timer *timer);

/* Return the earliest timer, or NULL, and its time, or AF_FOREVER. */
struct timer *timers_first(const struct timers *timers);
double timers_next_time(const struct timers *timers);

#endif
