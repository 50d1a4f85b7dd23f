#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/decimal.h"

Test(decimal, numbers_are_written_as_by_printf)
{
    char text[DECIMAL_LONGEST + 1], expected[DECIMAL_LONGEST + 1];
    srand(1);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = ((uint64_t)rand() << 33 ^ (uint64_t)rand() << 2) >> rand() % 64;
        int64_t number = i == 0 ? INT64_MIN : i < 1000 ? i - 500 : (int64_t)bits;
        *decimal_write(text, number) = '\0';
        snprintf(expected, sizeof expected, "%lld", (long long)number);
        cr_assert_str_eq(text, expected);

        *decimal_write_seconds(text, number) = '\0';
        uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
        snprintf(expected, sizeof expected, "%s%llu.%06llu", number < 0 ? "-" : "",
                 (unsigned long long)(size / 1000000), (unsigned long long)(size % 1000000));
        cr_assert_str_eq(text, expected);
    }
}

Test(decimal, times_are_written_as_by_strftime)
{
    char text[DECIMAL_LONGEST + 1], expected[80];
    /* Every day from 1970 to 2400, at a time of its own. */
    for (int64_t day = 0; day < 157054; day++) {
        time_t second = day * 86400 + day * 7 % 86400;
        *decimal_write_timestamp(text, (int64_t)second * 1000000 + day % 1000 * 1000 + 999) = '\0';
        struct tm date;
        gmtime_r(&second, &date);
        size_t length = strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &date);
        snprintf(expected + length, sizeof expected - length, ".%03dZ", (int)(day % 1000));
        cr_assert_str_eq(text, expected);
    }
}
