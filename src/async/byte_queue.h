/* Bytes that come in behind and leave in front. It holds memory only from the first byte on, until
 * it is freed, which does not end its use. */
#ifndef ASYNC_BYTE_QUEUE_H
#define ASYNC_BYTE_QUEUE_H

#include <errno.h>
#include <stdint.h>

#include "base/buffer.h"

struct byte_queue {
    struct buffer buffer;
    size_t taken; /* have left already, and are still in the buffer */
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

/* The bytes, from the first on; there must be one. Borrowed until the next reserve. */
static inline const char *byte_queue_front(const struct byte_queue *queue)
{
    return queue->buffer.data + queue->taken;
}

/* Lets the first SIZE bytes leave; they stay where they are until the next reserve. */
static inline void byte_queue_take(struct byte_queue *queue, size_t size)
{
    queue->taken += size;
}

/* Makes room for SIZE bytes behind the last, to be appended to the buffer. -ENOMEM. */
static inline int byte_queue_reserve(struct byte_queue *queue, size_t size)
{
    struct buffer *buffer = &queue->buffer;
    /* The rest moves to the front only where it is the smaller part: so no byte costs more than one
     * move, however long the queue is. */
    if (size > buffer->capacity - buffer->length && queue->taken >= byte_queue_size(queue)) {
        buffer_consume(buffer, queue->taken);
        queue->taken = 0;
    }
    int r = buffer_reserve(buffer, size);
    return r == -EMSGSIZE ? -ENOMEM : r;
}

#endif
