#include "cli/report/histogram.h"

#include <math.h>

static size_t bucket_of(int64_t time)
{
    if (time < BUCKETS_A_POWER)
        return time > 0 ? (size_t)time : 0;
    /* The highest bit is the power of two, the six below it are the bucket in that. */
    int power = 63 - __builtin_clzll((unsigned long long)time);
    size_t bucket = (size_t)(power - 5) * BUCKETS_A_POWER +
                    (size_t)((uint64_t)time >> (power - 6)) % BUCKETS_A_POWER;
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The middle of a bucket, in microseconds. */
static double bucket_time(size_t bucket)
{
    if (bucket < BUCKETS_A_POWER)
        return (double)bucket;
    int power = (int)(bucket / BUCKETS_A_POWER) + 5;
    return ldexp(BUCKETS_A_POWER + (double)(bucket % BUCKETS_A_POWER) + 0.5, power - 6);
}

void histogram_add(struct histogram *histogram, int64_t time)
{
    if (histogram->count++ == 0 || time < histogram->fastest)
        histogram->fastest = time;
    if (time > histogram->slowest)
        histogram->slowest = time;
    histogram->buckets[bucket_of(time)]++;
}

double histogram_percentile(const struct histogram *histogram, double quantile)
{
    if (histogram->count == 0)
        return 0;
    size_t rank = (size_t)ceil(quantile * (double)histogram->count), counted = 0, bucket = 0;
    if (rank < 1)
        return (double)histogram->fastest * 1e-6;
    if (rank >= histogram->count)
        return (double)histogram->slowest * 1e-6;
    while (bucket < BUCKETS - 1 && (counted += histogram->buckets[bucket]) < rank)
        bucket++;
    double time = bucket_time(bucket);
    /* The middle of a bucket may be outside the measured range. */
    time = fmin(fmax(time, (double)histogram->fastest), (double)histogram->slowest);
    return time * 1e-6;
}
