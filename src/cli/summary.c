#include "cli/summary.h"

#include <math.h>
#include <string.h>

#include "cli/terminal.h"

enum { BAR_WIDTH = 30 };

/* ------------------------------------------------------------------- units */

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
        snprintf(text, 16, seconds < 0.009995 ? "%.2f ms" : "%.0f ms", seconds * 1e3);
    else
        snprintf(text, 16, "%.2f s", seconds);
    return text;
}

const char *summary_count(char text[static 32], size_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%zu", count);
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

const char *summary_rate(char text[static 32], double rate)
{
    if (rate < 99.5) {
        snprintf(text, 32, rate < 9.95 ? "%.1f" : "%.0f", rate);
        return text;
    }
    /* Three digits; the rest is chance. */
    double step = fmax(pow(10, floor(log10(rate)) - 2), 1);
    return summary_count(text, (size_t)(round(rate / step) * step));
}

/* ----------------------------------------------------------------- drawing */

/* A number of things, in its color where there are any and colors are wanted. */
static void print_count(FILE *file, size_t count, const char *what, const char *color)
{
    char text[32];
    bool colored = color && count > 0;
    fprintf(file, "%s%s %s%s", colored ? color : "", summary_count(text, count), what,
            colored ? COLOR_NONE : "");
}

static void print_head(FILE *file, const struct statistics *statistics, bool color)
{
    char text[32], time[16];
    fprintf(file, "%s request%s in %s", summary_count(text, statistics->count),
            statistics->count == 1 ? "" : "s", summary_time(time, statistics->elapsed));
    /* One request is no rate. */
    if (statistics->count > 1)
        fprintf(file, " (%s a second)", summary_rate(text, statistics_rate(statistics)));
    fputs(": ", file);
    print_count(file, statistics->ok, "ok", color ? COLOR_GREEN : NULL);
    fputs(", ", file);
    print_count(file, statistics_failed(statistics), "failed", color ? COLOR_RED : NULL);
    if (statistics->cancelled > 0) {
        fputs(", ", file);
        print_count(file, statistics->cancelled, "cancelled", color ? COLOR_YELLOW : NULL);
    }
    fprintf(file, "; %s\n", summary_size(time, (double)statistics->bytes));
}

static void print_bar(FILE *file, double share, const char *color)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int length = (int)(share * BAR_WIDTH * 8 + 0.5);
    if (length == 0)
        length = 1;
    fputs(color ? color : "", file);
    for (int i = 0; i < length / 8; i++)
        fputs("█", file);
    fprintf(file, "%s%s\n", eighths[length % 8], color ? COLOR_NONE : "");
}

/* One sort of outcome; TITLE stands before the first of its kind. */
static void print_outcome(FILE *file, const struct statistics *statistics, const char *title,
                          const char *name, size_t count, const char *color)
{
    char text[32], most[32];
    int width = (int)strlen(summary_count(most, statistics->count));
    fprintf(file, "  %-12s %-10s %*s  ", title, name, width, summary_count(text, count));
    print_bar(file, (double)count / (double)statistics->count, color);
}

static const char *status_color(int status)
{
    return status / 100 == 2 ? COLOR_GREEN : status / 100 == 3 ? COLOR_YELLOW : COLOR_RED;
}

static void print_statuses(FILE *file, const struct statistics *statistics, bool color)
{
    const char *title = "status";
    for (int status = 0; status < STATUS_LIMIT; status++) {
        if (statistics->statuses[status] == 0)
            continue;
        char name[12];
        snprintf(name, sizeof name, "%d", status);
        print_outcome(file, statistics, title, name, statistics->statuses[status],
                      color ? status_color(status) : NULL);
        title = "";
    }
}

static void print_errors(FILE *file, const struct statistics *statistics, bool color)
{
    const char *title = "errors";
    for (size_t i = 0; i < ERROR_SORTS && statistics->errors[i].error; i++) {
        const struct error_count *error = &statistics->errors[i];
        bool cancelled = strcmp(error->error, "cancelled") == 0;
        print_outcome(file, statistics, title, error->error, error->count,
                      !color      ? NULL
                      : cancelled ? COLOR_YELLOW
                                  : COLOR_RED);
        title = "";
    }
}

static void print_times(FILE *file, const struct statistics *statistics)
{
    static const struct {
        const char *name;
        double share;
    } columns[] = {{"fastest", 0}, {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"slowest", 1}};
    const struct {
        const char *name;
        const struct histogram *histogram;
    } rows[] = {{"connect", &statistics->connect},
                {"first byte", &statistics->first_byte},
                {"total", &statistics->total}};
    enum { COLUMNS = sizeof columns / sizeof columns[0], ROWS = sizeof rows / sizeof rows[0] };
    fprintf(file, "  %-12s", "time");
    for (size_t i = 0; i < COLUMNS; i++)
        fprintf(file, " %9s", columns[i].name);
    fputc('\n', file);
    for (size_t row = 0; row < ROWS; row++) {
        if (rows[row].histogram->count == 0)
            continue;
        fprintf(file, "    %-10s", rows[row].name);
        for (size_t i = 0; i < COLUMNS; i++) {
            char text[16];
            double time = histogram_percentile(rows[row].histogram, columns[i].share);
            fprintf(file, " %9s", summary_time(text, time));
        }
        fputc('\n', file);
    }
}

/* What made the run cheaper, and what made it dearer. */
static void print_work(FILE *file, const struct statistics *statistics)
{
    const struct {
        const char *name;
        size_t count;
    } parts[] = {{"new", statistics->connections},
                 {"reused", statistics->reused},
                 {"redirects", statistics->redirects},
                 {"retries", statistics->retries}};
    const char *separator = "  connections  ";
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char text[32];
        if (i >= 2 && parts[i].count == 0)
            continue;
        fprintf(file, "%s%s %s", separator, summary_count(text, parts[i].count), parts[i].name);
        separator = i == 0 ? ", " : "; ";
    }
    fputc('\n', file);
}

void summary_print_brief(FILE *file, const struct statistics *statistics, bool color)
{
    print_head(file, statistics, color);
}

void summary_print(FILE *file, const struct statistics *statistics, bool color)
{
    print_head(file, statistics, color);
    print_statuses(file, statistics, color);
    print_errors(file, statistics, color);
    if (statistics->total.count > 0) {
        print_times(file, statistics);
        print_work(file, statistics);
    }
}
