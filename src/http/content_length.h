/* The value of a Content-Length header, of which libcurl 7.88 reads no more than it begins with. */
#ifndef HTTP_CONTENT_LENGTH_H
#define HTTP_CONTENT_LENGTH_H

#include <stddef.h>
#include <stdint.h>

/* Reads a number, or a list in which the same one is repeated (RFC 9110, 8.6), from a VALUE of SIZE
 * bytes; blanks and a line end around it are fine. A number that is too large is INT64_MAX. -EINVAL
 * where it is none, or the numbers differ. */
int64_t content_length_parse(const char *value, size_t size);

#endif
