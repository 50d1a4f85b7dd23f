#include "cli/text/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* No name is as long. */
enum { LONGEST_NAME = 63 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Levenshtein's distance, in which two letters that have changed places are one mistake. */
static size_t distance(const char *word, size_t length, const char *name, size_t name_length)
{
    /* In the row of i, cell j is the distance from the first i letters of the word to the first j
     * of the name. Three rows are enough. */
    size_t rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= name_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= length; i++) {
        size_t *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= name_length; j++) {
            size_t changed = last[j - 1] + !same_letter(word[i - 1], name[j - 1]);
            row[j] = smaller(changed, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(word[i - 1], name[j - 2]) &&
                same_letter(word[i - 2], name[j - 1]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
    }
    return rows[length % 3][name_length];
}

struct spelling spelling_of(const char *word, size_t length)
{
    /* What is farther off than this is another word. */
    return (struct spelling){.word = word, .length = length, .distance = (length + 1) / 3 + 1};
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
