/* Prints the totals of a run. */
#ifndef CLI_REPORT_SUMMARY_H
#define CLI_REPORT_SUMMARY_H

#include <stdio.h>

#include "cli/report/statistics.h"

/* The whole summary. */
void summary_print(FILE *file, const struct statistics *statistics, bool color);

/* Its first line: the number of requests, their outcomes, the time. */
void summary_print_brief(FILE *file, const struct statistics *statistics, bool color);

#endif
