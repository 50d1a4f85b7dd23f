/* How a run ended: the exit status, and what a person is told. */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

#include <signal.h>

#include "cli/fetch/fetch_all.h"
#include "cli/input/known_records.h"

enum exit_status {
    EXIT_ALL_OK = 0,
    EXIT_SOME_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT_OUTPUT = 3,
    EXIT_DEADLINE = 124,
    EXIT_INTERRUPTED = 128 + SIGINT,
    EXIT_HUNG_UP = 128 + SIGHUP,
    EXIT_TERMINATED = 128 + SIGTERM,
};

struct ending {
    const struct options *options;
    const struct fetcher_result *result;
    const struct source *source;
    const struct known_records *known;
};

int ending_status(const struct ending *ending);

/* Whether it came to nothing: lists none of which could be read, or an end before anything was
 * begun. Old files stay what they were then. */
bool ending_is_void(const struct ending *ending);

/* Why the run ended early, or why it failed where no record tells, and the summary if there is to
 * be one, on stderr. */
void ending_tell(const struct ending *ending, bool color);

#endif
