/* How records look: text for a person, JSON, JSON lines, CSV. All append whole records to a buffer
 * and know nothing of where it goes. */
#ifndef CLI_RECORD_FORMATTER_H
#define CLI_RECORD_FORMATTER_H

#include "base/buffer.h"
#include "cli/options/options.h"
#include "cli/record/record.h"

struct formatter;

/* Where what is formatted goes to. */
struct destination {
    bool color;    /* as text */
    bool terminal; /* which must not be given a control character in any format */
};

/* A formatter for what the options say of format and fields. -EINVAL with a text where they name no
 * field, -ENOMEM. The caller owns the formatter. */
int formatter_new(const struct options *options, struct destination destination,
                  struct formatter **ret_formatter);
void formatter_free(struct formatter *formatter);

/* What comes before the first record, a record, and what comes after the last. -ENOMEM, -EMSGSIZE;
 * the buffer is then as it was. */
int formatter_begin(struct formatter *formatter, struct buffer *buffer);
int formatter_record(struct formatter *formatter, const struct record *record,
                     struct buffer *buffer);
int formatter_end(struct formatter *formatter, struct buffer *buffer);

#endif
