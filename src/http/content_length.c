#include "http/content_length.h"

#include <errno.h>
#include <stdbool.h>

#include "base/blank.h"

/* Reads the digits at *AT, which is moved behind them. */
static int64_t read_number(const char **at, const char *end)
{
    int64_t number = 0;
    bool overflows = false;
    if (*at == end || **at < '0' || **at > '9')
        return -EINVAL;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++)
        overflows |= __builtin_mul_overflow(number, 10, &number) ||
                     __builtin_add_overflow(number, **at - '0', &number);
    return overflows ? INT64_MAX : number;
}

int64_t content_length_parse(const char *value, size_t size)
{
    const char *at = value, *end = value + size;
    int64_t length = -1;
    for (;; at++) {
        at = skip_blanks(at, end);
        int64_t number = read_number(&at, end);
        if (number < 0 || (length >= 0 && number != length))
            return -EINVAL;
        length = number;
        at = skip_blanks(at, end);
        if (at == end)
            return length;
        if (*at != ',')
            return -EINVAL;
    }
}
