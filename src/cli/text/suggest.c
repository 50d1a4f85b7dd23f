#include "cli/text/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer than any name. */
enum { LONGEST_NAME = 63 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Damerau-Levenshtein distance: swapped neighbours count once. */
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

/* Copies the digits of TEXT. */
static void copy_digits(const char *text, size_t length, char to[LONGEST_NAME + 1])
{
    for (const char *end = text + length; text < end; text++)
        if (isdigit((unsigned char)*text))
            *to++ = *text;
    *to = '\0';
}

/* True if both have digits, and not the same: "http1.0" is not a misspelled "http1.1". */
static bool have_other_digits(const char *word, size_t length, const char *name, size_t name_length)
{
    char digits[LONGEST_NAME + 1], name_digits[LONGEST_NAME + 1];
    copy_digits(word, length, digits);
    copy_digits(name, name_length, name_digits);
    return digits[0] && name_digits[0] && strcmp(digits, name_digits) != 0;
}

/* Returns the number of mistakes that a word of LENGTH may have. With more, it is likely to be a
 * word of its own, such as an option of another program. */
static size_t mistakes(size_t length)
{
    return length < 3 ? 0 : length < 8 ? 1 : 2;
}

struct suggestion suggestion_for(const char *word, size_t length)
{
    return (struct suggestion){.word = word, .length = length, .distance = mistakes(length) + 1};
}

void suggestion_offer(struct suggestion *suggestion, const char *name)
{
    /* The word may be of any length. */
    size_t name_length = strlen(name);
    if (suggestion->length > LONGEST_NAME || name_length > LONGEST_NAME ||
        have_other_digits(suggestion->word, suggestion->length, name, name_length))
        return;
    size_t found = distance(suggestion->word, suggestion->length, name, name_length);
    if (found < suggestion->distance) {
        suggestion->nearest = name;
        suggestion->distance = found;
    }
}
