/* Options that make no sense together. */
#ifndef CLI_CONFLICTS_H
#define CLI_CONFLICTS_H

#include "cli/options.h"

/* 0, or -EINVAL with a text that names both options. */
int conflicts_check(const struct options *options);

#endif
