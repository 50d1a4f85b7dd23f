/* Options that make no sense together, or would write over what is to be read. */
#ifndef CLI_CONFLICTS_H
#define CLI_CONFLICTS_H

#include "cli/options.h"

/* 0, or -EINVAL with a text that names both. */
int conflicts_check(const struct options *options);

#endif
