/* A record as it was written, read again: of JSON lines or CSV, as far as --resume needs it. */
#ifndef CLI_KEPT_RECORD_H
#define CLI_KEPT_RECORD_H

#include "cli/format.h"

/* Where a record of CSV has what, and what its line of names is. */
struct kept_layout {
    enum format format;
    const struct fields *fields;
    struct buffer head; /* the line of names with its end; empty for JSON lines */
    size_t index;       /* cells */
    size_t url;
    size_t error; /* SIZE_MAX where it is not among them, as is: */
    size_t ok;
};

struct kept_record {
    size_t index;
    struct buffer url; /* as a JSON string, which is the same for all that is written the same */
    bool cancelled;    /* it was never finished */
    bool failed;       /* as far as its fields tell */
};

/* The layout of what FORMATTER writes. -EINVAL with a text where a record of it cannot be known
 * again, or whether it failed where that matters; -ENOMEM. It may be freed all the same. */
int kept_layout_new(struct formatter *formatter, const struct options *options,
                    struct kept_layout *ret_layout);
void kept_layout_free(struct kept_layout *layout);

/* Whether TEXT, which ends in a line end, is a whole record and not only the first lines of one. */
bool kept_record_is_whole(const struct kept_layout *layout, const char *text, size_t length);

/* Reads a whole record into *RECORD, whose URL was initialized. -EBADMSG where it is none that was
 * written with this layout, -ENOMEM. */
int kept_record_read(const struct kept_layout *layout, const char *text, size_t length,
                     struct kept_record *record);

#endif
