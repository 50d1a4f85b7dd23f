/* Totals for a person. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdio.h>

#include "cli/statistics.h"

/* What happened in a few lines, as printf writes them. */
void summary_print(FILE *file, const struct statistics *statistics, bool color);

/* Its first line: how many requests, how they ended, how long it took. */
void summary_print_brief(FILE *file, const struct statistics *statistics, bool color);

/* A size with its unit: "10.0 kB". Returns TEXT. */
const char *summary_size(char text[static 16], double bytes);

/* A time with its unit: "12.3 ms". Returns TEXT. */
const char *summary_time(char text[static 16], double seconds);

/* A count with its thousands apart: "12,345". Returns TEXT. */
const char *summary_count(char text[static 32], size_t count);

/* A rate with as many digits as mean something: "6.7", "8,120". Returns TEXT. */
const char *summary_rate(char text[static 32], double rate);

#endif
