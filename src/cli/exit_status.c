#include "cli/exit_status.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/console/message.h"
#include "cli/report/summary.h"

int ending_status(const struct ending *ending)
{
    const struct statistics *statistics = &ending->result->statistics;
    switch (ending->result->stop) {
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
        return source_failed(ending->source) ? EXIT_INPUT_OUTPUT : EXIT_ALL_OK;
    case STOP_NONE:
        break;
    }
    if (source_failed(ending->source))
        return EXIT_INPUT_OUTPUT;
    if (ending->known->failed > 0)
        return EXIT_SOME_FAILED;
    size_t enough = ending->options->first > 0 ? (size_t)ending->options->first : statistics->count;
    return statistics->ok >= enough ? EXIT_ALL_OK : EXIT_SOME_FAILED;
}

/* A run that the program itself cut short must not look like a whole one. */
static void tell_stop(const struct ending *ending)
{
    const struct fetcher_result *result = ending->result;
    const struct options *options = ending->options;
    if (options->quiet)
        return;
    if (result->stop == STOP_DEADLINE)
        message("the deadline has passed: what ran was cancelled, and the rest was not begun");
    else if (result->stop == STOP_FAILED)
        message("%s: what ran was cancelled, and the rest was not begun",
                result->failure ? result->failure : "a request failed");
    else if (ending->known->failed > 0 && result->stop == STOP_NONE)
        message("%s: of the %zu records that were there, %zu failed; --resume=failed fetches them "
                "again",
                options->output, ending->known->count, ending->known->failed);
    else if (result->stop == STOP_NONE && result->statistics.ok < (size_t)options->first)
        message("--first=%ld: only %zu of %zu requests were ok", options->first,
                result->statistics.ok, result->statistics.count);
}

/* Of a few requests the records tell enough. */
static void tell_summary(const struct ending *ending, bool color)
{
    enum { FEW = 5 };
    const struct options *options = ending->options;
    const struct statistics *statistics = &ending->result->statistics;
    bool on_terminal = isatty(STDERR_FILENO) && !options->quiet;
    if (options->compare || !when_is_now(options->summary, on_terminal))
        return;
    if (options->summary == WHEN_AUTO && statistics->count < FEW)
        summary_print_brief(stderr, statistics, color);
    else
        summary_print(stderr, statistics, color);
}

bool ending_is_void(const struct ending *ending)
{
    const struct fetcher_result *result = ending->result;
    bool cut_short = result->stop != STOP_NONE || source_failed(ending->source);
    return result->statistics.count == 0 && cut_short;
}

void ending_tell(const struct ending *ending, bool color)
{
    tell_stop(ending);
    tell_summary(ending, color);
}
