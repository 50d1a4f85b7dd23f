#include "async/timers.h"

#include <errno.h>
#include <stdlib.h>

static bool earlier(const struct timer *a, const struct timer *b)
{
    return a->when < b->when || (a->when == b->when && a->sequence < b->sequence);
}

static void place(struct timers *timers, struct timer *timer, size_t position)
{
    timers->heap[position] = timer;
    timer->position = position;
}

static void sift_up(struct timers *timers, struct timer *timer, size_t position)
{
    while (position > 1 && earlier(timer, timers->heap[position / 2])) {
        place(timers, timers->heap[position / 2], position);
        position /= 2;
    }
    place(timers, timer, position);
}

static void sift_down(struct timers *timers, struct timer *timer, size_t position)
{
    for (size_t child; (child = position * 2) <= timers->count; position = child) {
        if (child < timers->count && earlier(timers->heap[child + 1], timers->heap[child]))
            child++;
        if (!earlier(timers->heap[child], timer))
            break;
        place(timers, timers->heap[child], position);
    }
    place(timers, timer, position);
}

void timers_free(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}

int timers_add(struct timers *timers, struct timer *timer, double when)
{
    if (timers->count + 1 >= timers->capacity) {
        size_t capacity = timers->capacity ? timers->capacity * 2 : 16;
        struct timer **heap = realloc(timers->heap, capacity * sizeof *heap);
        if (!heap)
            return -ENOMEM;
        timers->heap = heap;
        timers->capacity = capacity;
    }
    timer->when = when;
    timer->sequence = timers->sequence++;
    sift_up(timers, timer, ++timers->count);
    return 0;
}

void timers_remove(struct timers *timers, struct timer *timer)
{
    size_t position = timer->position;
    if (position == 0)
        return;
    timer->position = 0;
    struct timer *last = timers->heap[timers->count--];
    if (last == timer)
        return;
    if (position > 1 && earlier(last, timers->heap[position / 2]))
        sift_up(timers, last, position);
    else
        sift_down(timers, last, position);
}
