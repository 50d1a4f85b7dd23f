/* Writes records: as text for a person, JSON, JSON lines or CSV. Each call appends whole records to
 * a buffer, wherever that goes. */
#ifndef CLI_RECORD_FORMATTER_H
#define CLI_RECORD_FORMATTER_H

#include "base/buffer.h"
#include "cli/record/format.h"
#include "cli/record/record.h"

struct formatter;

/* Ownership: the caller frees the formatter; OPTIONS is copied, its fields are borrowed.
 * Errors: -EINVAL with a text if the fields are not valid, -ENOMEM. */
int formatter_new(const struct formatter_options *options, struct formatter **ret_formatter);
void formatter_free(struct formatter *formatter);

/* Append the beginning of the output, a record, and the end of the output.
 * Errors: -ENOMEM, -EMSGSIZE; the buffer is unchanged then. */
int formatter_begin(struct formatter *formatter, struct buffer *buffer);
int formatter_record(struct formatter *formatter, const struct record *record,
                     struct buffer *buffer);
int formatter_end(struct formatter *formatter, struct buffer *buffer);

#endif
