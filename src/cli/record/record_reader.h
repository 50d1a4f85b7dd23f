/* Reads records of an earlier run, JSON lines or CSV, as far as --resume needs them. */
#ifndef CLI_RECORD_RECORD_READER_H
#define CLI_RECORD_RECORD_READER_H

#include "cli/record/formatter.h"

/* The format of the records, and the columns of a CSV record. */
struct record_layout {
    enum format format;
    const struct fields *fields;
    struct buffer head; /* the first line of CSV, with its end; empty for JSON lines */
    size_t index;       /* columns */
    size_t url;
    size_t error;
};

struct known_record {
    size_t index;
    struct buffer url; /* as a JSON string, which is the same for equal URLs */
    bool cancelled;    /* the fetch was not finished */
    bool failed;
};

/* Makes the layout of what FORMATTER writes, which is borrowed. Errors: -EINVAL with a text if
 * index, url or error is not among the fields, -ENOMEM; free it even then. */
int record_layout_new(struct formatter *formatter, struct record_layout *ret_layout);
void record_layout_free(struct record_layout *layout);

/* True if the record continues after LINE, which ends with a line end. CONTINUED: it began in an
 * earlier line. */
bool record_continues(const struct record_layout *layout, const char *line, size_t length,
                      bool continued);

/* Reads a whole record into *RECORD, whose URL is initialized. Errors: -EBADMSG if it does not have
 * this layout, -ENOMEM. */
int record_read(const struct record_layout *layout, const char *text, size_t length,
                struct known_record *record);

#endif
