#include "async/timers.h"

#include <errno.h>
#include <stdlib.h>

#include <afetch/loop.h>

struct timer_entry {
    double when;
    uint64_t sequence;
    size_t slot;
};

struct timer_slot {
    struct timer *timer;
    size_t position; /* in the heap; if free, the next free slot */
};

/* Children of an entry. With four, the heap is half as deep as with two, and siblings are adjacent
 * in memory. */
enum { CHILDREN = 4 };

static bool earlier(const struct timer_entry *a, const struct timer_entry *b)
{
    return a->when < b->when || (a->when == b->when && a->sequence < b->sequence);
}

static void place(struct timers *timers, struct timer_entry entry, size_t position)
{
    timers->heap[position] = entry;
    timers->slots[entry.slot].position = position;
}

static void sift_up(struct timers *timers, struct timer_entry entry, size_t position)
{
    while (position > 0) {
        size_t parent = (position - 1) / CHILDREN;
        if (!earlier(&entry, &timers->heap[parent]))
            break;
        place(timers, timers->heap[parent], position);
        position = parent;
    }
    place(timers, entry, position);
}

static void sift_down(struct timers *timers, struct timer_entry entry, size_t position)
{
    for (;;) {
        size_t child = position * CHILDREN + 1, end = child + CHILDREN;
        if (child >= timers->count)
            break;
        if (end > timers->count)
            end = timers->count;
        size_t first = child;
        while (++child < end)
            if (earlier(&timers->heap[child], &timers->heap[first]))
                first = child;
        if (!earlier(&timers->heap[first], &entry))
            break;
        place(timers, timers->heap[first], position);
        position = first;
    }
    place(timers, entry, position);
}

void timers_free(struct timers *timers)
{
    free(timers->heap);
    free(timers->slots);
    *timers = (struct timers){0};
}

static int grow(struct timers *timers)
{
    size_t capacity = timers->capacity ? timers->capacity * 2 : 16;
    struct timer_entry *heap = realloc(timers->heap, capacity * sizeof *heap);
    if (heap)
        timers->heap = heap;
    /* Slots are numbered from 1. */
    struct timer_slot *slots = realloc(timers->slots, (capacity + 1) * sizeof *slots);
    if (slots)
        timers->slots = slots;
    if (!heap || !slots)
        return -ENOMEM;
    timers->capacity = capacity;
    return 0;
}

/* If no slot is free, slots 1 to count are in use. */
static size_t take_slot(struct timers *timers)
{
    size_t slot = timers->free_slot;
    if (slot == 0)
        return timers->count + 1;
    timers->free_slot = timers->slots[slot].position;
    return slot;
}

int timers_add(struct timers *timers, struct timer *timer, double when)
{
    if (timers->count == timers->capacity) {
        int r = grow(timers);
        if (r < 0)
            return r;
    }
    timer->slot = take_slot(timers);
    timers->slots[timer->slot].timer = timer;
    struct timer_entry entry = {when, timers->sequence++, timer->slot};
    sift_up(timers, entry, timers->count++);
    return 0;
}

void timers_remove(struct timers *timers, struct timer *timer)
{
    size_t slot = timer->slot;
    if (slot == 0)
        return;
    timer->slot = 0;
    size_t position = timers->slots[slot].position;
    timers->slots[slot].position = timers->free_slot;
    timers->free_slot = slot;
    struct timer_entry last = timers->heap[--timers->count];
    if (position == timers->count)
        return;
    if (position > 0 && earlier(&last, &timers->heap[(position - 1) / CHILDREN]))
        sift_up(timers, last, position);
    else
        sift_down(timers, last, position);
}

struct timer *timers_first(const struct timers *timers)
{
    return timers->count > 0 ? timers->slots[timers->heap[0].slot].timer : NULL;
}

double timers_next_time(const struct timers *timers)
{
    return timers->count > 0 ? timers->heap[0].when : AF_FOREVER;
}
