/* Numbers for a person. Each is written into TEXT, which is returned. */
#ifndef CLI_TEXT_UNITS_H
#define CLI_TEXT_UNITS_H

#include <stddef.h>

/* A size with its unit, in thousands, as disks and networks are counted: "10.0 kB". */
const char *units_size(char text[static 16], double bytes);

/* A time with its unit: "12.3 ms". */
const char *units_time(char text[static 16], double seconds);

/* A count with its thousands apart: "12,345". */
const char *units_count(char text[static 32], size_t count);

/* A rate with as many digits as mean something: "6.7", "8,120". */
const char *units_rate(char text[static 32], double rate);

/* A bar for a share, from 0 to 1, of WIDTH columns, 60 at most, in eighths of them. */
enum { UNITS_BAR_SIZE = 61 * 3 + 1 };
const char *units_bar(char text[static UNITS_BAR_SIZE], double share, int width);

#endif
