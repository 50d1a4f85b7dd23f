/* Coded bodies for tests, made by the libraries' own encoders. */
#ifndef TESTS_ENCODERS_H
#define TESTS_ENCODERS_H

#include <stddef.h>

#include "base/buffer.h"

enum format { GZIP, ZLIB, RAW_DEFLATE, BROTLI, ZSTD, FORMATS };

/* The name of a format in Content-Encoding and in a test's message. */
const char *format_coding(enum format format);
const char *format_name(enum format format);

/* Appends SIZE bytes of DATA to BUFFER, coded: as a complete stream, with a checksum where the
 * format has one, or as one that was flushed and goes on. */
void encode(enum format format, const void *data, size_t size, struct buffer *buffer);
void encode_beginning(enum format format, const void *data, size_t size, struct buffer *buffer);

/* With a window of 2^WINDOW_LOG bytes, whatever the size. Of brotli, more than 24 is what only its
 * "large window" has. */
void encode_brotli(const void *data, size_t size, int window_log, struct buffer *buffer);
void encode_zstd(const void *data, size_t size, int window_log, struct buffer *buffer);

/* A member of gzip with every optional field in its header. */
void encode_gzip_with_fields(const void *data, size_t size, struct buffer *buffer);

#endif
