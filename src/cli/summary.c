#include "cli/summary.h"

const char *summary_size(char text[static 16], double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit < 4) {
        bytes /= 1000;
        unit++;
    }
    snprintf(text, 16, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
    return text;
}

const char *summary_time(char text[static 16], double seconds)
{
    if (seconds < 0.9995)
        snprintf(text, 16, seconds < 0.01 ? "%.2f ms" : "%.0f ms", seconds * 1e3);
    else
        snprintf(text, 16, "%.2f s", seconds);
    return text;
}

static void print_statuses(FILE *file, const struct statistics *statistics)
{
    const char *separator = "  status   ";
    for (int status = 0; status < STATUSES; status++) {
        if (statistics->statuses[status] == 0)
            continue;
        fprintf(file, "%s%d: %zu", separator, status, statistics->statuses[status]);
        separator = ", ";
    }
    if (separator[0] == ',')
        fputc('\n', file);
}

static void print_errors(FILE *file, const struct statistics *statistics)
{
    const char *separator = "  errors   ";
    for (size_t i = 0; i < ERROR_SORTS && statistics->errors[i].error; i++) {
        fprintf(file, "%s%s: %zu", separator, statistics->errors[i].error,
                statistics->errors[i].count);
        separator = ", ";
    }
    if (separator[0] == ',')
        fputc('\n', file);
}

static void print_times(FILE *file, const struct statistics *statistics)
{
    static const struct {
        const char *name;
        double share;
    } percentiles[] = {{"fastest", 0}, {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"slowest", 1}};
    const char *separator = "  time     ";
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++) {
        char text[16];
        fprintf(file, "%s%s %s", separator, percentiles[i].name,
                summary_time(text, statistics_percentile(statistics, percentiles[i].share)));
        separator = ", ";
    }
    fputc('\n', file);
}

void summary_print(FILE *file, const struct fetcher_result *result)
{
    const struct statistics *statistics = &result->statistics;
    char time[16], size[16];
    fprintf(file, "%zu request%s in %s (%.1f a second): %zu ok, %zu failed; %s\n",
            statistics->count, statistics->count == 1 ? "" : "s",
            summary_time(time, statistics->elapsed), statistics_rate(statistics), statistics->ok,
            statistics->count - statistics->ok, summary_size(size, (double)statistics->bytes));
    print_statuses(file, statistics);
    print_errors(file, statistics);
    if (statistics->timed > 0)
        print_times(file, statistics);
}
