/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the character that TEXT begins with: 1 to 4, or 0 where its bytes make none. */
size_t utf8_character(const char *text, size_t length);

/* Whether TEXT is UTF-8 from its first byte to its last. */
bool utf8_valid(const char *text, size_t length);

#endif
