#include "cli/compare.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/console/terminal.h"
#include "cli/text/units.h"

enum { BAR_WIDTH = 50 };

static const double quantiles[] = {0.5, 0.9, 0.99};
static const char *const quantile_names[] = {"p50", "p90", "p99"};
enum { QUANTILES = sizeof quantiles / sizeof quantiles[0] };

static int ignore_record(const struct record *record, bool more, void *arg)
{
    (void)record, (void)more, (void)arg;
    return 0;
}

/* NAN if a run has no success: failing fast is not being fast. */
static double speed_up(const struct run_result *sequential, const struct run_result *concurrent)
{
    const struct statistics *one = &sequential->statistics, *many = &concurrent->statistics;
    return one->ok > 0 && many->ok > 0 && many->elapsed > 0 ? one->elapsed / many->elapsed : NAN;
}

/* NAN if no request succeeded. */
static double request_time(const struct statistics *statistics, double quantile)
{
    return statistics->ok > 0 ? histogram_percentile(&statistics->total, quantile) : NAN;
}

/* ----------------------------------------------------------------- drawing */

static int draw_bar(struct buffer *buffer, const char *name, double seconds, double longest,
                    const char *color)
{
    char time[16], bar[UNITS_BAR_SIZE];
    return buffer_append_format(
        buffer, "  %-12s %9s  %s%s%s\n", name, units_time(time, seconds), color ? color : "",
        units_bar(bar, longest > 0 ? seconds / longest : 0, BAR_WIDTH), color ? COLOR_NONE : "");
}

static int draw_row(struct buffer *buffer, const char *name, const struct statistics *statistics)
{
    int r = buffer_append_format(buffer, "  %-12s %9.1f", name, statistics_rate(statistics));
    for (size_t i = 0; r >= 0 && i < QUANTILES; i++) {
        char text[16];
        double time = request_time(statistics, quantiles[i]);
        r = buffer_append_format(buffer, "  %9s", isnan(time) ? "-" : units_time(text, time));
    }
    if (r >= 0)
        r = buffer_append_format(buffer, "  %6zu  %6zu\n", statistics->ok,
                                 statistics->count - statistics->ok);
    return r;
}

static int draw_speed_up(struct buffer *buffer, double speed_up)
{
    return isnan(speed_up) ? buffer_append_string(
                                 buffer, "\n  no speed-up: a run has no successful request\n\n")
                           : buffer_append_format(buffer, "\n  %.1f times as fast\n\n", speed_up);
}

static int draw(const struct options *options, struct buffer *buffer, bool color,
                const struct run_result *sequential, const struct run_result *concurrent)
{
    char concurrently[32];
    snprintf(concurrently, sizeof concurrently, "%ld at once", options->jobs);
    double one = sequential->statistics.elapsed, many = concurrent->statistics.elapsed;
    double longest = one > many ? one : many;
    int r = buffer_append_format(buffer, "%zu request%s, sequentially and concurrently\n\n",
                                 concurrent->statistics.count,
                                 concurrent->statistics.count == 1 ? "" : "s");
    if (r >= 0)
        r = draw_bar(buffer, "sequential", one, longest, color ? COLOR_YELLOW : NULL);
    if (r >= 0)
        r = draw_bar(buffer, concurrently, many, longest, color ? COLOR_GREEN : NULL);
    if (r >= 0)
        r = draw_speed_up(buffer, speed_up(sequential, concurrent));
    if (r >= 0)
        r = buffer_append_format(buffer, "  %-12s %9s  %9s  %9s  %9s  %6s  %6s\n", "", "req/s",
                                 quantile_names[0], quantile_names[1], quantile_names[2], "ok",
                                 "failed");
    if (r >= 0)
        r = draw_row(buffer, "sequential", &sequential->statistics);
    if (r >= 0)
        r = draw_row(buffer, concurrently, &concurrent->statistics);
    return r;
}

/* -------------------------------------------------------------------- JSON */

/* Adds a number with the precision of records, NAN as null. */
static bool add_number(cJSON *object, const char *name, double number)
{
    if (isnan(number))
        return cJSON_AddNullToObject(object, name);
    return cJSON_AddNumberToObject(object, name, round(number * 1e6) / 1e6);
}

static cJSON *run_as_json(const struct statistics *statistics, long jobs)
{
    cJSON *run = cJSON_CreateObject(), *times;
    bool whole = cJSON_AddNumberToObject(run, "jobs", (double)jobs) &&
                 cJSON_AddNumberToObject(run, "requests", (double)statistics->count) &&
                 cJSON_AddNumberToObject(run, "ok", (double)statistics->ok) &&
                 add_number(run, "time_total", statistics->elapsed) &&
                 add_number(run, "requests_per_second", statistics_rate(statistics)) &&
                 cJSON_AddNumberToObject(run, "size_download", (double)statistics->bytes) &&
                 (times = cJSON_AddObjectToObject(run, "request_time_total"));
    for (size_t i = 0; whole && i < QUANTILES; i++)
        whole = add_number(times, quantile_names[i], request_time(statistics, quantiles[i]));
    if (whole)
        return run;
    cJSON_Delete(run);
    return NULL;
}

static int write_json(const struct options *options, struct buffer *buffer,
                      const struct run_result *sequential, const struct run_result *concurrent)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *first = run_as_json(&sequential->statistics, 1);
    cJSON *second = run_as_json(&concurrent->statistics, options->jobs);
    char *text = NULL;
    /* An object owns its members; those that could not be added are freed here. */
    if (!cJSON_AddItemToObject(object, "sequential", first))
        cJSON_Delete(first);
    if (!cJSON_AddItemToObject(object, "concurrent", second))
        cJSON_Delete(second);
    if (first && second && add_number(object, "speed_up", speed_up(sequential, concurrent)))
        text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    if (!text)
        return -ENOMEM;
    int r = buffer_append_format(buffer, "%s\n", text);
    free(text);
    return r;
}

/* True if a run was not stopped early, so that it can be compared. */
static bool is_whole(const struct run_result *result)
{
    return result->stop == STOP_NONE || result->stop == STOP_ENOUGH;
}

static int run_both(struct fetch_job *job, struct run_result *sequential,
                    struct run_result *ret_result)
{
    job->report = ignore_record;
    int r = filter_rewind(job->filter); /* before anything is fetched */
    if (r < 0)
        return r;
    long jobs = job->jobs;
    job->jobs = 1;
    r = fetch_all(job, sequential);
    *ret_result = *sequential;
    if (r < 0 || !is_whole(sequential))
        return r;
    job->jobs = jobs;
    r = filter_rewind(job->filter);
    if (r >= 0)
        r = fetch_all(job, ret_result);
    return r < 0 ? r : is_whole(ret_result);
}

int compare_run(struct fetch_job *job, struct output *output, bool color,
                struct run_result *ret_result)
{
    /* Too large for a coroutine's stack. */
    struct run_result *sequential = malloc(sizeof *sequential);
    if (!sequential)
        return -ENOMEM;
    const struct options *options = job->options;
    bool json = options->format == FORMAT_JSON || options->format == FORMAT_JSONL;
    int r = run_both(job, sequential, ret_result);
    if (r > 0)
        r = json ? write_json(options, &output->buffer, sequential, ret_result)
                 : draw(options, &output->buffer, color, sequential, ret_result);
    free(sequential);
    return r;
}
