/* --dry-run: what would be requested, without a request. */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/options.h"

/* What the other options mean in a run without requests. */
void dry_run_settle(struct options *options);

#endif
