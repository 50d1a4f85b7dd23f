/* UTF-8 (RFC 3629): without overlong forms, surrogates and code points beyond U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the length of the first character of TEXT, 1 to 4, or 0 if it is invalid. */
size_t utf8_character(const char *text, size_t length);

/* True if TEXT is valid UTF-8. */
bool utf8_valid(const char *text, size_t length);

/* MAXIMUM, or LENGTH if that is less, or up to three bytes less, so as not to cut a character in
 * two. */
size_t utf8_truncate(const char *text, size_t length, size_t maximum);

#endif
