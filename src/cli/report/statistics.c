#include "cli/report/statistics.h"

static void count_error(struct statistics *statistics, enum outcome outcome)
{
    struct outcome_count *error = statistics->errors;
    while (error->outcome != OUTCOME_OK && error->outcome != outcome)
        error++;
    error->outcome = outcome;
    error->count++;
}

/* Ignores attempts for which nothing was sent: their times mean nothing. */
static void count_times(struct statistics *statistics, const af_response *response)
{
    if (response->size_request == 0)
        return;
    histogram_add(&statistics->total, response->time_total);
    if (response->time_starttransfer > 0)
        histogram_add(&statistics->first_byte, response->time_starttransfer);
    int64_t connect =
        response->time_appconnect ? response->time_appconnect : response->time_connect;
    /* libcurl gives the sum of several connections, as after redirects. */
    if (response->connects == 1 && connect > 0)
        histogram_add(&statistics->connect, connect);
    if (response->connects == 0)
        statistics->reused++;
}

void statistics_add(struct statistics *statistics, const struct record *record)
{
    statistics->count++;
    statistics->ok += record_is_ok(record);
    statistics->cancelled += record_is_cancelled(record);
    statistics->retries += (size_t)record->retries;
    if (!record_is_ok(record))
        count_error(statistics, record->outcome);
    const af_response *response = record->response;
    if (!response)
        return;
    statistics->bytes += response->size_download;
    statistics->redirects += (size_t)response->redirects;
    statistics->connections += (size_t)response->connects;
    if (response->status > 0 && response->status < STATUS_LIMIT)
        statistics->statuses[response->status]++;
    count_times(statistics, response);
}

size_t statistics_failed(const struct statistics *statistics)
{
    return statistics->count - statistics->ok - statistics->cancelled;
}

double statistics_rate(const struct statistics *statistics)
{
    return statistics->elapsed > 0 ? (double)statistics->count / statistics->elapsed : 0;
}
