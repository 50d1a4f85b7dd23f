/* Fetches all entries of a list, so many at once, and reports the record of each. */
#ifndef CLI_FETCH_FETCH_ALL_H
#define CLI_FETCH_FETCH_ALL_H

#include "cli/input/filter.h"
#include "cli/observe/observers.h"
#include "cli/options/options.h"
#include "cli/output/body_directory.h"
#include "cli/report/statistics.h"

/* Why a run was stopped before the end of the list. */
enum stop_reason {
    STOP_NONE,
    STOP_INTERRUPTED, /* SIGINT */
    STOP_TERMINATED,  /* SIGTERM */
    STOP_HUNG_UP,     /* SIGHUP */
    STOP_DEADLINE,
    STOP_FAILED,      /* --fail-fast */
    STOP_ENOUGH,      /* --first */
    STOP_READER_GONE, /* nobody reads the records: no more are reported */
};

/* Takes the records in the order asked for. MORE: another one is ready, so writing may wait for it.
 * May suspend; a negative code ends the run with that error. */
typedef int record_callback(const struct record *record, bool more, void *arg);

struct run_result {
    enum stop_reason stop;
    char *failure; /* the fetch at which --fail-fast stopped, described; or NULL; to be freed */
    struct statistics statistics;
};

struct fetch_job {
    const struct options *options;
    struct filter *filter;            /* yields the entries */
    long jobs;                        /* at once */
    struct body_directory *directory; /* --output-dir, or NULL */
    struct observers *observers;      /* NULL: none */
    record_callback *report;
    void *report_arg;
    struct fetch_all *run; /* of fetch_all(); NULL if it is not running */
};

/* Fetches every entry. Suspends until all records have been reported, those of cancelled fetches
 * too. *ret_result is set in any case. Returns 0 however the fetches ended.
 * Errors: those of the report, of the client and of the list. */
int fetch_all(struct fetch_job *job, struct run_result *ret_result);

/* Stops a running job: cancels its fetches and begins no more. Ignored if it was stopped before. */
void fetch_job_stop(struct fetch_job *job, enum stop_reason reason);

#endif
