/* Base64 (RFC 4648, section 4): bytes as text. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buffer.h"

/* Appends SIZE bytes, encoded, with padding and without line breaks. -ENOMEM, -EMSGSIZE; nothing is
 * changed then. */
int base64_append(struct buffer *buffer, const void *data, size_t size);

/* Appends what TEXT encodes. -EINVAL where it is no base64, with its padding and without blanks;
 * -ENOMEM, -EMSGSIZE; nothing is appended then. */
int base64_decode(struct buffer *buffer, const char *text, size_t length);

#endif
