/* Decodes a coded body, in pieces, and keeps what comes of it. */
#ifndef TESTS_DECODING_H
#define TESTS_DECODING_H

#include <stdint.h>

#include "base/buffer.h"

struct decoding {
    int result;    /* of decoder_new(), decoder_write() and decoder_finish(): the first error */
    uint64_t size; /* of the decoded body */
    size_t largest_piece; /* that the sink was given */
    struct buffer body;   /* its first 4 MiB */
};

/* Decodes SIZE bytes of DATA in pieces of PIECE bytes; 0 is all at once. It is freed with
 * decoding_free(). */
struct decoding decode(const char *codings, uint64_t maximum, const void *data, size_t size,
                       size_t piece);
void decoding_free(struct decoding *decoding);

/* Takes decoded bytes into ARG, a struct decoding. */
int keep_decoded(const void *data, size_t size, void *arg);

/* Checks that the body decodes to DATA or fails with CODE, in pieces of many sizes. MESSAGE says
 * which case it is. */
void expect_decoded(const char *codings, const struct buffer *coded, const void *data, size_t size,
                    const char *message);
void expect_failure(const char *codings, const struct buffer *coded, int code, const char *message);

/* Text that compresses; the same in every run. */
void make_text(void *data, size_t size);

/* Bytes that do not compress; the same in every run. */
void make_noise(void *data, size_t size);

#endif
