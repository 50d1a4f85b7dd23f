/* Values of Content-Encoding, their use by servers, and the sink of the result. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

#include <afetch/error.h>

#include "coded_body.h"
#include "decoding.h"
#include "encoders.h"
#include "http/decoder.h"

TestSuite(decoder_codings, .init = coded_body_init, .fini = coded_body_free, .timeout = 120);

/* ----------------------------------------------- what servers call deflate */

Test(decoder_codings, raw_deflate_may_begin_like_a_zlib_header_but_for_its_check)
{
    static const char raw[] = "\x08\x01\x00\xfe\xff"
                              "A\x03";
    append(raw, sizeof raw);
    expect_decoded("deflate", &coded, "A", 1, "stored, with a bit set that is not used");
}

Test(decoder_codings, a_preset_dictionary_is_an_error)
{
    append("\x78\xbb\0\0\0\1", 6);
    expect_failure("deflate", &coded, -EBADMSG, "a dictionary");
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EBADMSG)),
                 "Error while processing content unencoding: deflate: preset dictionary needed"));
}

Test(decoder_codings, gzip_may_name_what_is_zlib_and_deflate_not_what_is_gzip)
{
    encode(ZLIB, text, 1000, &coded);
    expect_decoded("gzip", &coded, text, 1000, "as libcurl does");
    coded.length = 0;
    encode(GZIP, text, 1000, &coded);
    expect_failure("deflate", &coded, -EBADMSG, "as libcurl does");
}

/* -------------------------------------------------------- Content-Encoding */

Test(decoder_codings, needs_no_decoder_for_identity)
{
    static const char *const codings[] = {NULL,   "",    "identity",
                                          "none", " , ", "identity, IDENTITY"};
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
        struct decoder *decoder = (struct decoder *)&coded;
        cr_assert(zero(int, decoder_new(codings[i], 0, &decoder)));
        cr_assert_null(decoder, "case %zu", i);
    }
    append("as it is", 8);
    expect_decoded("identity", &coded, "as it is", 8, "identity");
}

Test(decoder_codings, knows_names_in_any_case_and_with_blanks_around_them)
{
    static const char *const codings[] = {"gzip",         "GZip",       "x-gzip",        "X-GZIP",
                                          " \tgzip \r\n", ",,gzip , ,", "identity, gzip"};
    encode(GZIP, text, 1000, &coded);
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++)
        expect_decoded(codings[i], &coded, text, 1000, codings[i]);
}

Test(decoder_codings, decodes_first_what_was_applied_last)
{
    struct buffer inner;
    buffer_init(&inner, SIZE_MAX);
    encode(GZIP, text, 10000, &inner);
    encode(BROTLI, inner.data, inner.length, &coded);
    expect_decoded("gzip, br", &coded, text, 10000, "gzip, br");
    expect_failure("br, gzip", &coded, -EBADMSG, "br, gzip");
    buffer_free(&inner);
}

Test(decoder_codings, decodes_five_codings_and_no_more)
{
    struct buffer inner;
    buffer_init(&inner, SIZE_MAX);
    buffer_append(&inner, text, 3000);
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode(format, inner.data, inner.length, &coded);
        inner.length = 0;
        buffer_append(&inner, coded.data, coded.length);
    }
    expect_decoded("gzip, deflate, deflate, br, zstd", &coded, text, 3000, "five");
    expect_failure("gzip, deflate, deflate, br, zstd, identity", &coded, -ENOTSUP, "six");
    expect_failure("none, none, none, none, none, gzip", &coded, -ENOTSUP, "six");
    cr_assert(eq(str, (char *)af_error_text(af_raised(-ENOTSUP)),
                 "Reject response due to more than 5 content encodings"));
    buffer_free(&inner);
}

#define KNOWN " (known: deflate, gzip, br, zstd)"

Test(decoder_codings, an_unknown_name_is_an_error_that_quotes_only_what_may_be_a_name)
{
    static const struct {
        const char *codings, *error;
    } unknown[] = {
        {"compress", "Unrecognized content encoding type 'compress'" KNOWN},
        {"gzip, x-snappy ,br", "Unrecognized content encoding type 'x-snappy'" KNOWN},
        {"gzi", "Unrecognized content encoding type 'gzi'" KNOWN},
        {"gzip2", "Unrecognized content encoding type 'gzip2'" KNOWN},
        {"gzip br", "Unrecognized content encoding type" KNOWN},
        {"\033[2J", "Unrecognized content encoding type" KNOWN},
        {"a-name-that-is-longer-than-any-coding-has", "Unrecognized content encoding type" KNOWN},
    };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        struct decoder *decoder = NULL;
        cr_assert(eq(int, decoder_new(unknown[i].codings, 0, &decoder), -ENOTSUP));
        cr_assert(eq(str, (char *)af_error_text(af_raised(-ENOTSUP)), (char *)unknown[i].error));
        cr_assert_null(decoder);
    }
}

Test(decoder_codings, accepts_what_it_can_decode)
{
    struct decoder *decoder = NULL;
    cr_assert(eq(str, (char *)decoder_accept_encoding(), "deflate, gzip, br, zstd"));
    cr_assert(zero(int, decoder_new(decoder_accept_encoding(), 0, &decoder)));
    cr_assert_not_null(decoder);
    decoder_free(decoder);
}

/* ---------------------------------------------------------------- the sink */

struct refusal {
    int calls;
    int last; /* the call that fails */
};

static int refuse(const void *data, size_t size, void *arg)
{
    struct refusal *refusal = arg;
    (void)data, (void)size;
    return ++refusal->calls < refusal->last ? 0 : -ENOSPC;
}

Test(decoder_codings, an_error_of_the_sink_ends_decoding_at_once)
{
    static char zeros[1 << 20];
    for (enum format format = 0; format < FORMATS; format++)
        for (int last = 1; last < 4; last++) {
            struct decoder *decoder;
            struct refusal refusal = {.last = last};
            coded.length = 0;
            encode(format, zeros, sizeof zeros, &coded);
            cr_assert(zero(int, decoder_new(format_coding(format), 0, &decoder)));
            for (int i = 0; i < 2; i++)
                cr_assert(eq(int,
                             decoder_write(decoder, coded.data, coded.length, refuse, &refusal),
                             -ENOSPC));
            cr_assert(eq(int, refusal.calls, last), "%s", format_name(format));
            cr_assert(eq(int, decoder_finish(decoder), -ENOSPC));
            decoder_free(decoder);
        }
}

Test(decoder_codings, without_a_decoder_bytes_are_passed_on)
{
    struct refusal refusal = {.last = 2};
    cr_assert(zero(int, decoder_write(NULL, "plain", 5, refuse, &refusal)));
    cr_assert(zero(int, decoder_write(NULL, "", 0, refuse, &refusal)));
    cr_assert(eq(int, decoder_write(NULL, "plain", 5, refuse, &refusal), -ENOSPC));
    cr_assert(zero(int, decoder_finish(NULL)));
    decoder_free(NULL);
}
