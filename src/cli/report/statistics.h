/* Totals of a run: counts and the distributions of times, in constant memory. */
#ifndef CLI_REPORT_STATISTICS_H
#define CLI_REPORT_STATISTICS_H

#include <afetch/http.h>

#include "cli/record/record.h"
#include "cli/record/status_set.h"
#include "cli/report/histogram.h"

struct outcome_count {
    enum outcome outcome; /* OUTCOME_OK: unused */
    size_t count;
};

struct statistics {
    size_t count;
    size_t ok;
    size_t cancelled; /* counted neither as ok nor as failed */
    int64_t bytes;
    double elapsed; /* seconds, of the whole run */
    size_t retries;
    size_t redirects;
    size_t connections; /* made */
    size_t reused;      /* requests on existing connections */
    size_t statuses[STATUS_LIMIT];
    struct outcome_count errors[OUTCOMES]; /* in the order in which they occurred first */
    struct histogram connect;              /* of new connections, TLS included */
    struct histogram first_byte;           /* since the start */
    struct histogram total;
};

void statistics_add(struct statistics *statistics, const struct record *record);

size_t statistics_failed(const struct statistics *statistics);

/* Requests per second. */
double statistics_rate(const struct statistics *statistics);

#endif
