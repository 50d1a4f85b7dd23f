/* --resume: the records that a file of an earlier run has are kept, and what they are of is not
 * fetched again.
 *
 * A line that was torn off is removed, and so are the records of what was cancelled: it was never
 * finished. All others stay, failures too unless these are to be fetched again. */
#ifndef CLI_OUTPUT_RESUME_FILE_H
#define CLI_OUTPUT_RESUME_FILE_H

#include "base/fingerprint_set.h"
#include "cli/input/source.h"
#include "cli/output/output.h"
#include "cli/record/formatter.h"

struct resume {
    bool begun;          /* the file has what comes before its first record */
    struct seen records; /* the index and the URL of each */
    struct seen indexes; /* the index of each */
    size_t count;        /* of the records */
    size_t failed;       /* of these, as far as the fields tell */
    size_t largest;      /* index of them */
    size_t met;          /* how many the list had, in this reading of it */
    struct buffer entry; /* the URL of the entry that is looked for */
};

/* Reads the records of OUTPUT, which was opened for it, compares them with the list where that can
 * be read twice, and has OUTPUT go on behind them. -EINVAL where the fields do not do for it,
 * -EBADMSG where the file holds something else or is of another list; both with a text, and the
 * file is as it was. A negated errno, -ENOMEM, the errors of the source. It may be closed all the
 * same. May suspend. */
int resume_open(struct resume *resume, struct output *output, struct formatter *formatter,
                const struct options *options, struct source *source);
void resume_close(struct resume *resume);

/* Whether the file has the record of ENTRY: 1 or 0. -EBADMSG with a text where it has another URL
 * at that place. -ENOMEM. */
int resume_has(struct resume *resume, const struct entry *entry);

/* The list begins anew. */
void resume_rewind(struct resume *resume);

/* The list has ended: -EBADMSG with a text where the file has records of which it had nothing. */
int resume_finish(const struct resume *resume);

#endif
