/* Those who look on as a run goes: --progress, --verbose and --timeline. They are told here of each
 * step of each fetch, and change nothing. */
#ifndef CLI_OBSERVE_WATCH_H
#define CLI_OBSERVE_WATCH_H

#include <afetch/http.h>

#include "cli/input/filter.h"
#include "cli/record/record.h"

struct fetch;
struct progress;
struct timeline;
struct trace;

/* Each NULL where it is not wanted. Borrowed. */
struct watch {
    struct progress *progress;
    struct trace *trace;
    struct timeline *timeline;
};

/* What is remembered of a fetch for them. */
struct sight {
    double waits_since; /* on the loop's clock */
    size_t url;         /* in the timeline's strings; 0: not there yet */
    bool running;       /* counted so */
    bool waits_again;   /* after an attempt, which the timeline has already */
};

/* The run begins, which is when the timeline is emptied, and ends. WATCH may be NULL, and begin may
 * have failed. -ENOMEM. */
int watch_begin(struct watch *watch, const struct filter *filter, const af_client *client);
void watch_end(struct watch *watch);

/* The fetch was made and waits for its turn; was let in, for its first attempt or another; is to be
 * tried again in DELAY seconds; has ended. Nothing happens where nobody looks on. */
void watch_made(struct fetch *fetch);
void watch_admitted(struct fetch *fetch);
void watch_retry(struct fetch *fetch, const struct record *record, double delay);
void watch_settled(struct fetch *fetch, const struct record *record);

/* Who hears the news of the fetch's requests, which is its argument; NULL: nobody. */
af_request_listener *watch_listener(const struct fetch *fetch);

#endif
