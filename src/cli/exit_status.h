/* The exit status, and the messages at the end of a run. */
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

/* The end of a run that had no error of its own. */
struct run_end {
    const struct options *options;
    const struct run_result *result;
    const struct source *source;
    const struct known_records *known;
};

int exit_status_of(const struct run_end *end);

/* True if no list could be read, or the run was stopped before the first record. Old files are kept
 * then. */
bool run_did_nothing(const struct run_end *end);

/* Prints to stderr why the run was stopped, or failed although no record says so, and the summary.
 */
void run_print_end(const struct run_end *end, bool color);

#endif
