#include "cli/observe/observers.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <afetch/error.h>

#include "cli/console/file_error.h"
#include "cli/console/message.h"
#include "cli/console/terminal.h"

static bool wants_progress(const struct options *options)
{
    if (options->progress != WHEN_AUTO)
        return options->progress == WHEN_ALWAYS;
    /* What the next program of a pipeline prints would come into the midst of the line. */
    bool piped = !options->output && terminal_has_pipeline(STDERR_FILENO, STDOUT_FILENO);
    return !options->quiet && terminal_is_able(STDERR_FILENO) && !piped;
}

static void tell_timeline(const struct options *options, int r)
{
    char *text;
    if (output_error_text(options->timeline, -r, &text) < 0)
        return;
    message("%s", text);
    free(text);
}

int onlookers_call(struct onlookers *onlookers, const struct options *options, bool color)
{
    *onlookers = (struct onlookers){.progress.color = color, .trace.color = color};
    struct watch *watch = &onlookers->watch;
    if (wants_progress(options))
        watch->progress = &onlookers->progress;
    if (options->verbose)
        watch->trace = &onlookers->trace;
    if (!options->timeline)
        return 0;
    int r = timeline_init(&onlookers->timeline, options->timeline);
    if (r >= 0)
        watch->timeline = &onlookers->timeline;
    else if (r != -EINVAL)
        tell_timeline(options, r);
    return r;
}

struct watch *onlookers_watch(struct onlookers *onlookers)
{
    struct watch *watch = &onlookers->watch;
    return watch->progress || watch->trace || watch->timeline ? watch : NULL;
}

int onlookers_save(const struct onlookers *onlookers, const struct options *options)
{
    const struct timeline *timeline = onlookers->watch.timeline;
    if (!timeline)
        return 0;
    int r = timeline_save(timeline);
    if (r < 0)
        tell_timeline(options, r);
    else if (timeline->omitted > 0 && !options->quiet)
        message("%s has the first %zu attempts; there was no room for %zu more", timeline->path,
                timeline_count(timeline), timeline->omitted);
    return r;
}

void onlookers_free(struct onlookers *onlookers)
{
    timeline_free(&onlookers->timeline);
}
