#include "cli/spelling.h"

#include <string.h>

/* No name of an option or a field is nearly as long. */
enum { LONGEST_NAME = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t spelling_distance(const char *word, size_t length, const char *name)
{
    size_t name_length = strlen(name);
    if (name_length > LONGEST_NAME)
        return length + name_length;

    /* row[j] is the distance of the part of the word read so far to the first j letters of the name. */
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

size_t spelling_limit(size_t length)
{
    return length / 3 + 2;
}
