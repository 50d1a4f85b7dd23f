/* --resume: continues the file of an earlier run.
 *
 * Its records are kept, and their entries are not fetched again. Removed are an incomplete last
 * line, the records of cancelled fetches, and, if they are to be fetched again, those of failed
 * ones. */
#ifndef CLI_OUTPUT_RESUME_FILE_H
#define CLI_OUTPUT_RESUME_FILE_H

#include "cli/input/known_records.h"
#include "cli/output/output.h"
#include "cli/record/formatter.h"

struct resume_file {
    struct output *output; /* opened to be resumed */
    struct formatter *formatter;
    struct source *source;
    struct known_records *known; /* filled */
    bool renews_failed;          /* failed requests are fetched again */
    bool has_head;               /* set: the file has what comes before the first record */
};

/* Reads the records of the file, checks that they are of this list, if that can be read twice, and
 * positions the output behind the last record that stays.
 * Errors: -EINVAL if the fields do not identify records, -EBADMSG if the file has something else or
 * belongs to another list, both with a text and the file unchanged; a negated errno, -ENOMEM, the
 * errors of the source. May suspend. */
int resume_file_open(struct resume_file *resume);

#endif
