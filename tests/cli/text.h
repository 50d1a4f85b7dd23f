/* A growing text. There is always a NUL behind it. Without memory no test can go on. */
#ifndef CLI_TESTS_TEXT_H
#define CLI_TESTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data; /* NULL as long as nothing was appended */
    size_t length;
    size_t capacity;
};

void text_append(struct text *text, const void *data, size_t size);
void text_string(struct text *text, const char *string);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends DATA so that it can be shown: control characters as \x1b, and the middle of what is
 * longer than a page left out. */
void text_show(struct text *text, const char *data, size_t size);

/* The whole text; "" where nothing was appended. */
const char *text_get(const struct text *text);

/* Returns the number of line ends. */
size_t text_lines(const struct text *text);

/* Returns the offset of the first byte that is not UTF-8, or -1. */
long text_invalid_utf8(const struct text *text);

/* Appends the content of a file. False, with errno, if it cannot be read. */
bool text_read_file(struct text *text, const char *path);

void text_free(struct text *text);

#endif
