/* The distribution of times, in constant memory. */
#ifndef CLI_REPORT_HISTOGRAM_H
#define CLI_REPORT_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/* The width of a bucket is a 64th of its value, so percentiles are exact to two per cent. */
enum { BUCKETS_A_POWER = 64, BUCKETS = BUCKETS_A_POWER * 40 };

/* Times are microseconds. Zero-initialized it is empty. */
struct histogram {
    size_t count;
    int64_t fastest;
    int64_t slowest;
    size_t buckets[BUCKETS];
};

void histogram_add(struct histogram *histogram, int64_t time);

/* The time in seconds that QUANTILE of them did not exceed (0.5: the median); 0 if empty. */
double histogram_percentile(const struct histogram *histogram, double quantile);

#endif
