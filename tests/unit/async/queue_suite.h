/* Helpers of the tests of queues: a queue, and tasks that put, get and join. */
#ifndef TESTS_QUEUE_SUITE_H
#define TESTS_QUEUE_SUITE_H

#include <string.h>

#include <afetch/queue.h>

#include "virtual_clock.h"

extern af_queue *queue;

static inline void trace_dropped(void *item)
{
    trace("dropped:%s", (char *)item);
}

static inline int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Replaces the queue of the fixture. */
static inline void use_bounded(size_t maximum)
{
    af_queue_free(queue);
    expect_code(af_queue_new(maximum, trace_dropped, &queue), 0);
}

static inline void use_lifo(size_t maximum)
{
    af_queue_free(queue);
    expect_code(af_lifo_queue_new(maximum, trace_dropped, &queue), 0);
}

static inline void use_priority(size_t maximum)
{
    af_queue_free(queue);
    expect_code(af_priority_queue_new(maximum, by_name, trace_dropped, &queue), 0);
}

/* The three kinds of queues, for tests of their common behaviour. */
enum { BOUNDED, LIFO, PRIORITY, SORTS };
static void (*const use[SORTS])(size_t maximum) = {use_bounded, use_lifo, use_priority};

static const char *queue_word(int r)
{
    switch (r) {
    case AF_QUEUE_EMPTY:
        return "empty";
    case AF_QUEUE_FULL:
        return "full";
    case AF_QUEUE_SHUT_DOWN:
        return "shut-down";
    default:
        return word(r);
    }
}

static inline void put(char *item)
{
    expect_code(af_queue_put_nowait(queue, item), 0);
}

static inline void expect_put(char *item, int expected)
{
    expect_code(af_queue_put_nowait(queue, item), expected);
}

/* Gets an item without waiting. */
static inline void expect_item(const char *expected)
{
    void *item = NULL;
    expect_code(af_queue_get_nowait(queue, &item), 0);
    cr_assert(eq(str, item, (char *)expected));
}

static inline void expect_no_item(int expected)
{
    void *item = queue;
    expect_code(af_queue_get_nowait(queue, &item), expected);
    cr_assert_eq(item, queue, "untouched on failure");
}

static inline void expect_size(size_t size, size_t unfinished)
{
    cr_assert(eq(sz, af_queue_size(queue), size));
    cr_assert(eq(int, af_queue_empty(queue), size == 0));
    cr_assert(eq(sz, af_queue_unfinished(queue), unfinished));
}

/* Coroutines: they trace "name=item", or "name:word" on an error. */
static inline int getter(void *name, void **ret_result)
{
    (void)ret_result;
    void *item;
    int r = af_queue_get(queue, &item);
    if (r >= 0)
        trace("%s=%s", (char *)name, (char *)item);
    else
        trace("%s:%s", (char *)name, queue_word(r));
    return r == AF_CANCELLED ? r : 0;
}

static inline int putter(void *item, void **ret_result)
{
    (void)ret_result;
    int r = af_queue_put(queue, item);
    trace("%s:%s", (char *)item, queue_word(r));
    return r == AF_CANCELLED ? r : 0;
}

static inline int joiner(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_queue_join(queue);
    trace("%s:%s", (char *)name, queue_word(r));
    return r;
}

#endif
