/* --timeline: every attempt of the run in few bytes, and at its end a page that draws them, or
 * Chrome's trace events. */
#ifndef CLI_OBSERVE_TIMELINE_H
#define CLI_OBSERVE_TIMELINE_H

#include "base/buffer.h"
#include "cli/record/record.h"

/* More than a browser likes to draw. What comes beyond either is counted and left out. */
enum { TIMELINE_ATTEMPTS_MAXIMUM = 1000000, TIMELINE_STRINGS_MAXIMUM = 256 << 20 };

/* The parts of an attempt, in their order. Those that did not happen last no time. */
enum phase {
    PHASE_WAIT,     /* for its turn */
    PHASE_REDIRECT, /* all that was sent before the last request */
    PHASE_RESOLVE,
    PHASE_CONNECT,
    PHASE_TLS,
    PHASE_ANSWER, /* until the first byte */
    PHASE_BODY,
    PHASES,
};

/* Times are microseconds since the run began. */
struct attempt {
    int64_t begin;        /* of the wait for its turn */
    int64_t ends[PHASES]; /* of its parts */
    int64_t size;         /* of the body */
    size_t index;
    size_t url;  /* in the strings, as is: */
    size_t text; /* what went wrong; 0 for nothing */
    enum outcome outcome;
    long number; /* 0: the first */
    long redirects;
    short status;
    bool again;  /* another follows */
    bool reused; /* needed no connection of its own */
    bool began;  /* or was only waited for */
    char remote_ip[46];
};

_Static_assert(sizeof(struct attempt) < 200, "there are many of them");

struct timeline {
    const char *path;
    enum timeline_format { TIMELINE_PAGE, TIMELINE_TRACE } format;
    int64_t started_at;     /* microseconds since 1970 */
    int64_t length;         /* of what was seen of the run */
    struct buffer attempts; /* in the order of their ends */
    struct buffer strings;  /* NUL-terminated; the first is empty */
    size_t omitted;         /* there was no room for so many */
};

/* For the file PATH, which is borrowed. -EINVAL with a text where its name has no ending that says
 * what is to be written; a negated errno where its directory cannot be written to. */
int timeline_init(struct timeline *timeline, const char *path);
void timeline_free(struct timeline *timeline);

/* A run begins; what was seen of another is forgotten. */
void timeline_begin(struct timeline *timeline);

/* On the loop's clock, in seconds. */
struct timeline_moment {
    double began;  /* the run */
    double queued; /* the attempt: from then on it waited for its turn */
    double now;    /* it ends */
    bool again;    /* another follows */
};

/* An attempt has ended as RECORD says; a response is the attempt's, or NULL where it was not begun.
 * *url is the place of its URL in the strings, 0 for one that is not there yet, and set. */
void timeline_add(struct timeline *timeline, const struct record *record,
                  const struct timeline_moment *moment, size_t *url);

/* Writes the file, under its name only once it is whole. A negated errno. */
int timeline_save(const struct timeline *timeline);

static inline size_t timeline_count(const struct timeline *timeline)
{
    return timeline->attempts.length / sizeof(struct attempt);
}

static inline const struct attempt *timeline_attempts(const struct timeline *timeline)
{
    return (const struct attempt *)timeline->attempts.data;
}

static inline const char *timeline_string(const struct timeline *timeline, size_t place)
{
    return timeline->strings.data + place;
}

/* What timeline_save() writes, in parts: both append to BUFFER and call FLUSH with ARG where there
 * is much in it, and at their end. */
typedef int timeline_flush(struct buffer *buffer, void *arg);

int timeline_write_page(const struct timeline *timeline, struct buffer *buffer,
                        timeline_flush *flush, void *arg);
int timeline_write_trace(const struct timeline *timeline, struct buffer *buffer,
                         timeline_flush *flush, void *arg);

/* The names of the phases. */
extern const char *const phase_names[PHASES];

#endif
