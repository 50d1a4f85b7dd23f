/* Bytes of others, made safe to write. */
#ifndef CLI_TEXT_ESCAPE_H
#define CLI_TEXT_ESCAPE_H

#include <stdbool.h>

#include "base/buffer.h"

/* Whether a character of SIZE bytes, two at least, is one that a terminal obeys instead of showing
 * it. */
bool text_is_control(const char *character, size_t size);

/* Appends TEXT for a terminal: control characters, those of the direction of writing among them,
 * and bytes that are no UTF-8 as \n, \x1b, \u202e; nothing else is changed. -ENOMEM, -EMSGSIZE. */
int text_write_escaped(struct buffer *buffer, const char *text, size_t length);

/* The same for text of several lines, whose line ends and tabs stay. */
int text_write_lines(struct buffer *buffer, const char *text, size_t length);

/* Appends TEXT as a JSON string: always valid UTF-8; bytes that are not become U+FFFD. -ENOMEM,
 * -EMSGSIZE. */
int json_write_string(struct buffer *buffer, const char *text, size_t length);

#endif
