/* A record as it was written, read again: of JSON lines or CSV, as far as --resume needs it. */
#ifndef CLI_RECORD_RECORD_READER_H
#define CLI_RECORD_RECORD_READER_H

#include "cli/record/formatter.h"

/* Where a record of CSV has what, and what its line of names is. */
struct record_layout {
    enum format format;
    const struct fields *fields;
    struct buffer head; /* the line of names with its end; empty for JSON lines */
    size_t index;       /* cells */
    size_t url;
    size_t error;
};

struct known_record {
    size_t index;
    struct buffer url; /* as a JSON string, which is the same for all that is written the same */
    bool cancelled;    /* it was never finished */
    bool failed;
};

/* The layout of what FORMATTER writes. -EINVAL with a text where a record of it cannot be known
 * again, or whether it was cancelled; -ENOMEM. It may be freed all the same. */
int record_layout_new(struct formatter *formatter, struct record_layout *ret_layout);
void record_layout_free(struct record_layout *layout);

/* Whether a record goes on behind LINE, which ends in a line end; WENT_ON: it began before. */
bool record_continues(const struct record_layout *layout, const char *line, size_t length,
                      bool went_on);

/* Reads a whole record into *RECORD, whose URL was initialized. -EBADMSG where it is none that was
 * written with this layout, -ENOMEM. */
int record_read(const struct record_layout *layout, const char *text, size_t length,
                struct known_record *record);

#endif
