#include "decoding.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <afetch/error.h>

#include "http/decoder.h"

enum { KEPT_MAXIMUM = 4 << 20 };

int keep_decoded(const void *data, size_t size, void *arg)
{
    struct decoding *decoding = arg;
    if (size > decoding->largest_piece)
        decoding->largest_piece = size;
    if (size == 0)
        cr_fatal("the sink was given nothing");
    decoding->size += size;
    size_t room = KEPT_MAXIMUM - decoding->body.length;
    return buffer_append(&decoding->body, data, size < room ? size : room);
}

static int write_in_pieces(struct decoder *decoder, const char *data, size_t size, size_t piece,
                           struct decoding *decoding)
{
    int r = 0;
    if (piece == 0)
        piece = size;
    while (size > 0 && r >= 0) {
        size_t now = piece < size ? piece : size;
        r = decoder_write(decoder, data, now, keep_decoded, decoding);
        data += now;
        size -= now;
    }
    return r;
}

struct decoding decode(const char *codings, uint64_t maximum, const void *data, size_t size,
                       size_t piece)
{
    struct decoding decoding = {0};
    struct decoder *decoder = NULL;
    buffer_init(&decoding.body, KEPT_MAXIMUM);
    decoding.result = decoder_new(codings, maximum, &decoder);
    if (decoding.result >= 0)
        decoding.result = write_in_pieces(decoder, data, size, piece, &decoding);
    if (decoding.result >= 0)
        decoding.result = decoder_finish(decoder);
    decoder_free(decoder);
    return decoding;
}

void decoding_free(struct decoding *decoding)
{
    buffer_free(&decoding->body);
}

static const size_t pieces[] = {0, 1, 2, 3, 7, 1000, 16384};

void expect_decoded(const char *codings, const struct buffer *coded, const void *data, size_t size,
                    const char *message)
{
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct decoding decoding = decode(codings, 0, coded->data, coded->length, pieces[i]);
        if (decoding.result != 0)
            cr_fatal("%s in pieces of %zu: %s", message, pieces[i],
                     af_error_text(af_raised(decoding.result)));
        if (decoding.body.length != size ||
            (size > 0 && memcmp(decoding.body.data, data, size) != 0))
            cr_fatal("%s in pieces of %zu: the body is another", message, pieces[i]);
        decoding_free(&decoding);
    }
}

void expect_failure(const char *codings, const struct buffer *coded, int code, const char *message)
{
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct decoding decoding = decode(codings, 0, coded->data, coded->length, pieces[i]);
        if (decoding.result != code)
            cr_fatal("%s in pieces of %zu: %d, not %d (%s)", message, pieces[i], decoding.result,
                     code, af_error_text(af_raised(decoding.result)));
        decoding_free(&decoding);
    }
}

/* A generator of Lehmer's. */
static uint32_t next_number(uint32_t number)
{
    return (uint32_t)((uint64_t)number * 48271 % 0x7fffffff);
}

void make_text(void *data, size_t size)
{
    static const char *const words[] = {"the ", "quick ", "brown ", "fox\n", "jumps ", "over "};
    char *text = data;
    uint32_t number = 1;
    for (size_t i = 0; i < size; number = next_number(number))
        for (const char *word = words[number % 6]; *word && i < size; word++)
            text[i++] = *word;
}

void make_noise(void *data, size_t size)
{
    unsigned char *bytes = data;
    uint32_t number = 1;
    for (size_t i = 0; i < size; i++) {
        number = next_number(number);
        bytes[i] = (unsigned char)(number >> 16);
    }
}
