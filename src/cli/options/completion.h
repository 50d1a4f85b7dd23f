/* Shell completion, generated from the table of options. */
#ifndef CLI_OPTIONS_COMPLETION_H
#define CLI_OPTIONS_COMPLETION_H

#include <stdio.h>

#include "cli/options/options.h"

/* Prints the script for a shell: GENERATE_BASH, GENERATE_ZSH or GENERATE_FISH. */
void completion_print(FILE *file, enum generate shell);

#endif
