/* --compare: the same list one after another, then concurrently. */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include "cli/fetch/fetch_all.h"
#include "cli/output/output.h"

/* Runs the job twice, without its report, and appends a comparison to OUTPUT: a chart, or a JSON
 * object with --json. *ret_result is that of the concurrent run, or of the first if it was stopped.
 * Suspends. Errors: those of fetch_all(), -ESPIPE with a text if the list can be read only once. */
int compare_run(struct fetch_job *job, struct output *output, bool color,
                struct run_result *ret_result);

#endif
