/* The name that was probably meant, for messages about one that does not exist. */
#ifndef CLI_SPELLING_H
#define CLI_SPELLING_H

#include <stddef.h>

/* How many letters must be added, dropped or changed to make NAME of the first LENGTH bytes of WORD. */
size_t spelling_distance(const char *word, size_t length, const char *name);

/* The distance from which on a name is no likely meaning of a word of this length. */
size_t spelling_limit(size_t length);

#endif
