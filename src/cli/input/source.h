/* The list: operands, files and standard input, read one entry at a time, on demand. */
#ifndef CLI_INPUT_SOURCE_H
#define CLI_INPUT_SOURCE_H

#include "base/string_list.h"
#include "cli/input/json_request.h"

struct source;

/* A line of the list, or an operand, which gets a record. Strings live until the next call of
 * source_next(), unless otherwise stated. */
struct entry {
    size_t index;
    const char *url;              /* as given; escaped and shortened if it is not valid */
    const char *error;            /* why it is not valid, or NULL */
    struct json_request *request; /* of a line in JSON, else NULL; take a reference to keep it */
    const char *list_name;        /* a file, "stdin" or "operand"; lives as long as the source */
    size_t line;                  /* in the file, from 1; 0 for an operand */
};

/* Reports a list that cannot be read. Names in the message are not escaped. */
typedef void source_message(const char *message, void *arg);

/* Reads OPERANDS in their order, or standard input if there are none.
 * Ownership: operands are borrowed. Errors: -ENOMEM. */
int source_new(const struct string_list *operands, source_message *message, void *arg,
               struct source **ret_source);
void source_free(struct source *source);

/* Returns 1 and the next entry, or 0 at the end. A list that cannot be read is reported, once, and
 * the next operand follows. Suspends if standard input or a pipe has no data yet; never blocks the
 * loop. Errors: AF_CANCELLED, -ENOMEM. */
int source_next(struct source *source, struct entry *ret_entry);

/* True if a list could not be read to its end: exit status 3. */
bool source_failed(const struct source *source);

/* The part of the input that has been read, from 0 to 1; NAN if its size is not known, as that of a
 * pipe. Reads nothing. */
double source_fraction_read(const struct source *source);

/* Counts the entries of a list that is small: URLs, and files of a megabyte together. *RET_COUNT is
 * NAN for another list, or if it cannot be read. To be called before the first entry. May suspend.
 * Errors: AF_CANCELLED, -ENOMEM, another negated errno. */
int source_count(const struct source *source, double *ret_count);

/* Starts again with the first operand. May be called before the first entry, to find out whether
 * the input can be read twice. Errors: -ESPIPE with a text if it cannot, another negated errno. */
int source_rewind(struct source *source);

#endif
