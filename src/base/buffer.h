/* Buffer: a growing array of bytes with a mandatory maximum size. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stddef.h>
#include <string.h>

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
};

void buffer_init(struct buffer *buffer, size_t maximum);
void buffer_free(struct buffer *buffer);

/* Makes room for SIZE more bytes.
 * Errors: -EMSGSIZE beyond the maximum, -ENOMEM; the buffer is then unchanged. */
int buffer_grow(struct buffer *buffer, size_t size);

static inline int buffer_reserve(struct buffer *buffer, size_t size)
{
    return size <= buffer->capacity - buffer->length ? 0 : buffer_grow(buffer, size);
}

static inline int buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    int r = buffer_reserve(buffer, size);
    if (r < 0)
        return r;
    if (size > 0)
        /* Room implies data. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
        memcpy(buffer->data + buffer->length, data, size);
    buffer->length += size;
    return 0;
}

static inline int buffer_append_string(struct buffer *buffer, const char *string)
{
    return buffer_append(buffer, string, strlen(string));
}

static inline int buffer_append_char(struct buffer *buffer, char c)
{
    return buffer_append(buffer, &c, 1);
}

int buffer_append_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Drops the first SIZE bytes. */
void buffer_consume(struct buffer *buffer, size_t size);

#endif
