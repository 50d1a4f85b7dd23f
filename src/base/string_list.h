/* A list of words that grows. */
#ifndef BASE_STRING_LIST_H
#define BASE_STRING_LIST_H

#include <stddef.h>

/* NULL-terminated; NULL where there are none. */
struct words {
    const char **list;
    size_t count;
};

/* Appends a word, which is borrowed. -ENOMEM. */
int words_append(struct words *words, const char *word);

/* Appends a word, which is the list's to free from then on, on failure too. -ENOMEM. */
int words_take(struct words *words, char *word);

/* Frees a list and its words, all of which it must have taken. */
void words_free(struct words *words);

#endif
