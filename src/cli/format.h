/* How records look: text for a person, JSON, JSON lines, CSV. All append whole records to a buffer and
 * know nothing of where it goes. */
#ifndef CLI_FORMAT_H
#define CLI_FORMAT_H

#include "cli/options.h"
#include "cli/record.h"

struct format_options {
    enum format format;
    struct fields fields; /* borrowed */
    bool color;           /* text only */
};

/* What comes before the first record, a record (FIRST: no other came before), and what comes after
 * the last. -ENOMEM, -EMSGSIZE; the buffer is then as it was. */
int format_begin(const struct format_options *options, struct buffer *buffer);
int format_record(const struct format_options *options, const struct record *record, bool first,
                  struct buffer *buffer);
int format_end(const struct format_options *options, struct buffer *buffer);

/* One value as JSON: always valid UTF-8; bytes that are not become U+FFFD. */
int json_write_value(struct buffer *buffer, struct value value);
int json_write_string(struct buffer *buffer, const char *string, size_t length);

/* STRING with its control characters and invalid bytes escaped (\n, \x1b), for a terminal. */
int text_write_escaped(struct buffer *buffer, const char *string);

#endif
