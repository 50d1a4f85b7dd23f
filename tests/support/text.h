/* A growing text, with a NUL behind it once something was appended. A failed allocation is
 * remembered, so that only the one who sends it need look. */
#ifndef SUPPORT_TEXT_H
#define SUPPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
};

void text_append(struct text *text, const void *data, size_t size);
void text_string(struct text *text, const char *string);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends a string of JSON, in quotes. Invalid UTF-8 becomes U+FFFD. */
void text_json(struct text *text, const char *data, size_t size);

void text_free(struct text *text);

#endif
