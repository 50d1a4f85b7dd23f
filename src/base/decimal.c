#include "base/decimal.h"

#include <string.h>

/* All numbers of two digits: a division by 100 costs what one by 10 does. */
static const char pairs[] = "0001020304050607080910111213141516171819"
                            "2021222324252627282930313233343536373839"
                            "4041424344454647484950515253545556575859"
                            "6061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

static inline char *write_pair(char *to, unsigned number)
{
    memcpy(to, pairs + 2 * number, 2);
    return to + 2;
}

static char *write_unsigned(char *to, uint64_t number)
{
    if (number < 10) {
        *to = (char)('0' + number);
        return to + 1;
    }
    /* From the last digit to the first, then to where it belongs, in a copy of a fixed size. */
    enum { LONGEST = 20 };
    char digits[2 * LONGEST] = {0};
    char *end = digits + LONGEST, *start = end;
    for (; number >= 100; number /= 100)
        write_pair(start -= 2, number % 100);
    if (number >= 10)
        write_pair(start -= 2, (unsigned)number);
    else
        *--start = (char)('0' + number);
    memcpy(to, start, LONGEST);
    return to + (end - start);
}

char *decimal_write(char *to, int64_t number)
{
    if (number >= 0)
        return write_unsigned(to, (uint64_t)number);
    *to = '-';
    return write_unsigned(to + 1, -(uint64_t)number);
}

char *decimal_write_seconds(char *to, int64_t microseconds)
{
    uint64_t rest = (uint64_t)microseconds;
    if (microseconds < 0) {
        *to++ = '-';
        rest = -rest;
    }
    to = write_unsigned(to, rest / 1000000);
    *to++ = '.';
    unsigned fraction = (unsigned)(rest % 1000000);
    to = write_pair(to, fraction / 10000);
    to = write_pair(to, fraction / 100 % 100);
    return write_pair(to, fraction % 100);
}

/* Two digits of a time, and what follows them. */
static inline char *write_part(char *to, unsigned number, char separator)
{
    to = write_pair(to, number);
    *to = separator;
    return to + 1;
}

char *decimal_write_timestamp(char *to, int64_t microseconds)
{
    uint64_t milliseconds = (uint64_t)microseconds / 1000;
    uint64_t seconds = milliseconds / 1000;
    unsigned second = (unsigned)(seconds % 86400);

    /* The calendar repeats itself after 400 years, and its leap days come last where a year begins
     * in March: so days are counted from 1 March of the year 0, which is 719468 days before 1970.
     */
    unsigned days = (unsigned)(seconds / 86400) + 719468;
    unsigned era = days / 146097;
    unsigned day = days % 146097;
    unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    unsigned month = (5 * day + 2) / 153; /* from March */
    day -= (153 * month + 2) / 5;
    year += era * 400 + (month >= 10);
    month = month < 10 ? month + 3 : month - 9;

    to = write_pair(to, year / 100);
    to = write_part(to, year % 100, '-');
    to = write_part(to, month, '-');
    to = write_part(to, day + 1, 'T');
    to = write_part(to, second / 3600, ':');
    to = write_part(to, second / 60 % 60, ':');
    to = write_part(to, second % 60, '.');
    unsigned millisecond = (unsigned)(milliseconds % 1000);
    *to++ = (char)('0' + millisecond / 100);
    return write_part(to, millisecond % 100, 'Z');
}
