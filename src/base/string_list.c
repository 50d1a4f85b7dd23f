#include "base/string_list.h"

#include <errno.h>
#include <stdlib.h>

int words_append(struct words *words, const char *word)
{
    const char **list = realloc(words->list, (words->count + 2) * sizeof *list);
    if (!list)
        return -ENOMEM;
    words->list = list;
    list[words->count++] = word;
    list[words->count] = NULL;
    return 0;
}

int words_take(struct words *words, char *word)
{
    int r = words_append(words, word);
    if (r < 0)
        free(word);
    return r;
}

void words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free((char *)words->list[i]);
    free(words->list);
    *words = (struct words){0};
}
