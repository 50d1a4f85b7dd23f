/* --timeline: records all attempts of a run in few bytes each, and writes a page that draws them,
 * or Chrome's trace events. */
#ifndef CLI_OBSERVE_TIMELINE_H
#define CLI_OBSERVE_TIMELINE_H

#include "base/buffer.h"
#include "cli/record/record.h"

/* More would be too much for a browser. Attempts beyond either limit are omitted, and counted. */
enum { TIMELINE_ATTEMPTS_MAXIMUM = 1000000, TIMELINE_STRINGS_MAXIMUM = 256 << 20 };

/* The phases of an attempt, in order. Those that did not happen have no length. */
enum phase {
    PHASE_WAIT,     /* for admission */
    PHASE_REDIRECT, /* all requests before the last */
    PHASE_RESOLVE,
    PHASE_CONNECT,
    PHASE_TLS,
    PHASE_ANSWER, /* until the first byte */
    PHASE_BODY,
    PHASES,
};

/* Times are microseconds since the run began. */
struct attempt {
    int64_t begin;        /* of the wait for admission */
    int64_t ends[PHASES]; /* of its phases */
    int64_t size;         /* of the body */
    size_t index;
    size_t url;  /* offset in the strings */
    size_t text; /* of the error text; 0: none */
    enum outcome outcome;
    long number; /* 0: the first */
    long redirects;
    short status;
    bool again;  /* is retried */
    bool reused; /* on an existing connection */
    bool began;  /* false: it only waited */
    char remote_ip[46];
};

_Static_assert(sizeof(struct attempt) < 200, "there are many of them");

struct timeline {
    const char *path;
    enum timeline_format { TIMELINE_PAGE, TIMELINE_TRACE } format;
    int64_t started_at;     /* microseconds since 1970 */
    int64_t length;         /* of the run so far */
    struct buffer attempts; /* in the order of their ends */
    struct buffer strings;  /* NUL-terminated; the first is empty */
    size_t omitted;         /* attempts beyond the limits */
};

/* PATH, which is borrowed, ends in .html or .json. Errors: -EINVAL with a text if it does not; a
 * negated errno if its directory cannot be written. */
int timeline_init(struct timeline *timeline, const char *path);
void timeline_free(struct timeline *timeline);

/* Starts a run, and forgets an earlier one. */
void timeline_begin(struct timeline *timeline);

/* Times on the loop's clock, in seconds. */
struct timeline_moment {
    double began;  /* the run */
    double queued; /* the attempt: the start of its wait */
    double now;    /* the end of the attempt */
    bool again;    /* another follows */
};

/* Adds an attempt that has ended as RECORD says, whose response is NULL if it only waited. *url is
 * the offset of its URL in the strings, 0 if it is not added yet, and set. */
void timeline_add(struct timeline *timeline, const struct record *record,
                  const struct timeline_moment *moment, size_t *url);

/* Writes the file atomically. Errors: a negated errno. */
int timeline_save(const struct timeline *timeline);

static inline size_t timeline_count(const struct timeline *timeline)
{
    return timeline->attempts.length / sizeof(struct attempt);
}

static inline const struct attempt *timeline_attempts(const struct timeline *timeline)
{
    return (const struct attempt *)timeline->attempts.data;
}

static inline const char *timeline_string(const struct timeline *timeline, size_t offset)
{
    return timeline->strings.data + offset;
}

/* Write the file in parts: append to BUFFER, and call FLUSH with ARG when it is full and at the
 * end. */
typedef int timeline_flush(struct buffer *buffer, void *arg);

int timeline_write_page(const struct timeline *timeline, struct buffer *buffer,
                        timeline_flush *flush, void *arg);
int timeline_write_trace(const struct timeline *timeline, struct buffer *buffer,
                         timeline_flush *flush, void *arg);

/* The names of the phases. */
extern const char *const phase_names[PHASES];

#endif
