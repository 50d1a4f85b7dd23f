#include "base/base64.h"

#include <errno.h>
#include <stdbool.h>
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

/* Returns the value of a digit, or -1. */
static int digit_value(char c)
{
    const char *digit = c ? strchr(digits, c) : NULL;
    return digit ? (int)(digit - digits) : -1;
}

/* Decodes four digits to three bytes, or to one less for each '=' at their end. */
static int decode_group(const char *group, size_t padding, unsigned char *ret_bytes)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? digit_value(group[i]) : 0;
        if (value < 0)
            return -EINVAL;
        bits = bits << 6 | (uint32_t)value;
    }
    /* The unused bits of the last digit must be 0. */
    if (bits & ((1u << 8 * padding) - 1))
        return -EINVAL;
    for (size_t i = 0; i < 3; i++)
        ret_bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
    return 0;
}

int base64_decode(struct buffer *buffer, const char *text, size_t length)
{
    if (length % 4 != 0)
        return -EINVAL;
    size_t start = buffer->length;
    int r = buffer_reserve(buffer, length / 4 * 3);
    for (size_t at = 0; at < length && r >= 0; at += 4) {
        bool last = at + 4 == length;
        size_t padding = last ? (size_t)(text[length - 1] == '=') : 0;
        padding += padding && text[length - 2] == '=';
        unsigned char bytes[3];
        r = decode_group(text + at, padding, bytes);
        if (r >= 0)
            r = buffer_append(buffer, bytes, 3 - padding);
    }
    if (r < 0)
        buffer->length = start;
    return r;
}
