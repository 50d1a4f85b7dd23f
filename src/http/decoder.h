/* Decodes a body as Content-Encoding says, and can tell whether it is complete. libcurl's decoding
 * is switched off for that: it does not report a coded body that ends early. */
#ifndef HTTP_DECODER_H
#define HTTP_DECODER_H

#include <stddef.h>
#include <stdint.h>

struct decoder;

/* As a maximum: no limit on the decoded size at all. */
#define DECODER_UNLIMITED UINT64_MAX

/* Receives decoded bytes, at least one and at most 16 KiB at once, as from libcurl. A negative code
 * ends decoding. */
typedef int decoder_sink(const void *data, size_t size, void *arg);

/* Makes a decoder from the values of all Content-Encoding lines, joined by commas in their order
 * (NULL if there is none): "gzip" (also as "x-gzip"), "deflate" (with or without the zlib header),
 * "br" and "zstd", in any case; "identity" and "none" are skipped. *ret_decoder is NULL if nothing
 * needs to be decoded.
 *
 * MAXIMUM limits the decoded body to that many bytes. If it is 0, a body of more than 64 MiB must
 * not have more than 1,100 times the bytes that were received. Intermediate results of several
 * codings may be as large as the larger of the two. The pieces in which a body comes do not decide
 * if it is complete, nor what it decodes to; of several errors in one body they may decide which is
 * reported. A NULL decoder has no limit.
 *
 * Memory: 16 KiB for each coding and its window, of 32 KiB (gzip, deflate), 16 MiB (br) or 8 MiB
 * (zstd, the most that RFC 9659 allows), of which pages are used as the decoded body grows.
 *
 * -ENOTSUP with a text for an unknown coding or more than five; -ENOMEM. Call it at the first byte
 * of a body: a response without one may name any coding. Owned by the caller; one thread at
 * a time. Does not suspend. */
int decoder_new(const char *codings, uint64_t maximum, struct decoder **ret_decoder);
void decoder_free(struct decoder *decoder);

/* Decodes SIZE bytes and gives the result to SINK, in pieces; a NULL decoder passes them on as they
 * are. All that can be decoded so far has reached SINK when this returns. With a text: -EBADMSG if
 * the data is invalid or goes on after the end of its stream (zeros excepted); AF_LIMIT_OVERRUN if
 * a limit is exceeded, before SINK gets what is too much. -ENOMEM. Codes of SINK are returned as
 * they are. After an error every further call returns the same code, without a text. */
int decoder_write(struct decoder *decoder, const void *data, size_t size, decoder_sink *sink,
                  void *arg);

/* Checks that the body is complete, once all of it was written: 0, also for an empty body and a
 * NULL decoder. With a text: AF_INCOMPLETE_READ if its coding ends early; AF_LIMIT_OVERRUN if it
 * exceeds the limit as a whole. After an error of decoder_write() the same code, without a text. */
int decoder_finish(struct decoder *decoder);

/* The value of Accept-Encoding: all that can be decoded, as curl says it. Static. */
const char *decoder_accept_encoding(void);

#endif
