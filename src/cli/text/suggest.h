/* "Did you mean": the known name nearest to an unknown word, if the word may be a misspelling of
 * it: up to one mistake, or two in a word of eight letters, and no other digits. */
#ifndef CLI_TEXT_SUGGEST_H
#define CLI_TEXT_SUGGEST_H

#include <stddef.h>

struct suggestion {
    const char *word;
    size_t length;
    const char *nearest; /* of the names offered so far; NULL if none is similar */
    size_t distance;     /* to it: letters to be inserted, deleted, replaced or swapped */
};

/* Starts a search for the first LENGTH bytes of WORD, which is borrowed. */
struct suggestion suggestion_for(const char *word, size_t length);

/* Compares the word with a name, which is borrowed. */
void suggestion_offer(struct suggestion *suggestion, const char *name);

#endif
