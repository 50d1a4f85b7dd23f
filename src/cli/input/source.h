/* Where the URLs come from: operands, files and standard input, one at a time, only when asked. */
#ifndef CLI_INPUT_SOURCE_H
#define CLI_INPUT_SOURCE_H

#include "cli/input/json_request.h"
#include "cli/options/options.h"

struct source;

/* One line of the input that wants a record. */
struct entry {
    size_t index;
    const char
        *url; /* as given; escaped and shortened where it is no URL. Lives until the next call. */
    const char *error;       /* why it is no URL, or NULL. Lives as long as url */
    struct request *request; /* of a line in JSON, or NULL; the same, unless it is referred to */
    const char *place; /* the file's name, "stdin" or "operand"; lives as long as the source */
    size_t line;       /* in the file, from 1; 0 for an operand */
};

/* A message of the source for a person: a list that cannot be read. Names in it are not escaped. */
typedef void source_message(const char *message, void *arg);

/* Reads OPERANDS in their order, or standard input where there are none. Words and strings are
 * borrowed. -ENOMEM. */
int source_new(const struct words *operands, source_message *message, void *arg,
               struct source **ret_source);
void source_free(struct source *source);

/* The next entry: 1, or 0 at the end. Suspends where standard input or a pipe has nothing yet, and
 * never keeps the loop waiting. A list that cannot be read is told by message, noted, and the next
 * operand goes on. AF_CANCELLED, -ENOMEM. */
int source_next(struct source *source, struct entry *ret_entry);

/* Whether a list could not be read, or not to its end: exit status 3. */
bool source_failed(const struct source *source);

/* The part of the input that has been read, from 0 to 1; NAN if its size is not known, as that of a
 * pipe. Reads nothing. */
double source_share(const struct source *source);

/* Begins again from the first operand, for --compare. -ESPIPE where the input cannot be read twice,
 * which can be asked before the first entry too. */
int source_rewind(struct source *source);

#endif
