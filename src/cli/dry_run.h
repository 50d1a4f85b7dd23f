/* --dry-run: what would be requested, without a request. */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/options.h"

/* What the other options mean in a run without requests. */
void dry_run_settle(struct options *options);

/* Why URL would not be requested; static. NULL: it would. */
const char *dry_run_error(const char *url);

#endif
