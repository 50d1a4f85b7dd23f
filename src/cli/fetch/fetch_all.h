/* The main job: all URLs of a source, so many at once, each with its record. */
#ifndef CLI_FETCH_FETCH_ALL_H
#define CLI_FETCH_FETCH_ALL_H

#include "cli/input/filter.h"
#include "cli/observe/observers.h"
#include "cli/options/options.h"
#include "cli/output/body_directory.h"
#include "cli/report/statistics.h"

/* Why a run ended before all was fetched. */
enum stop_reason {
    STOP_NONE,
    STOP_INTERRUPTED, /* SIGINT */
    STOP_TERMINATED,  /* SIGTERM */
    STOP_HUNG_UP,     /* SIGHUP */
    STOP_DEADLINE,
    STOP_FAILED, /* --fail-fast */
    STOP_ENOUGH, /* --first */
};

/* Takes the records in the order asked for. MORE: another follows at once, so writing may wait for
 * it. May suspend; a negative code ends the run. */
typedef int record_callback(const struct record *record, bool more, void *arg);

struct fetcher_result {
    enum stop_reason stop;
    char *failure; /* what --fail-fast stopped at, in words; the caller's. NULL: nothing */
    struct statistics statistics;
};

/* What is fetched, how, and who is told. */
struct fetch_job {
    const struct options *options;
    struct filter *filter;            /* yields the entries */
    long jobs;                        /* at once */
    struct body_directory *directory; /* where bodies are saved; NULL: nowhere */
    struct observers *observers;      /* NULL: none */
    record_callback *report;
    void *report_arg;
};

/* Fetches every URL of the list. Suspends until all records have been reported, those of what was
 * cancelled too. Returns 0 however the requests ended, or the code of the report, or the errors of
 * the client and the list; *ret_result is filled in any case. */
int fetch_all(const struct fetch_job *job, struct fetcher_result *ret_result);

#endif
