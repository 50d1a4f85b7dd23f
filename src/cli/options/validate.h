/* Options that make no sense together, or would write over what is to be read. */
#ifndef CLI_OPTIONS_VALIDATE_H
#define CLI_OPTIONS_VALIDATE_H

#include "cli/options/options.h"

/* 0, or -EINVAL with a text that names both. */
int conflicts_check(const struct options *options);

#endif
