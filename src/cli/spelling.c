#include "cli/spelling.h"

#include <string.h>

/* No name is as long. */
enum { LONGEST_NAME = 63 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance. */
static size_t distance(const char *word, size_t length, const char *name, size_t name_length)
{
    /* row[j] is the distance from the part of the word read so far to the first j letters of the
     * name. */
    size_t row[LONGEST_NAME + 1];
    for (size_t j = 0; j <= name_length; j++)
        row[j] = j;
    for (size_t i = 0; i < length; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < name_length; j++) {
            size_t changed = diagonal + (word[i] != name[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(changed, smaller(row[j], diagonal) + 1);
        }
    }
    return row[name_length];
}

struct spelling spelling_of(const char *word, size_t length)
{
    /* What is farther off than this is another word. */
    return (struct spelling){.word = word, .length = length, .distance = length / 3 + 2};
}

void spelling_offer(struct spelling *spelling, const char *name)
{
    /* The length of a word is whatever was typed. */
    size_t name_length = strlen(name);
    if (spelling->length > LONGEST_NAME || name_length > LONGEST_NAME)
        return;
    size_t found = distance(spelling->word, spelling->length, name, name_length);
    if (found < spelling->distance) {
        spelling->nearest = name;
        spelling->distance = found;
    }
}
