/* The entries of the list that are fetched: --shard, --dedupe and --resume leave others out. */
#ifndef CLI_INPUT_FILTER_H
#define CLI_INPUT_FILTER_H

#include "base/fingerprint_set.h"
#include "cli/input/known_records.h"
#include "cli/input/source.h"
#include "cli/options/options.h"

struct filter {
    const struct options *options;
    struct source *source;
    struct known_records *known; /* --resume; NULL: none */
    struct fingerprint_set urls; /* --dedupe: those that came before */
    size_t count;                /* entries that passed, since the last rewind */
};

/* Ownership: all arguments are borrowed. KNOWN may be NULL. */
void filter_init(struct filter *filter, const struct options *options, struct source *source,
                 struct known_records *known);
void filter_free(struct filter *filter);

/* Returns 1 and the next entry that passes, or 0 at the end of the list.
 * Errors: those of source_next() and known_records_match(). May suspend. */
int filter_next(struct filter *filter, struct entry *ret_entry);

/* Starts the list again. Errors: those of source_rewind(). */
int filter_rewind(struct filter *filter);

#endif
