/* Queue: producers put, consumers get, each waits for the other. */
#ifndef AFETCH_QUEUE_H
#define AFETCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include <afetch/declarations.h>

AF_BEGIN_DECLARATIONS

typedef struct af_queue af_queue;

/* Queues that hold at most MAXIMUM items, or any number (0): first in first out; last in first out;
 * the smallest first, by COMPARE as qsort takes it. Items are pointers of the caller's; destroy is
 * called with each that is dropped, by an immediate shutdown or with the queue, and may be NULL.
 * -ENOMEM. The caller owns the queue. */
int af_queue_new(size_t maximum, void (*destroy)(void *item), af_queue **ret_queue);
int af_lifo_queue_new(size_t maximum, void (*destroy)(void *item), af_queue **ret_queue);
int af_priority_queue_new(size_t maximum, int (*compare)(const void *a, const void *b),
                          void (*destroy)(void *item), af_queue **ret_queue);

/* Drops what is in it. NULL is fine. No task may be waiting in it. */
void af_queue_free(af_queue *queue);

/* Adds ITEM; suspends while the queue is full (rules 63 to 65). The nowait form gives AF_QUEUE_FULL
 * instead. AF_QUEUE_SHUT_DOWN, AF_CANCELLED, -ENOMEM, AF_RUNTIME_ERROR outside a task where it
 * would have to wait; the item is then still the caller's. */
int af_queue_put(af_queue *queue, void *item);
int af_queue_put_nowait(af_queue *queue, void *item);

/* Takes an item out; suspends while there is none (rules 63 to 65). The nowait form gives
 * AF_QUEUE_EMPTY instead. AF_QUEUE_SHUT_DOWN once the queue is shut down and empty; AF_CANCELLED;
 * AF_RUNTIME_ERROR outside a task where it would have to wait. The item is then the caller's. */
int af_queue_get(af_queue *queue, void **ret_item);
int af_queue_get_nowait(af_queue *queue, void **ret_item);

/* Says that what was got is dealt with. AF_VALUE_ERROR where that was said of all already (rule
 * 66). Does not suspend. */
int af_queue_task_done(af_queue *queue);

/* Suspends until task_done was said for every item put (rule 66). AF_CANCELLED; AF_RUNTIME_ERROR
 * outside a task where it would have to wait. */
int af_queue_join(af_queue *queue);

/* Ends the queue: putting fails, getting fails once it is empty, and all that wait are woken.
 * IMMEDIATE drops what is in it and counts it as done (rule 67). Does not suspend. */
void af_queue_shutdown(af_queue *queue, bool immediate);

/* How many items are in it; whether there are none, or as many as it holds; for how many that were
 * put task_done was not said yet. */
size_t af_queue_size(const af_queue *queue);
bool af_queue_empty(const af_queue *queue);
bool af_queue_full(const af_queue *queue);
size_t af_queue_unfinished(const af_queue *queue);

/* The item at a place of the queue as it is kept, for looking only: index 0 is the oldest, or the
 * smallest. Borrowed. NULL beyond the end. */
void *af_queue_peek(const af_queue *queue, size_t index);

AF_END_DECLARATIONS

#endif
