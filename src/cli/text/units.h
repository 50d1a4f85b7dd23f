/* Numbers with units, for people. All write into TEXT, and return it. */
#ifndef CLI_TEXT_UNITS_H
#define CLI_TEXT_UNITS_H

#include <stddef.h>

/* A size with a decimal unit: "10.0 kB". */
const char *units_size(char text[static 16], double bytes);

/* A time with a unit: "12.3 ms". */
const char *units_time(char text[static 16], double seconds);

/* A count with separators: "12,345". */
const char *units_count(char text[static 32], size_t count);

/* A rate with significant digits only: "6.7", "8,120". */
const char *units_rate(char text[static 32], double rate);

/* A bar of WIDTH columns, 60 at most, of which SHARE, from 0 to 1, is drawn, in eighths of a
 * column. */
enum { UNITS_BAR_SIZE = 61 * 3 + 1 };
const char *units_bar(char text[static UNITS_BAR_SIZE], double share, int width);

#endif
