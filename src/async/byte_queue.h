/* A queue of bytes: appended at the end, removed from the front. Memory is allocated with the first
 * byte and kept until byte_queue_free(), after which the queue can still be used. */
#ifndef ASYNC_BYTE_QUEUE_H
#define ASYNC_BYTE_QUEUE_H

#include <errno.h>
#include <stdint.h>

#include "base/buffer.h"

struct byte_queue {
    struct buffer buffer;
    size_t taken; /* bytes removed, but still in the buffer */
};

static inline void byte_queue_init(struct byte_queue *queue)
{
    buffer_init(&queue->buffer, SIZE_MAX);
    queue->taken = 0;
}

static inline void byte_queue_free(struct byte_queue *queue)
{
    buffer_free(&queue->buffer);
    queue->taken = 0;
}

static inline size_t byte_queue_size(const struct byte_queue *queue)
{
    return queue->buffer.length - queue->taken;
}

/* Returns the bytes; there must be at least one. Borrowed until the next reserve. */
static inline const char *byte_queue_front(const struct byte_queue *queue)
{
    return queue->buffer.data + queue->taken;
}

/* Removes the first SIZE bytes; their memory stays valid until the next reserve. */
static inline void byte_queue_take(struct byte_queue *queue, size_t size)
{
    queue->taken += size;
}

/* Makes room for SIZE bytes at the end, to be appended to the buffer.
 * Errors: -ENOMEM. */
static inline int byte_queue_reserve(struct byte_queue *queue, size_t size)
{
    struct buffer *buffer = &queue->buffer;
    /* Move the remaining bytes to the front only if they are less than those removed: then each
     * byte is moved at most once on average, however long the queue is. */
    if (size > buffer->capacity - buffer->length && queue->taken >= byte_queue_size(queue)) {
        buffer_consume(buffer, queue->taken);
        queue->taken = 0;
    }
    int r = buffer_reserve(buffer, size);
    return r == -EMSGSIZE ? -ENOMEM : r;
}

#endif
