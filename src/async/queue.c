#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/queue.h>

#include "async/waiters.h"

enum order { FIRST_IN, LAST_IN, SMALLEST };

/* The items are in a ring buffer, with the oldest at start; in a priority queue they are a heap as
 * in Python's heapq, with start 0. */
struct af_queue {
    enum order order;
    int (*compare)(const void *a, const void *b);
    void (*destroy)(void *item);
    size_t maximum;
    void **items;
    size_t start;
    size_t count;
    size_t capacity;
    size_t unfinished;
    bool shut_down;
    struct waiters getters;
    struct waiters putters;
    struct waiters joiners;
};

static int queue_new(const af_queue *model, af_queue **ret_queue)
{
    af_queue *queue = malloc(sizeof *queue);
    if (!queue)
        return -ENOMEM;
    *queue = *model;
    waiters_init(&queue->getters);
    waiters_init(&queue->putters);
    waiters_init(&queue->joiners);
    *ret_queue = queue;
    return 0;
}

int af_queue_new(size_t maximum, void (*destroy)(void *item), af_queue **ret_queue)
{
    return queue_new(&(af_queue){.order = FIRST_IN, .maximum = maximum, .destroy = destroy},
                     ret_queue);
}

int af_lifo_queue_new(size_t maximum, void (*destroy)(void *item), af_queue **ret_queue)
{
    return queue_new(&(af_queue){.order = LAST_IN, .maximum = maximum, .destroy = destroy},
                     ret_queue);
}

int af_priority_queue_new(size_t maximum, int (*compare)(const void *a, const void *b),
                          void (*destroy)(void *item), af_queue **ret_queue)
{
    return queue_new(
        &(af_queue){.order = SMALLEST, .maximum = maximum, .compare = compare, .destroy = destroy},
        ret_queue);
}

/* ------------------------------------------------------------------- items */

static void **place(const af_queue *queue, size_t index)
{
    size_t position = queue->start + index;
    return &queue->items[position < queue->capacity ? position : position - queue->capacity];
}

static int grow(af_queue *queue)
{
    if (queue->count < queue->capacity)
        return 0;
    size_t capacity = queue->capacity ? queue->capacity * 2 : 8;
    void **items = malloc(capacity * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < queue->count; i++)
        items[i] = *place(queue, i);
    free(queue->items);
    queue->items = items;
    queue->capacity = capacity;
    queue->start = 0;
    return 0;
}

static bool smaller(const af_queue *queue, const void *a, const void *b)
{
    return queue->compare(a, b) < 0;
}

/* heapq's _siftdown(): moves an item towards the root, but not above FLOOR. */
static void sift_up(af_queue *queue, size_t index, size_t floor)
{
    void *item = queue->items[index];
    for (; index > floor; index = (index - 1) / 2) {
        void *parent = queue->items[(index - 1) / 2];
        if (!smaller(queue, item, parent))
            break;
        queue->items[index] = parent;
    }
    queue->items[index] = item;
}

/* heapq's _siftup(): moves the smaller child up on each level down to a leaf, then the item up from
 * there. */
static void sink_root(af_queue *queue)
{
    void *item = queue->items[0];
    size_t index = 0, child;
    while ((child = 2 * index + 1) < queue->count) {
        if (child + 1 < queue->count &&
            !smaller(queue, queue->items[child], queue->items[child + 1]))
            child++;
        queue->items[index] = queue->items[child];
        index = child;
    }
    queue->items[index] = item;
    sift_up(queue, index, 0);
}

static void *take(af_queue *queue)
{
    if (queue->order == LAST_IN)
        return *place(queue, --queue->count);
    void *item = *place(queue, 0);
    queue->count--;
    if (queue->order == FIRST_IN) {
        queue->start = queue->start + 1 < queue->capacity ? queue->start + 1 : 0;
    } else if (queue->count > 0) {
        queue->items[0] = queue->items[queue->count];
        sink_root(queue);
    }
    return item;
}

static void drop_items(af_queue *queue)
{
    while (queue->count > 0) {
        void *item = take(queue);
        if (queue->destroy)
            queue->destroy(item);
    }
}

void af_queue_free(af_queue *queue)
{
    if (!queue)
        return;
    drop_items(queue);
    free(queue->items);
    free(queue);
}

/* ----------------------------------------------------------------- putting */

int af_queue_put_nowait(af_queue *queue, void *item)
{
    if (queue->shut_down)
        return af_raise(AF_QUEUE_SHUT_DOWN, NULL);
    if (af_queue_full(queue))
        return af_raise(AF_QUEUE_FULL, NULL);
    int r = grow(queue);
    if (r < 0)
        return r;
    *place(queue, queue->count++) = item;
    if (queue->order == SMALLEST)
        sift_up(queue, queue->count - 1, 0);
    queue->unfinished++;
    waiters_wake(&queue->getters);
    return 0;
}

int af_queue_put(af_queue *queue, void *item)
{
    while (af_queue_full(queue)) {
        if (queue->shut_down)
            return af_raise(AF_QUEUE_SHUT_DOWN, NULL);
        bool woken;
        int r = waiters_wait(&queue->putters, &woken);
        if (r < 0) {
            if (woken && !af_queue_full(queue))
                waiters_wake(&queue->putters);
            return r;
        }
    }
    return af_queue_put_nowait(queue, item);
}

/* ----------------------------------------------------------------- getting */

int af_queue_get_nowait(af_queue *queue, void **ret_item)
{
    if (af_queue_empty(queue))
        return af_raise(queue->shut_down ? AF_QUEUE_SHUT_DOWN : AF_QUEUE_EMPTY, NULL);
    *ret_item = take(queue);
    waiters_wake(&queue->putters);
    return 0;
}

int af_queue_get(af_queue *queue, void **ret_item)
{
    /* A getter is woken without an item being reserved for it (rule 64). */
    while (af_queue_empty(queue)) {
        if (queue->shut_down)
            return af_raise(AF_QUEUE_SHUT_DOWN, NULL);
        bool woken;
        int r = waiters_wait(&queue->getters, &woken);
        if (r < 0) {
            if (woken && !af_queue_empty(queue))
                waiters_wake(&queue->getters);
            return r;
        }
    }
    return af_queue_get_nowait(queue, ret_item);
}

/* --------------------------------------------------------------- finishing */

static void wake_all(struct waiters *waiters)
{
    while (waiters_wake(waiters))
        ;
}

static void count_done(af_queue *queue)
{
    if (queue->unfinished == 0)
        wake_all(&queue->joiners);
}

int af_queue_task_done(af_queue *queue)
{
    if (queue->unfinished == 0)
        return af_raise(AF_VALUE_ERROR, "task_done was called for more items than were put");
    queue->unfinished--;
    count_done(queue);
    return 0;
}

int af_queue_join(af_queue *queue)
{
    bool woken;
    return queue->unfinished == 0 ? 0 : waiters_wait(&queue->joiners, &woken);
}

void af_queue_shutdown(af_queue *queue, bool immediate)
{
    queue->shut_down = true;
    if (immediate) {
        size_t dropped = queue->count < queue->unfinished ? queue->count : queue->unfinished;
        drop_items(queue);
        queue->unfinished -= dropped;
        count_done(queue);
    }
    wake_all(&queue->getters);
    wake_all(&queue->putters);
}

/* -------------------------------------------------------------- properties */

size_t af_queue_size(const af_queue *queue)
{
    return queue->count;
}

bool af_queue_empty(const af_queue *queue)
{
    return queue->count == 0;
}

bool af_queue_full(const af_queue *queue)
{
    return queue->maximum > 0 && queue->count >= queue->maximum;
}

size_t af_queue_unfinished(const af_queue *queue)
{
    return queue->unfinished;
}

void *af_queue_peek(const af_queue *queue, size_t index)
{
    return index < queue->count ? *place(queue, index) : NULL;
}
