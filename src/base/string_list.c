#include "base/string_list.h"

#include <errno.h>
#include <stdlib.h>

int string_list_append(struct string_list *list, const char *string)
{
    const char **strings = realloc(list->strings, (list->count + 2) * sizeof *strings);
    if (!strings)
        return -ENOMEM;
    list->strings = strings;
    strings[list->count++] = string;
    strings[list->count] = NULL;
    return 0;
}

int string_list_take(struct string_list *list, char *string)
{
    int r = string_list_append(list, string);
    if (r < 0)
        free(string);
    return r;
}

void string_list_free(struct string_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free((char *)list->strings[i]);
    free(list->strings);
    *list = (struct string_list){0};
}
