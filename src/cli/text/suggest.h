/* The name that was probably meant, for messages about a word that is none. */
#ifndef CLI_TEXT_SUGGEST_H
#define CLI_TEXT_SUGGEST_H

#include <stddef.h>

struct spelling {
    const char *word;
    size_t length;
    const char *nearest; /* of the names offered so far; NULL where none is like the word */
    size_t distance;     /* to it: how many letters must be added, dropped or changed */
};

/* Begins to look for what the first LENGTH bytes of WORD may have meant. */
struct spelling spelling_of(const char *word, size_t length);

/* Compares the word with one more name, which is borrowed. */
void spelling_offer(struct spelling *spelling, const char *name);

#endif
