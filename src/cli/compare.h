/* --compare: the same list one after another, then concurrently. */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include "cli/fetch/fetch_all.h"
#include "cli/output/output.h"

/* Does the job twice, without its report, and appends to OUTPUT what that shows: a small drawing,
 * or one JSON object where the options say JSON. ret_result is the concurrent run's, or the first's
 * if that was ended early. Suspends. The errors of fetch_all(); -ESPIPE with a text where the list
 * can be read only once. */
int compare_run(struct fetch_job *job, struct output *output, bool color,
                struct run_result *ret_result);

#endif
