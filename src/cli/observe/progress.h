/* --progress: one line on stderr that says how far the run is, drawn by a task in the background.
 */
#ifndef CLI_OBSERVE_PROGRESS_H
#define CLI_OBSERVE_PROGRESS_H

#include <afetch/afetch.h>

#include "cli/input/filter.h"

struct progress {
    bool color;
    const struct filter *filter;
    const af_client *client;
    af_task_set *background; /* NULL while nothing is drawn */

    /* Counted by whom it is told of. */
    size_t running;
    size_t done;
    size_t failed;

    /* Of the last time it was looked at, on the loop's clock. */
    double began;
    double looked;
    size_t done_then;
    double pace; /* done a second, of late; weighed towards 0 in the beginning */
};

/* Begins to draw, all counts being 0, until it is ended. FILTER says how much there is to do,
 * CLIENT how much has come; both are borrowed. -ENOMEM. */
int progress_begin(struct progress *progress, const struct filter *filter, const af_client *client);

/* The line is gone. Suspends until its task is. Fine where it was not begun. */
void progress_end(struct progress *progress);

/* What is to come, and what has. */
struct outlook {
    double total; /* how many there are; NAN where nobody knows */
    bool exact;   /* or about so many */
    double rate;  /* done a second */
    double bytes; /* received */
};

/* Writes the line, narrower than WIDTH columns, at TO. Returns its length. */
size_t progress_write(const struct progress *progress, const struct outlook *outlook, size_t width,
                      char *to, size_t size);

#endif
