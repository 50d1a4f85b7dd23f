/* A growing list of strings. */
#ifndef BASE_STRING_LIST_H
#define BASE_STRING_LIST_H

#include <stddef.h>

/* Zero-initialized it is empty. */
struct string_list {
    const char **strings; /* NULL-terminated; NULL if empty */
    size_t count;
};

/* Appends a string, which is borrowed. Errors: -ENOMEM. */
int string_list_append(struct string_list *list, const char *string);

/* Appends a string, which the list owns from then on, even on failure. Errors: -ENOMEM. */
int string_list_take(struct string_list *list, char *string);

/* Frees a list that owns all of its strings, and leaves it empty. */
void string_list_free(struct string_list *list);

#endif
