/* The main job: all URLs of a source, so many at once, each with its record. */
#ifndef CLI_FETCHER_H
#define CLI_FETCHER_H

#include "cli/body_directory.h"
#include "cli/options.h"
#include "cli/source.h"
#include "cli/statistics.h"
#include "cli/watch.h"

/* Why a run ended before all was fetched. */
enum stop_reason {
    STOP_NONE,
    STOP_INTERRUPTED, /* SIGINT */
    STOP_TERMINATED,  /* SIGTERM */
    STOP_DEADLINE,
    STOP_FAILED, /* --fail-fast */
    STOP_ENOUGH, /* --first */
};

/* Takes the records in the order asked for. MORE: another follows at once, so writing may wait for
 * it. May suspend; a negative code ends the run. */
typedef int record_callback(const struct record *record, bool more, void *arg);

struct fetcher_result {
    enum stop_reason stop;
    struct statistics statistics;
};

/* Fetches every URL of SOURCE, JOBS at once, and saves bodies in DIRECTORY, if any, while WATCH, if
 * any, looks on; the rest is as the options say. Suspends until all records have been given to
 * REPORT, which is also told of those that were cancelled. Returns 0 however the requests ended, or
 * the code of REPORT, or the errors of the client and the source; *ret_result is filled in any
 * case. */
int fetch_all(const struct options *options, struct source *source,
              struct body_directory *directory, long jobs, struct watch *watch,
              record_callback *report, void *report_arg, struct fetcher_result *ret_result);

#endif
