/* What a run amounts to: counts, and the distribution of the times, in memory that does not grow
 * with the number of requests. */
#ifndef CLI_STATISTICS_H
#define CLI_STATISTICS_H

#include <afetch/http.h>

#include "cli/record.h"

/* Times are counted in buckets whose width is a 64th of their value, so that a percentile is right
 * to under two per cent. */
enum { BUCKETS_A_POWER = 64, BUCKETS = BUCKETS_A_POWER * 40, STATUSES = 600 };

struct error_count {
    const char *error;
    size_t count;
};

enum { ERROR_SORTS = 16 };

struct statistics {
    size_t count;
    size_t ok;
    int64_t bytes;
    double elapsed; /* seconds, of the whole run */
    size_t statuses[STATUSES];
    struct error_count errors[ERROR_SORTS];
    size_t timed; /* those with a time_total, in microseconds: */
    int64_t fastest;
    int64_t slowest;
    size_t buckets[BUCKETS];
};

void statistics_add(struct statistics *statistics, const struct record *record);

/* The time_total, in seconds, that this share of the requests did not exceed (0.5: the median); 0
 * where there was none. */
double statistics_percentile(const struct statistics *statistics, double share);

/* Requests a second. */
double statistics_rate(const struct statistics *statistics);

#endif
