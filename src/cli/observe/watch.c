#include "cli/observe/watch.h"

#include "cli/fetch/fetch.h"
#include "cli/observe/progress.h"
#include "cli/observe/timeline.h"
#include "cli/observe/trace.h"

int watch_begin(struct watch *watch, const struct filter *filter, const af_client *client)
{
    if (!watch)
        return 0;
    if (watch->timeline)
        timeline_begin(watch->timeline);
    return watch->progress ? progress_begin(watch->progress, filter, client) : 0;
}

void watch_end(struct watch *watch)
{
    if (watch && watch->progress)
        progress_end(watch->progress);
}

static double now(void)
{
    return af_loop_time(af_running_loop());
}

static void set_running(struct fetch *fetch, bool running)
{
    struct progress *progress = fetch->session->watch->progress;
    if (progress && fetch->sight.running != running)
        progress->running += running ? 1 : -1;
    fetch->sight.running = running;
}

/* An attempt that was never begun is a wait, and how it ended. */
static void note_attempt(struct fetch *fetch, const struct record *record, bool again)
{
    struct timeline *timeline = fetch->session->watch->timeline;
    if (!timeline)
        return;
    struct record attempt = *record;
    if (fetch->sight.waits_again) {
        attempt.response = NULL;
        attempt.retries++;
    }
    timeline_add(timeline, &attempt,
                 &(struct timeline_moment){.began = fetch->session->began,
                                           .queued = fetch->sight.waits_since,
                                           .now = now(),
                                           .again = again},
                 &fetch->sight.url);
}

void watch_made(struct fetch *fetch)
{
    if (!fetch->session->watch)
        return;
    fetch->sight = (struct sight){.waits_since = now()};
}

void watch_admitted(struct fetch *fetch)
{
    const struct watch *watch = fetch->session->watch;
    if (!watch)
        return;
    set_running(fetch, true);
    fetch->sight.waits_again = false;
    if (watch->trace)
        trace_admitted(watch->trace, fetch);
}

void watch_retry(struct fetch *fetch, const struct record *record, double delay)
{
    const struct watch *watch = fetch->session->watch;
    if (!watch)
        return;
    set_running(fetch, false);
    if (watch->trace)
        trace_retry(watch->trace, fetch, record, delay);
    note_attempt(fetch, record, true);
    fetch->sight.waits_since = now();
    fetch->sight.waits_again = true;
}

void watch_settled(struct fetch *fetch, const struct record *record)
{
    const struct watch *watch = fetch->session->watch;
    if (!watch)
        return;
    set_running(fetch, false);
    if (watch->progress) {
        watch->progress->done++;
        watch->progress->failed += !record->ok && !record_was_cancelled(record);
    }
    if (watch->trace)
        trace_settled(watch->trace, fetch, record);
    note_attempt(fetch, record, false);
}

static void on_news(const af_request_news *news, void *arg)
{
    const struct fetch *fetch = arg;
    trace_news(fetch->session->watch->trace, fetch, news);
}

af_request_listener *watch_listener(const struct fetch *fetch)
{
    return fetch->session->watch && fetch->session->watch->trace ? on_news : NULL;
}
