/* --dry-run: what would be requested, without a request. */
#ifndef CLI_RECORD_PLAN_H
#define CLI_RECORD_PLAN_H

#include "cli/options/options.h"

/* What the other options mean in a run without requests. */
void dry_run_settle(struct options *options);

#endif
