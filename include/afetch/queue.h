/* Queue: producers wait while it is full, consumers while it is empty. */
#ifndef AFETCH_QUEUE_H
#define AFETCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_queue af_queue;

/* Create queues of at most MAXIMUM items (0: no maximum): first in, first out; last in, first out;
 * smallest first, by COMPARE, a function as for qsort().
 * Errors: -ENOMEM.
 * Ownership: the caller owns the queue. Items are pointers that the queue does not own, but destroy
 * (may be NULL) is called with each item dropped by af_queue_shutdown() or af_queue_free(). */
int af_queue_new(size_t maximum, void (*destroy)(void *item), af_queue **ret_queue);
int af_lifo_queue_new(size_t maximum, void (*destroy)(void *item), af_queue **ret_queue);
int af_priority_queue_new(size_t maximum, int (*compare)(const void *a, const void *b),
                          void (*destroy)(void *item), af_queue **ret_queue);

/* Drops all items and frees the queue. No task may be waiting for it. */
void af_queue_free(af_queue *queue);

/* Adds ITEM (rules 63 to 65).
 * Errors: AF_QUEUE_SHUT_DOWN; -ENOMEM; from put, AF_CANCELLED, and AF_RUNTIME_ERROR outside a task
 * if it would have to suspend; from put_nowait, AF_QUEUE_FULL.
 * Suspends: while the queue is full; put_nowait never.
 * Ownership: on error, the item stays the caller's. */
int af_queue_put(af_queue *queue, void *item);
int af_queue_put_nowait(af_queue *queue, void *item);

/* Removes and returns an item (rules 63 to 65).
 * Errors: AF_QUEUE_SHUT_DOWN if the queue is shut down and empty; from get, AF_CANCELLED, and
 * AF_RUNTIME_ERROR outside a task if it would have to suspend; from get_nowait, AF_QUEUE_EMPTY.
 * Suspends: while the queue is empty; get_nowait never.
 * Ownership: the item is the caller's. */
int af_queue_get(af_queue *queue, void **ret_item);
int af_queue_get_nowait(af_queue *queue, void **ret_item);

/* Marks an item returned by get as processed.
 * Errors: AF_VALUE_ERROR if it was called for every item already (rule 66).
 * Suspends: never. */
int af_queue_task_done(af_queue *queue);

/* Waits until af_queue_task_done() was called for every item put (rule 66).
 * Errors: AF_CANCELLED; AF_RUNTIME_ERROR outside a task if it would have to suspend.
 * Suspends: unless every item is processed. */
int af_queue_join(af_queue *queue);

/* Shuts the queue down and wakes all waiters: put fails from now on, get once the queue is empty.
 * IMMEDIATE drops the remaining items and counts them as processed (rule 67).
 * Suspends: never. */
void af_queue_shutdown(af_queue *queue, bool immediate);

/* Return the state of the queue: its number of items; true if it is empty; true if it has MAXIMUM
 * items; the number of items put for which af_queue_task_done() was not called yet. */
size_t af_queue_size(const af_queue *queue);
bool af_queue_empty(const af_queue *queue);
bool af_queue_full(const af_queue *queue);
size_t af_queue_unfinished(const af_queue *queue);

/* Returns an item without removing it: index 0 is the oldest, or in a priority queue the smallest.
 * NULL beyond the end.
 * Ownership: borrowed. */
void *af_queue_peek(const af_queue *queue, size_t index);

AF_END_DECLARATIONS

#endif
