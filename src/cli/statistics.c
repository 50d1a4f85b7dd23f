#include "cli/statistics.h"

#include <math.h>
#include <string.h>

static size_t bucket_of(int64_t time)
{
    if (time < BUCKETS_A_POWER)
        return time > 0 ? (size_t)time : 0;
    /* The highest bit says which power of two; the six below it, which bucket of that. */
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

static void count_error(struct statistics *statistics, const char *error)
{
    for (size_t i = 0; i < ERROR_SORTS; i++) {
        struct error_count *place = &statistics->errors[i];
        if (!place->error)
            place->error = error;
        if (strcmp(place->error, error) == 0) {
            place->count++;
            return;
        }
    }
}

void statistics_add(struct statistics *statistics, const struct record *record)
{
    statistics->count++;
    statistics->ok += record->ok;
    if (record->error)
        count_error(statistics, record->error);
    const af_response *response = record->response;
    if (!response)
        return;
    statistics->bytes += response->size_download;
    if (response->status > 0 && response->status < STATUSES)
        statistics->statuses[response->status]++;
    if (response->size_request == 0)
        return; /* nothing was ever sent, so it took no time that says anything */
    int64_t time = response->time_total;
    if (statistics->timed++ == 0 || time < statistics->fastest)
        statistics->fastest = time;
    if (time > statistics->slowest)
        statistics->slowest = time;
    statistics->buckets[bucket_of(time)]++;
}

double statistics_percentile(const struct statistics *statistics, double share)
{
    if (statistics->timed == 0)
        return 0;
    size_t rank = (size_t)ceil(share * (double)statistics->timed), seen = 0, bucket = 0;
    if (rank < 1)
        return (double)statistics->fastest * 1e-6;
    while (bucket < BUCKETS - 1 && (seen += statistics->buckets[bucket]) < rank)
        bucket++;
    double time = bucket_time(bucket);
    /* No bucket's middle may lie outside of what was measured. */
    time = fmin(fmax(time, (double)statistics->fastest), (double)statistics->slowest);
    return time * 1e-6;
}

double statistics_rate(const struct statistics *statistics)
{
    return statistics->elapsed > 0 ? (double)statistics->count / statistics->elapsed : 0;
}
