#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

size_t utf8_character(const char *text, size_t length)
{
    if (length == 0)
        return 0;
    const unsigned char *byte = (const unsigned char *)text;
    /* The range of the second byte excludes overlong forms, surrogates and numbers that are too
     * large. */
    unsigned char low = 0x80, high = 0xBF;
    size_t size;
    switch (byte[0]) {
    case 0x00 ... 0x7F:
        return 1;
    case 0xC2 ... 0xDF:
        size = 2;
        break;
    case 0xE0 ... 0xEF:
        size = 3;
        low = byte[0] == 0xE0 ? 0xA0 : low;
        high = byte[0] == 0xED ? 0x9F : high;
        break;
    case 0xF0 ... 0xF4:
        size = 4;
        low = byte[0] == 0xF0 ? 0x90 : low;
        high = byte[0] == 0xF4 ? 0x8F : high;
        break;
    default:
        return 0;
    }
    if (length < size || byte[1] < low || byte[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

/* Returns the number of ASCII bytes at the start of TEXT, counted eight at a time: response bodies
 * are long and mostly ASCII. */
static size_t ascii_run(const char *text, size_t length)
{
    size_t run = 0;
    uint64_t eight;
    while (length - run >= sizeof eight) {
        memcpy(&eight, text + run, sizeof eight);
        if (eight & 0x8080808080808080)
            break;
        run += sizeof eight;
    }
    return run;
}

bool utf8_valid(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        at += ascii_run(text + at, length - at);
        if (at == length)
            break;
        size_t size = utf8_character(text + at, length - at);
        if (size == 0)
            return false;
        at += size;
    }
    return true;
}

size_t utf8_truncate(const char *text, size_t length, size_t maximum)
{
    if (length <= maximum)
        return length;
    size_t end = maximum;
    while (end > 0 && maximum - end < 3 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    return end;
}
