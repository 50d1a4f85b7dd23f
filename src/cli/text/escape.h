/* Escapes untrusted text. */
#ifndef CLI_TEXT_ESCAPE_H
#define CLI_TEXT_ESCAPE_H

#include <stdbool.h>

#include "base/buffer.h"

/* True if a terminal interprets a character of SIZE bytes, two at least, instead of showing it. */
bool text_is_control(const char *character, size_t size);

/* Appends TEXT for a terminal: control characters, those of text direction included, and bytes that
 * are not UTF-8 become \n, \x1b, \u202e. Errors: -ENOMEM, -EMSGSIZE. */
int text_write_escaped(struct buffer *buffer, const char *text, size_t length);

/* The same, but line ends and tabs are kept. */
int text_write_lines(struct buffer *buffer, const char *text, size_t length);

/* Appends TEXT as a JSON string in valid UTF-8: other bytes become U+FFFD. Errors: -ENOMEM,
 * -EMSGSIZE. */
int json_write_string(struct buffer *buffer, const char *text, size_t length);

#endif
