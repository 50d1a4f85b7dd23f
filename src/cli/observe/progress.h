/* --progress: a status line on stderr, drawn by a background task. */
#ifndef CLI_OBSERVE_PROGRESS_H
#define CLI_OBSERVE_PROGRESS_H

#include <afetch/afetch.h>

#include "cli/input/filter.h"

struct progress {
    bool color;
    const struct filter *filter;
    const af_client *client;
    double total;            /* of entries to be fetched; NAN: not known before the list is read */
    af_task_set *background; /* NULL: not begun */

    /* Counted by the observers. */
    size_t running;
    size_t done;
    size_t failed;

    /* Of the last drawing, on the loop's clock. */
    double began;
    double looked;
    size_t done_then;
    double pace; /* done per second, a moving average that starts at 0 */
};

/* Begins to draw, all counts being 0, until it is ended. FILTER says how much there is to do,
 * CLIENT how much has come; both are borrowed. May suspend. Errors: those of source_count(). */
int progress_begin(struct progress *progress, const struct filter *filter, const af_client *client);

/* Removes the line. Suspends until its task has ended. Ignored if it was not begun. */
void progress_end(struct progress *progress);

/* The estimates that the line shows. */
struct outlook {
    double total; /* of entries; NAN if unknown */
    bool exact;   /* total is not an estimate */
    double rate;  /* done per second */
    double bytes; /* received */
};

/* Writes the line, narrower than WIDTH columns, to TO. Returns its length. */
size_t progress_write(const struct progress *progress, const struct outlook *outlook, size_t width,
                      char *to, size_t size);

#endif
