#include "cli/report/summary.h"

#include <string.h>

#include "cli/console/terminal.h"
#include "cli/text/units.h"

enum { BAR_WIDTH = 30 };

/* Prints a count, in COLOR, which may be NULL, unless it is zero. */
static void print_count(FILE *file, size_t count, const char *what, const char *color)
{
    char text[32];
    bool colored = color && count > 0;
    fprintf(file, "%s%s %s%s", colored ? color : "", units_count(text, count), what,
            colored ? COLOR_NONE : "");
}

static void print_head(FILE *file, const struct statistics *statistics, bool color)
{
    char text[32], time[16];
    fprintf(file, "%s request%s in %s", units_count(text, statistics->count),
            statistics->count == 1 ? "" : "s", units_time(time, statistics->elapsed));
    /* One request has no rate. */
    if (statistics->count > 1)
        fprintf(file, " (%s per second)", units_rate(text, statistics_rate(statistics)));
    fputs(": ", file);
    print_count(file, statistics->ok, "ok", color ? COLOR_GREEN : NULL);
    fputs(", ", file);
    print_count(file, statistics_failed(statistics), "failed", color ? COLOR_RED : NULL);
    if (statistics->cancelled > 0) {
        fputs(", ", file);
        print_count(file, statistics->cancelled, "cancelled", color ? COLOR_YELLOW : NULL);
    }
    fprintf(file, "; %s\n", units_size(time, (double)statistics->bytes));
}

/* Prints a bar of at least an eighth of a column. */
static void print_bar(FILE *file, double share, const char *color)
{
    char bar[UNITS_BAR_SIZE];
    double least = 1.0 / (BAR_WIDTH * 8);
    fprintf(file, "%s%s%s\n", color ? color : "",
            units_bar(bar, share > least ? share : least, BAR_WIDTH), color ? COLOR_NONE : "");
}

/* Prints a line for an outcome; TITLE precedes the first of its kind. */
static void print_outcome(FILE *file, const struct statistics *statistics, const char *title,
                          const char *name, size_t count, const char *color)
{
    char text[32], most[32];
    int width = (int)strlen(units_count(most, statistics->count));
    fprintf(file, "  %-12s %-10s %*s  ", title, name, width, units_count(text, count));
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
    const struct outcome_count *errors = statistics->errors;
    for (size_t i = 0; i < OUTCOMES && errors[i].outcome != OUTCOME_OK; i++) {
        bool cancelled = errors[i].outcome == OUTCOME_CANCELLED;
        print_outcome(file, statistics, title, outcome_words[errors[i].outcome], errors[i].count,
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
            fprintf(file, " %9s", units_time(text, time));
        }
        fputc('\n', file);
    }
}

/* Prints the counts of connections, redirects and retries. */
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
        fprintf(file, "%s%s %s", separator, units_count(text, parts[i].count), parts[i].name);
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
