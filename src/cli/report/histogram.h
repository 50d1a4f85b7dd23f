/* The distribution of times, in memory that does not grow with their number. */
#ifndef CLI_REPORT_HISTOGRAM_H
#define CLI_REPORT_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Times are counted in buckets whose width is a 64th of their value, so that a percentile is right
 * to under two per cent. */
enum { BUCKETS_A_POWER = 64, BUCKETS = BUCKETS_A_POWER * 40 };

/* Times are microseconds. Zero is an empty one. */
struct histogram {
    size_t count;
    int64_t fastest;
    int64_t slowest;
    size_t buckets[BUCKETS];
};

void histogram_add(struct histogram *histogram, int64_t time);

/* The time, in seconds, that this share of them did not exceed (0.5: the median); 0 where there was
 * none. */
double histogram_percentile(const struct histogram *histogram, double share);

#endif
