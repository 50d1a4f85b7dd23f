/* Observers of a run: --progress, --verbose and --timeline. They are told of each step of each
 * fetch, and change nothing. Without observers a step costs one comparison. */
#ifndef CLI_OBSERVE_OBSERVERS_H
#define CLI_OBSERVE_OBSERVERS_H

#include "cli/observe/observed.h"
#include "cli/observe/progress.h"
#include "cli/observe/timeline.h"
#include "cli/observe/trace.h"
#include "cli/options/options.h"

struct observers {
    /* NULL unless the options ask for them. */
    struct progress *progress;
    struct trace *trace;
    struct timeline *timeline;

    double began; /* the run, on the loop's clock */
    struct progress progress_data;
    struct trace trace_data;
    struct timeline timeline_data;
};

/* Sets up the observers that the options ask for. COLOR: in what they print.
 * Errors: -EINVAL with a text if the timeline's file name is not valid; another negative code if
 * the file cannot be written, after a message. */
int observers_open(struct observers *observers, const struct options *options, bool color);

/* Zero-initialized observers may be freed. */
void observers_free(struct observers *observers);

/* OBSERVERS, or NULL if there are none. */
struct observers *observers_or_null(struct observers *observers);

/* Writes the timeline's file, if asked for.
 * Errors: a negative code, after a message. */
int observers_save(const struct observers *observers, const struct options *options);

/* A run begins, at BEGAN on the loop's clock, and ends. OBSERVERS may be NULL, and begin may have
 * failed. FILTER and CLIENT are borrowed until the end.
 * Errors: -ENOMEM. */
int observers_begin(struct observers *observers, double began, const struct filter *filter,
                    const af_client *client);
void observers_end(struct observers *observers);

/* The steps of a fetch: queued once; admitted for each attempt; retry if another follows it in
 * DELAY seconds; finished once. RECORD is that of the attempt. */
void observers_queued(struct observed *observed);
void observers_admitted(struct observed *observed);
void observers_retry(struct observed *observed, const struct record *record, double delay);
void observers_finished(struct observed *observed, const struct record *record);

/* The listener for the requests of a fetch, whose argument is OBSERVED; NULL if none is needed. */
af_request_listener *observers_listener(const struct observed *observed);

#endif
