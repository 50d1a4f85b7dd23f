/* The rules between options. */
#ifndef CLI_OPTIONS_VALIDATE_H
#define CLI_OPTIONS_VALIDATE_H

#include "cli/options/options.h"

/* Checks options that were parsed, and sets what follows from several of them, as defaults that
 * depend on other options. Errors: -EINVAL with a text that names the options, -ENOMEM. */
int options_validate(struct options *options);

#endif
