/* Totals for a person. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include <stdio.h>

#include "cli/fetcher.h"

/* What happened in a few lines, on stderr as printf writes there. */
void summary_print(FILE *file, const struct fetcher_result *result);

/* A size with its unit: "10.0 kB". Returns TEXT. */
const char *summary_size(char text[static 16], double bytes);

/* A time with its unit: "12.3 ms". Returns TEXT. */
const char *summary_time(char text[static 16], double seconds);

#endif
