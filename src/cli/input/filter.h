/* Which entries of the input are fetched: --shard, --dedupe and --resume pass over the others. */
#ifndef CLI_INPUT_FILTER_H
#define CLI_INPUT_FILTER_H

#include "base/fingerprint_set.h"
#include "cli/options/options.h"

struct entry;
struct resume;

struct selection {
    const struct options *options;
    struct resume *resume; /* NULL: nothing is kept */
    struct seen urls;      /* those that came, where none is to be fetched twice */
};

/* Takes everything where the options say nothing. */
void selection_init(struct selection *selection, const struct options *options);
void selection_free(struct selection *selection);

/* The input begins anew. */
void selection_rewind(struct selection *selection);

/* Whether an entry is taken: 1 or 0. An entry that was is seen. -ENOMEM. */
int selection_takes(struct selection *selection, const struct entry *entry);

#endif
