/* --help: a first page, and the rest by sections, written from the table of options. */
#ifndef CLI_OPTIONS_HELP_H
#define CLI_OPTIONS_HELP_H

#include <stdio.h>

void help_print_usage(FILE *file);

/* Prints the page of a topic: a section, an option, "all", or "" for the first page.
 * Errors: -EINVAL with a text if there is no such topic. */
int help_print(FILE *file, const char *topic);

#endif
