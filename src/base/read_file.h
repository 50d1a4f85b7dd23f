/* Reads a whole file, or standard input. */
#ifndef BASE_READ_FILE_H
#define BASE_READ_FILE_H

#include "base/buffer.h"

/* Appends the content of the file NAME to CONTENT; "-" is standard input.
 * Errors: -EMSGSIZE if it is larger than the buffer may become, another negated errno, -ENOMEM. */
int read_file(const char *name, struct buffer *content);

#endif
