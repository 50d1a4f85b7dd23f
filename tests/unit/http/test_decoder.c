/* Complete bodies, and all that is none. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

#include <afetch/error.h>

#include "coded_body.h"
#include "decoding.h"
#include "encoders.h"
#include "http/decoder.h"

TestSuite(decoder, .init = coded_body_init, .fini = coded_body_free, .timeout = 120);

/* ------------------------------------------------------------ whole bodies */

Test(decoder, decodes_every_format_in_pieces_of_any_size)
{
    static const size_t sizes[] = {0, 1, 2, 100, sizeof text};
    for (enum format format = 0; format < FORMATS; format++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            coded.length = 0;
            encode(format, text, sizes[i], &coded);
            expect_decoded(format_coding(format), &coded, text, sizes[i], format_name(format));
        }
}

Test(decoder, decodes_what_does_not_compress)
{
    static char noise[100000];
    make_noise(noise, sizeof noise);
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode(format, noise, sizeof noise, &coded);
        expect_decoded(format_coding(format), &coded, noise, sizeof noise, format_name(format));
    }
}

Test(decoder, gives_the_sink_pieces_of_at_most_16_kib)
{
    size_t size = 4 << 20;
    char *zeros = calloc(1, size);
    cr_assert_not_null(zeros);
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode(format, zeros, size, &coded);
        struct decoding decoding = decode(format_coding(format), 0, coded.data, coded.length, 0);
        cr_assert(zero(int, decoding.result));
        cr_assert(eq(sz, decoding.body.length, size));
        cr_assert(le(sz, decoding.largest_piece, 16384), "%s", format_name(format));
        decoding_free(&decoding);
    }
    free(zeros);
}

Test(decoder, gives_all_that_can_be_decoded_so_far)
{
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode_beginning(format, text, sizeof text, &coded);
        struct decoding decoding = decode(format_coding(format), 0, coded.data, coded.length, 1);
        cr_assert(eq(sz, decoding.body.length, sizeof text), "%s", format_name(format));
        cr_assert(eq(int, decoding.result, AF_INCOMPLETE_READ), "%s", format_name(format));
        decoding_free(&decoding);
    }
}

Test(decoder, an_empty_body_is_complete)
{
    static const char *const codings[] = {"gzip", "deflate", "br", "zstd", "gzip, br"};
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++)
        expect_decoded(codings[i], &coded, "", 0, codings[i]);
}

Test(decoder, a_stream_of_nothing_in_another_coding_is_complete)
{
    encode(GZIP, "", 0, &coded);
    expect_decoded("br, gzip", &coded, "", 0, "br, gzip");
}

/* ------------------------------------------------------- bodies cut short */

static void expect_every_cut_to_fail(const char *codings, size_t from, const char *message)
{
    for (size_t size = from; size < coded.length; size++)
        for (size_t piece = 0; piece < 2; piece++) {
            struct decoding decoding = decode(codings, 0, coded.data, size, piece);
            if (decoding.result != AF_INCOMPLETE_READ)
                cr_fatal("%s, %zu of %zu bytes: %d", message, size, coded.length, decoding.result);
            decoding_free(&decoding);
        }
}

Test(decoder, a_body_cut_anywhere_is_incomplete)
{
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode(format, text, 2000, &coded);
        expect_every_cut_to_fail(format_coding(format), 1, format_name(format));
    }
}

Test(decoder, a_large_body_without_its_last_byte_is_incomplete)
{
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode(format, text, sizeof text, &coded);
        coded.length--;
        expect_failure(format_coding(format), &coded, AF_INCOMPLETE_READ, format_name(format));
    }
}

Test(decoder, a_gzip_header_cut_in_an_optional_field_is_incomplete)
{
    encode_gzip_with_fields(text, 10, &coded);
    expect_decoded("gzip", &coded, text, 10, "with fields");
    expect_every_cut_to_fail("gzip", 1, "with fields");
}

Test(decoder, an_incomplete_inner_coding_is_incomplete)
{
    struct buffer inner;
    buffer_init(&inner, SIZE_MAX);
    encode(BROTLI, text, 2000, &inner);
    for (size_t size = 1; size < inner.length; size++) {
        coded.length = 0;
        encode(GZIP, inner.data, size, &coded);
        struct decoding decoding = decode("br, gzip", 0, coded.data, coded.length, 0);
        cr_assert(eq(int, decoding.result, AF_INCOMPLETE_READ), "%zu bytes", size);
        cr_assert(eq(str, (char *)af_error_text(af_raised(AF_INCOMPLETE_READ)),
                     "Error while processing content unencoding: br: unexpected end of data"));
        decoding_free(&decoding);
    }
    buffer_free(&inner);
}

/* --------------------------------------------------------- several streams */

Test(decoder, gives_all_members_of_gzip)
{
    encode(GZIP, text, 1000, &coded);
    encode_gzip_with_fields(text + 1000, 1000, &coded);
    encode(GZIP, "", 0, &coded);
    encode(GZIP, text + 2000, 1000, &coded);
    expect_decoded("gzip", &coded, text, 3000, "members");
}

Test(decoder, a_further_member_of_gzip_cut_anywhere_is_incomplete)
{
    encode(GZIP, text, 1000, &coded);
    size_t first = coded.length;
    encode(GZIP, text, 1000, &coded);
    expect_every_cut_to_fail("gzip", first + 1, "the second member");
}

Test(decoder, gives_all_frames_of_zstd_and_skips_the_skippable)
{
    static const char skippable[] = "\x5a\x2a\x4d\x18\x05\0\0\0other";
    append(skippable, sizeof skippable - 1);
    encode(ZSTD, text, 1000, &coded);
    append(skippable, sizeof skippable - 1);
    encode(ZSTD, "", 0, &coded);
    encode(ZSTD, text + 1000, 1000, &coded);
    expect_decoded("zstd", &coded, text, 2000, "frames");
    size_t whole = coded.length;
    append(skippable, sizeof skippable - 1);
    expect_decoded("zstd", &coded, text, 2000, "a skippable frame at the end");
    expect_every_cut_to_fail("zstd", whole + 1, "a skippable frame at the end");
}

Test(decoder, only_gzip_and_zstd_have_several_streams)
{
    static const enum format single[] = {ZLIB, RAW_DEFLATE, BROTLI};
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        coded.length = 0;
        encode(single[i], text, 100, &coded);
        encode(single[i], text, 100, &coded);
        expect_failure(format_coding(single[i]), &coded, -EBADMSG, format_name(single[i]));
    }
}

/* --------------------------------------------------- bytes behind the end */

Test(decoder, zeros_behind_the_end_are_padding)
{
    static const char zeros[40000];
    for (enum format format = 0; format < FORMATS; format++)
        for (size_t size = 1; size <= sizeof zeros; size += 13333) {
            coded.length = 0;
            encode(format, text, 1000, &coded);
            append(zeros, size);
            expect_decoded(format_coding(format), &coded, text, 1000, format_name(format));
        }
}

Test(decoder, any_other_byte_behind_the_end_is_an_error)
{
    for (enum format format = 0; format < FORMATS; format++)
        for (int byte = 1; byte < 256; byte++) {
            bool begins_stream =
                (format == GZIP && byte == 0x1f) ||
                (format == ZSTD && (byte == 0x28 || (byte >= 0x50 && byte <= 0x5f)));
            coded.length = 0;
            encode(format, text, 100, &coded);
            append(&(char){(char)byte}, 1);
            expect_failure(format_coding(format), &coded,
                           begins_stream ? AF_INCOMPLETE_READ : -EBADMSG, format_name(format));
        }
}

Test(decoder, what_only_begins_like_a_further_stream_is_an_error)
{
    encode(GZIP, text, 100, &coded);
    append("\x1fnot gzip", 9);
    expect_failure("gzip", &coded, -EBADMSG, "gzip");
    coded.length = 0;
    encode(ZSTD, text, 100, &coded);
    append("\x28not zstd", 9);
    expect_failure("zstd", &coded, -EBADMSG, "zstd");
}

Test(decoder, nothing_follows_padding_but_padding)
{
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode(format, text, 100, &coded);
        append("\0\0\0", 3);
        encode(format, text, 100, &coded);
        expect_failure(format_coding(format), &coded, -EBADMSG, format_name(format));
    }
}

/* ------------------------------------------------------------ damaged data */

Test(decoder, a_wrong_checksum_or_length_is_an_error)
{
    static const struct {
        enum format format;
        size_t from_end;
    } places[] = {{GZIP, 8}, {GZIP, 5}, {GZIP, 4}, {GZIP, 1}, {ZLIB, 4}, {ZLIB, 1}, {ZSTD, 1}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        coded.length = 0;
        encode(places[i].format, text, 1000, &coded);
        coded.data[coded.length - places[i].from_end] ^= 1;
        expect_failure(format_coding(places[i].format), &coded, -EBADMSG,
                       format_name(places[i].format));
    }
}

/* libzstd by itself accepts that in some pieces: the only block is empty, its checksum right. */
Test(decoder, a_frame_of_zstd_with_another_size_than_its_header_says_is_an_error)
{
    static const char frame[] = "\x28\xb5\x2f\xfd\x24\xbc\x01\0\0\x99\xe9\xd8\x51";
    append(frame, sizeof frame - 1);
    expect_failure("zstd", &coded, -EBADMSG, "188 bytes");
    coded.data[5] = 0;
    expect_decoded("zstd", &coded, "", 0, "none");
}

/* The last bytes of the header are its checksum. */
Test(decoder, a_wrong_checksum_of_a_gzip_header_is_an_error)
{
    encode_gzip_with_fields("", 0, &coded);
    coded.data[4] ^= 1;
    expect_failure("gzip", &coded, -EBADMSG, "the time");
}

Test(decoder, a_changed_bit_never_gives_another_body)
{
    static const enum format checked[] = {GZIP, ZLIB, ZSTD};
    for (size_t i = 0; i < sizeof checked / sizeof checked[0]; i++) {
        coded.length = 0;
        encode(checked[i], text, 500, &coded);
        for (size_t bit = 0; bit < coded.length * 8; bit++) {
            coded.data[bit / 8] ^= (char)(1 << bit % 8);
            struct decoding decoding =
                decode(format_coding(checked[i]), 0, coded.data, coded.length, 0);
            bool is_same =
                decoding.body.length == 500 && memcmp(decoding.body.data, text, 500) == 0;
            cr_assert(decoding.result < 0 || is_same, "%s, bit %zu", format_name(checked[i]), bit);
            decoding_free(&decoding);
            coded.data[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

Test(decoder, what_is_not_coded_is_an_error)
{
    static const char *const codings[] = {"gzip", "deflate", "br", "zstd"};
    append("<!DOCTYPE html><html><head><title>plain</title></head></html>", 61);
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++)
        expect_failure(codings[i], &coded, -EBADMSG, codings[i]);
}

/* Of them libzstd may be built to know some. */
Test(decoder, an_older_format_of_zstd_is_an_error)
{
    for (char version = 0x22; version < 0x28; version++) {
        coded.length = 0;
        append((char[]){version, '\xb5', '\x2f', '\xfd'}, 4);
        expect_failure("zstd", &coded, -EBADMSG, "the start of a frame");
    }
}

Test(decoder, after_an_error_nothing_more_is_decoded)
{
    struct decoding decoding = {0};
    struct decoder *decoder;
    buffer_init(&decoding.body, SIZE_MAX);
    encode(GZIP, text, 1000, &coded);
    cr_assert(zero(int, decoder_new("gzip", 0, &decoder)));
    cr_assert(eq(int, decoder_write(decoder, "xx", 2, keep_decoded, &decoding), -EBADMSG));
    cr_assert(eq(int, decoder_write(decoder, coded.data, coded.length, keep_decoded, &decoding),
                 -EBADMSG));
    cr_assert(eq(int, decoder_finish(decoder), -EBADMSG));
    cr_assert(zero(sz, decoding.body.length));
    decoder_free(decoder);
}
