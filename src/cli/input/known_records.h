/* --resume: the records that an earlier run has written. Their entries are not fetched again. */
#ifndef CLI_INPUT_KNOWN_RECORDS_H
#define CLI_INPUT_KNOWN_RECORDS_H

#include "base/fingerprint_set.h"
#include "cli/input/source.h"

/* Zero-initialized it is empty. */
struct known_records {
    struct fingerprint_set records; /* the index and the URL of each */
    struct fingerprint_set indexes; /* the index of each */
    size_t count;
    size_t failed;     /* of count */
    size_t largest;    /* index */
    size_t matched;    /* by entries, since the last rewind */
    struct buffer url; /* of the entry that is looked up */
};

void known_records_free(struct known_records *known);

/* Adds a record. URL is a JSON string, without its password, as records have it.
 * Errors: -EBADMSG with a text if another record has this index, -ENOMEM. */
int known_records_add(struct known_records *known, size_t index, const struct buffer *url,
                      bool failed);

/* Returns 1 if there is a record of the entry, else 0.
 * Errors: -EBADMSG with a text if the record of this index is for another URL, -ENOMEM. */
int known_records_match(struct known_records *known, const struct entry *entry);

/* Prepares for matching the list once more. */
void known_records_rewind(struct known_records *known);

/* Errors: -EBADMSG with a text if the list, of which all entries were matched, lacks a record. */
int known_records_finish(const struct known_records *known);

/* Matches the whole list, if it can be read twice, and rewinds it.
 * Errors: those of known_records_match(), known_records_finish() and source_next(). May suspend. */
int known_records_check_list(struct known_records *known, struct source *source);

#endif
