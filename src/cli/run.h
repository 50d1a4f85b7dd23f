/* One run of the program: the list is fetched, and its records are written. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/options/options.h"

/* Returns the exit status, after messages for whatever went wrong. OPTIONS is borrowed. */
int run_program(const struct options *options);

#endif
