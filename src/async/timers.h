/* Timers in a heap ordered by (when, sequence), so that equal times run in the order of creation.
 */
#ifndef ASYNC_TIMERS_H
#define ASYNC_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct handle;

/* What a handle runs, for debug mode: a function, of a task if that has a name. Neither where it is
 * the library's. */
struct subject {
    const void *function;
    char task[64];
};

struct handle_type {
    int (*run)(struct handle *handle);
    /* Frees what will never run, as its loop is closed. NULL: it is part of something else. */
    void (*discard)(struct handle *handle);
    struct subject (*subject)(const struct handle *handle); /* NULL: neither */
    /* Asks the processor for what run will need. NULL: for nothing. */
    void (*prefetch)(const struct handle *handle);
};

/* What the loop runs. Whoever owns it may take it back by handle_cancel(). */
struct handle {
    struct list link; /* in a queue of the loop, or in none */
    const struct handle_type *type;
};

struct timer {
    struct handle handle; /* appended to the ready queue when it is due */
    size_t slot;          /* from 1; 0 while it is in no heap */
};

/* The heap has all that it compares in itself and reaches its timers by their slots, since they lie
 * far apart: most on the stacks of sleeping tasks, each of which would have to be fetched. */
struct timers {
    struct timer_entry *heap;
    struct timer_slot *slots;
    size_t count;
    size_t capacity;
    size_t free_slot; /* the first of a list of those that were used and are not; 0: none */
    uint64_t sequence;
};

void timers_free(struct timers *timers);

/* -ENOMEM. */
int timers_add(struct timers *timers, struct timer *timer, double when);

/* Takes it out; nothing happens where it is not in. */
void timers_remove(struct timers *timers, struct timer *timer);

/* The earliest, or NULL, and its time, or AF_FOREVER. */
struct timer *timers_first(const struct timers *timers);
double timers_next_time(const struct timers *timers);

#endif
