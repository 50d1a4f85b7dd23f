/* Numbers and times in decimal, faster than printf. Each writes at TO, with no NUL behind it, and
 * returns where it ends; NUMBER_LONGEST is room enough for any. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdint.h>

enum { NUMBER_LONGEST = 32 };

char *number_write(char *to, int64_t number);

/* Microseconds as seconds: 0.001234. */
char *number_write_seconds(char *to, int64_t microseconds);

/* Microseconds since 1970, and before the year 10000, as RFC 3339 has them, in UTC with
 * milliseconds: 2026-01-31T23:59:59.999Z. */
char *number_write_timestamp(char *to, int64_t microseconds);

#endif
