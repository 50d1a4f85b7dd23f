#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_init(struct buffer *buffer, size_t maximum)
{
    *buffer = (struct buffer){.maximum = maximum};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer, buffer->maximum);
}

int buffer_grow(struct buffer *buffer, size_t size)
{
    if (size > buffer->maximum - buffer->length)
        return -EMSGSIZE;
    size_t wanted = buffer->length + size;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < wanted)
        capacity = capacity > buffer->maximum / 2 ? buffer->maximum : capacity * 2;
    if (capacity > buffer->maximum)
        capacity = buffer->maximum;
    char *data = realloc(buffer->data, capacity);
    if (!data)
        return -ENOMEM;
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

int buffer_append_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        return -EINVAL;
    /* vsnprintf() appends a NUL, which is not part of the length. */
    int r = buffer_reserve(buffer, (size_t)size + 1);
    if (r < 0)
        return r;
    va_start(arguments, format);
    vsnprintf(buffer->data + buffer->length, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)size;
    return 0;
}

void buffer_consume(struct buffer *buffer, size_t size)
{
    buffer->length -= size;
    if (buffer->length > 0)
        memmove(buffer->data, buffer->data + size, buffer->length);
}
