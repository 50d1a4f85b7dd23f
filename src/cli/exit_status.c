#include "cli/exit_status.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/console/message.h"
#include "cli/report/summary.h"

int exit_status_of(const struct run_end *end)
{
    const struct statistics *statistics = &end->result->statistics;
    switch (end->result->stop) {
    case STOP_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case STOP_TERMINATED:
        return EXIT_TERMINATED;
    case STOP_HUNG_UP:
        return EXIT_HUNG_UP;
    case STOP_DEADLINE:
        return EXIT_DEADLINE;
    case STOP_FAILED:
        return EXIT_SOME_FAILED;
    case STOP_ENOUGH:
        return source_failed(end->source) ? EXIT_INPUT_OUTPUT : EXIT_ALL_OK;
    case STOP_READER_GONE:
    case STOP_NONE:
        break;
    }
    if (source_failed(end->source))
        return EXIT_INPUT_OUTPUT;
    if (end->known->failed > 0)
        return EXIT_SOME_FAILED;
    size_t enough = end->options->first > 0 ? (size_t)end->options->first : statistics->count;
    return statistics->ok >= enough ? EXIT_ALL_OK : EXIT_SOME_FAILED;
}

/* Prints why the program itself stopped the run, which would otherwise look complete. */
static void print_reason(const struct run_end *end)
{
    const struct run_result *result = end->result;
    const struct options *options = end->options;
    if (options->quiet)
        return;
    if (result->stop == STOP_DEADLINE)
        message("deadline exceeded (--deadline): running requests were cancelled, the rest was not "
                "started");
    else if (result->stop == STOP_FAILED)
        message("%s: running requests were cancelled, the rest was not started",
                result->failure ? result->failure : "a request failed");
    else if (end->known->failed > 0 && result->stop == STOP_NONE)
        message("%s: of the %zu records kept, %zu failed; use --resume=failed to fetch them again",
                options->output, end->known->count, end->known->failed);
    else if (result->stop == STOP_NONE && result->statistics.ok < (size_t)options->first)
        message("--first=%ld: only %zu of %zu requests were ok", options->first,
                result->statistics.ok, result->statistics.count);
}

/* Prints the summary; in automatic mode one line for a few requests. */
static void print_summary(const struct run_end *end, bool color)
{
    enum { FEW = 5 };
    const struct options *options = end->options;
    const struct statistics *statistics = &end->result->statistics;
    bool on_terminal = isatty(STDERR_FILENO) && !options->quiet;
    if (options->compare || !when_is_now(options->summary, on_terminal))
        return;
    if (options->summary == WHEN_AUTO && statistics->count < FEW)
        summary_print_brief(stderr, statistics, color);
    else
        summary_print(stderr, statistics, color);
}

bool run_did_nothing(const struct run_end *end)
{
    const struct run_result *result = end->result;
    bool stopped = result->stop != STOP_NONE && result->stop != STOP_READER_GONE;
    bool cut_short = stopped || source_failed(end->source);
    return result->statistics.count == 0 && cut_short;
}

void run_print_end(const struct run_end *end, bool color)
{
    print_reason(end);
    print_summary(end, color);
}
