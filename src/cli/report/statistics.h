/* What a run amounts to: counts, and the distribution of the times, in memory that does not grow
 * with the number of requests. */
#ifndef CLI_REPORT_STATISTICS_H
#define CLI_REPORT_STATISTICS_H

#include <afetch/http.h>

#include "cli/record/record.h"
#include "cli/record/status_set.h"
#include "cli/report/histogram.h"

struct error_count {
    const char *error;
    size_t count;
};

enum { ERROR_SORTS = 16 };

struct statistics {
    size_t count;
    size_t ok;
    size_t cancelled; /* neither ok nor failed: the run ended before them */
    int64_t bytes;
    double elapsed; /* seconds, of the whole run */
    size_t retries;
    size_t redirects;
    size_t connections; /* made; and: */
    size_t reused;      /* requests that needed none */
    size_t statuses[STATUS_LIMIT];
    struct error_count errors[ERROR_SORTS];
    struct histogram connect;    /* of new connections, TLS included */
    struct histogram first_byte; /* since the start */
    struct histogram total;
};

void statistics_add(struct statistics *statistics, const struct record *record);

size_t statistics_failed(const struct statistics *statistics);

/* Requests a second. */
double statistics_rate(const struct statistics *statistics);

#endif
