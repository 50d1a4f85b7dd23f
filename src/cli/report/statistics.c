#include "cli/report/statistics.h"

#include <string.h>

static void count_error(struct statistics *statistics, const char *error)
{
    statistics->cancelled += strcmp(error, "cancelled") == 0;
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

/* What nothing was sent for took no time that says anything. */
static void count_times(struct statistics *statistics, const af_response *response)
{
    if (response->size_request == 0)
        return;
    histogram_add(&statistics->total, response->time_total);
    if (response->time_starttransfer > 0)
        histogram_add(&statistics->first_byte, response->time_starttransfer);
    int64_t connect =
        response->time_appconnect ? response->time_appconnect : response->time_connect;
    /* Where redirects made several, libcurl gives their sum. */
    if (response->connects == 1 && connect > 0)
        histogram_add(&statistics->connect, connect);
    if (response->connects == 0)
        statistics->reused++;
}

void statistics_add(struct statistics *statistics, const struct record *record)
{
    statistics->count++;
    statistics->ok += record->ok;
    statistics->retries += (size_t)record->retries;
    if (record->error)
        count_error(statistics, record->error);
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
