/* A file that is read at once, or standard input. */
#ifndef BASE_READ_FILE_H
#define BASE_READ_FILE_H

#include "base/buffer.h"

/* Appends all that is in the file NAME, "-" being standard input, to CONTENT. -EMSGSIZE where that
 * is more than the buffer may hold, another negated errno where it cannot be read, -ENOMEM. */
int whole_file_read(const char *name, struct buffer *content);

#endif
