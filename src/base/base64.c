#include "base/base64.h"

#include <errno.h>
#include <stdint.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_append(struct buffer *buffer, const void *data, size_t size)
{
    if (size == 0)
        return 0;
    if (size / 3 >= SIZE_MAX / 4)
        return -EMSGSIZE;
    int r = buffer_reserve(buffer, (size + 2) / 3 * 4);
    if (r < 0)
        return r;

    const unsigned char *byte = data;
    char *to = buffer->data + buffer->length;
    for (; size >= 3; size -= 3, byte += 3) {
        *to++ = digits[byte[0] >> 2];
        *to++ = digits[(byte[0] & 3) << 4 | byte[1] >> 4];
        *to++ = digits[(byte[1] & 15) << 2 | byte[2] >> 6];
        *to++ = digits[byte[2] & 63];
    }
    if (size > 0) {
        unsigned second = size == 2 ? byte[1] : 0;
        *to++ = digits[byte[0] >> 2];
        *to++ = digits[(byte[0] & 3) << 4 | second >> 4];
        *to++ = size == 2 ? digits[(second & 15) << 2] : '=';
        *to++ = '=';
    }
    buffer->length = (size_t)(to - buffer->data);
    return 0;
}
