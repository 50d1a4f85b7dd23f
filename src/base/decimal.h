/* Writes numbers and times in decimal, faster than printf. Each function writes at TO, without a
 * NUL, and returns the end. DECIMAL_LONGEST bytes are enough for any. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdint.h>

enum { DECIMAL_LONGEST = 32 };

char *decimal_write(char *to, int64_t number);

/* Microseconds as seconds: 0.001234. */
char *decimal_write_seconds(char *to, int64_t microseconds);

/* Microseconds since 1970, and before the year 10000, as RFC 3339 has them, in UTC with
 * milliseconds: 2026-01-31T23:59:59.999Z. */
char *decimal_write_timestamp(char *to, int64_t microseconds);

#endif
