/* The text of values, as all formats write it. */
#ifndef CLI_RECORD_VALUE_TEXT_H
#define CLI_RECORD_VALUE_TEXT_H

#include "base/buffer.h"
#include "cli/record/record.h"

/* Appends text as a format does, quoted or escaped. */
typedef int text_writer(struct buffer *buffer, const char *text, size_t length);

/* Writes a boolean, a number or a time at TO, and nothing for null. At most DECIMAL_LONGEST bytes,
 * without a NUL. Returns the end. */
char *scalar_write(char *to, struct value value);

/* The functions below append to BUFFER. Errors: -ENOMEM, -EMSGSIZE, those of WRITE. */

int scalar_append(struct buffer *buffer, struct value value);

/* A URL without its password. */
int url_append(struct buffer *buffer, const char *url, text_writer *write);

/* The value of a header, without the passwords of URLs in it. */
int header_append(struct buffer *buffer, const af_header *header, text_writer *write);

/* True if the body is valid UTF-8. Otherwise it is written in base64. */
bool body_is_text(const af_response *response);

#endif
