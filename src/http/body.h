/* The body of a response: decoded, limited, and kept or handed on. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

struct transfer;

/* False if a response with STATUS has no body, whatever its headers say: after HEAD, and with 204
 * and 304. */
bool body_is_expected(const struct transfer *transfer, long status);

/* Notes the value of a Content-Encoding line, SIZE bytes. -ENOMEM. */
int body_add_coding(struct transfer *transfer, const char *value, size_t size);

/* Takes bytes of the body as they came. A negative code is noted as the transfer's failure, or is
 * the body callback's. */
int body_write(struct transfer *transfer, const void *data, size_t size);

/* Checks a body of which libcurl has all: a failure is noted. */
void body_finish(struct transfer *transfer);

#endif
