/* Totals for a person. */
#ifndef CLI_REPORT_SUMMARY_H
#define CLI_REPORT_SUMMARY_H

#include <stdio.h>

#include "cli/report/statistics.h"

/* What happened in a few lines, as printf writes them. */
void summary_print(FILE *file, const struct statistics *statistics, bool color);

/* Its first line: how many requests, how they ended, how long it took. */
void summary_print_brief(FILE *file, const struct statistics *statistics, bool color);

#endif
