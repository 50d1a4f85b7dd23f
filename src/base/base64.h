/* Base64 (RFC 4648, section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buffer.h"

/* Appends the encoding of SIZE bytes, with padding and without line breaks.
 * Errors: -ENOMEM, -EMSGSIZE; the buffer is then unchanged. */
int base64_append(struct buffer *buffer, const void *data, size_t size);

/* Decodes TEXT and appends the bytes.
 * Errors: -EINVAL if TEXT is not valid base64 with padding and without blanks; -ENOMEM, -EMSGSIZE;
 * nothing is appended then. */
int base64_decode(struct buffer *buffer, const char *text, size_t length);

#endif
