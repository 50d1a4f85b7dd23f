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
    /* Output of the next program of a pipeline would break the line. */
    bool piped = !options->output && terminal_has_pipeline(STDERR_FILENO, STDOUT_FILENO);
    return !options->quiet && terminal_is_able(STDERR_FILENO) && !piped;
}

static void report_timeline(const struct options *options, int r)
{
    char *text;
    if (output_error_text(options->timeline, -r, &text) < 0)
        return;
    message("%s", text);
    free(text);
}

int observers_open(struct observers *observers, const struct options *options, bool color)
{
    *observers =
        (struct observers){.progress_data.color = color,
                           .trace_data = {.color = color,
                                          .retries = options->retries,
                                          .follows_redirects = options->client.follow_redirects}};
    if (wants_progress(options))
        observers->progress = &observers->progress_data;
    if (options->verbose)
        observers->trace = &observers->trace_data;
    if (!options->timeline)
        return 0;
    int r = timeline_init(&observers->timeline_data, options->timeline);
    if (r >= 0)
        observers->timeline = &observers->timeline_data;
    else if (r != -EINVAL)
        report_timeline(options, r);
    return r;
}

void observers_free(struct observers *observers)
{
    timeline_free(&observers->timeline_data);
}

struct observers *observers_or_null(struct observers *observers)
{
    return observers->progress || observers->trace || observers->timeline ? observers : NULL;
}

int observers_save(const struct observers *observers, const struct options *options)
{
    const struct timeline *timeline = observers->timeline;
    if (!timeline)
        return 0;
    int r = timeline_save(timeline);
    if (r < 0)
        report_timeline(options, r);
    else if (timeline->omitted > 0 && !options->quiet)
        message("%s: only the first %zu attempts are drawn; %zu were omitted", timeline->path,
                timeline_count(timeline), timeline->omitted);
    return r;
}

/* ------------------------------------------------------------------- a run */

static double now(void)
{
    return af_loop_time(af_running_loop());
}

int observers_begin(struct observers *observers, double began, const struct filter *filter,
                    const af_client *client)
{
    if (!observers)
        return 0;
    observers->began = observers->trace_data.began = began;
    if (observers->timeline)
        timeline_begin(observers->timeline);
    return observers->progress ? progress_begin(observers->progress, filter, client) : 0;
}

void observers_end(struct observers *observers)
{
    if (observers && observers->progress)
        progress_end(observers->progress);
}

/* ----------------------------------------------------------------- a fetch */

static void set_running(struct observed *observed, bool running)
{
    struct progress *progress = observed->observers->progress;
    if (progress && observed->state.running != running)
        progress->running += running ? 1 : -1;
    observed->state.running = running;
}

/* Adds an attempt to the timeline. A fetch that ends while it waits to retry has no response for
 * that wait. */
static void add_attempt(struct observed *observed, const struct record *record, bool retried)
{
    const struct observers *observers = observed->observers;
    if (!observers->timeline)
        return;
    struct record attempt = *record;
    if (observed->state.waits_to_retry) {
        attempt.response = NULL;
        attempt.retries++;
    }
    timeline_add(observers->timeline, &attempt,
                 &(struct timeline_moment){.began = observers->began,
                                           .queued = observed->state.queued_at,
                                           .now = now(),
                                           .again = retried},
                 &observed->state.url);
}

void observers_queued(struct observed *observed)
{
    if (observed->observers)
        observed->state = (struct observer_state){.queued_at = now()};
}

void observers_admitted(struct observed *observed)
{
    const struct observers *observers = observed->observers;
    if (!observers)
        return;
    set_running(observed, true);
    observed->state.waits_to_retry = false;
    if (observers->trace)
        trace_admitted(observers->trace, observed);
}

void observers_retry(struct observed *observed, const struct record *record, double delay)
{
    const struct observers *observers = observed->observers;
    if (!observers)
        return;
    set_running(observed, false);
    if (observers->trace)
        trace_retry(observers->trace, observed, record, delay);
    add_attempt(observed, record, true);
    observed->state.queued_at = now();
    observed->state.waits_to_retry = true;
}

void observers_finished(struct observed *observed, const struct record *record)
{
    const struct observers *observers = observed->observers;
    if (!observers)
        return;
    set_running(observed, false);
    if (observers->progress) {
        observers->progress->done++;
        observers->progress->failed += record_is_failed(record);
    }
    if (observers->trace)
        trace_finished(observers->trace, observed, record);
    add_attempt(observed, record, false);
}

static void on_news(const af_request_news *news, void *arg)
{
    const struct observed *observed = arg;
    trace_news(observed->observers->trace, observed, news);
}

af_request_listener *observers_listener(const struct observed *observed)
{
    return observed->observers && observed->observers->trace ? on_news : NULL;
}
