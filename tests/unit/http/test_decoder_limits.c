/* The limits of a decoder: on its output and on its memory. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/sanitizer.h"
#include "decoding.h"
#include "encoders.h"
#include "failing_allocation.h"
#include "http/decoder.h"

enum { MIB = 1 << 20, UNLIMITED = 64 * MIB };

static struct buffer coded;

static void setup(void)
{
    buffer_init(&coded, SIZE_MAX);
}

static void teardown(void)
{
    buffer_free(&coded);
}

TestSuite(decoder_limits, .init = setup, .fini = teardown, .timeout = 240);

/* Appends ZEROS bytes that compress, and before and behind them some that do not, as one stream. */
static void encode_between(enum format format, size_t before, size_t zeros, size_t behind)
{
    size_t size = before + zeros + behind;
    char *data = calloc(1, size);
    cr_assert_not_null(data);
    make_noise(data, before);
    make_noise(data + before + zeros, behind);
    encode(format, data, size, &coded);
    free(data);
}

static void encode_zeros(enum format format, size_t zeros)
{
    encode_between(format, 0, zeros, 0);
}

/* Decodes in pieces of several sizes, and checks that the result is the same. */
static void expect_result(const char *codings, uint64_t maximum, int result, uint64_t size_at_most)
{
    static const size_t pieces[] = {0, 1, 20000};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct decoding decoding = decode(codings, maximum, coded.data, coded.length, pieces[i]);
        if (decoding.result != result)
            cr_fatal("%s in pieces of %zu: %d, not %d", codings, pieces[i], decoding.result,
                     result);
        cr_assert(le(u64, decoding.size, size_at_most), "%s: too much was given", codings);
        decoding_free(&decoding);
    }
}

static void expect_text(const char *expected)
{
    cr_assert(eq(str, (char *)af_error_text(af_raised(AF_LIMIT_OVERRUN)), (char *)expected));
}

/* --------------------------------------------------------------- the ratio */

Test(decoder_limits, a_bomb_is_given_up_at_64_mib)
{
    static const enum format formats[] = {BROTLI, ZSTD};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        coded.length = 0;
        encode_zeros(formats[i], 100 * MIB);
        cr_assert(lt(sz, coded.length, 32768), "1,100 times of it is less than 64 MiB");
        expect_result(format_coding(formats[i]), 0, AF_LIMIT_OVERRUN, UNLIMITED);
        expect_text("decompression limit exceeded (possible bomb)");
    }
}

Test(decoder_limits, what_deflate_can_give_at_most_is_no_bomb)
{
    static const enum format formats[] = {GZIP, RAW_DEFLATE};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        coded.length = 0;
        encode_zeros(formats[i], 100000000);
        cr_assert(gt(u64, 100000000, 1025 * (uint64_t)coded.length), "deflate's best");
        expect_result(format_coding(formats[i]), 0, 0, 100000000);
    }
}

Test(decoder_limits, a_bomb_in_two_codings_is_given_up_at_64_mib)
{
    struct buffer inner;
    buffer_init(&inner, SIZE_MAX);
    encode_zeros(GZIP, 70 * MIB);
    buffer_append(&inner, coded.data, coded.length);
    for (enum format format = 0; format < FORMATS; format++) {
        char codings[20];
        snprintf(codings, sizeof codings, "gzip, %s", format_coding(format));
        coded.length = 0;
        encode(format, inner.data, inner.length, &coded);
        expect_result(codings, 0, AF_LIMIT_OVERRUN, UNLIMITED);
    }
    buffer_free(&inner);
}

/* Decodes to nothing, after a long way. */
Test(decoder_limits, a_bomb_between_two_codings_is_given_up)
{
    struct buffer member, members;
    buffer_init(&member, SIZE_MAX);
    buffer_init(&members, SIZE_MAX);
    encode(GZIP, "", 0, &member);
    while (members.length < 70 * MIB)
        cr_assert(zero(int, buffer_append(&members, member.data, member.length)));
    encode(ZSTD, members.data, members.length, &coded);
    expect_result("gzip, zstd", 0, AF_LIMIT_OVERRUN, 0);
    expect_result("gzip, zstd", 1000, AF_LIMIT_OVERRUN, 0);
    expect_result("gzip, zstd", members.length, 0, 0);
    expect_result("gzip, zstd", DECODER_UNLIMITED, 0, 0);
    buffer_free(&member);
    buffer_free(&members);
}

Test(decoder_limits, up_to_64_mib_any_ratio_is_allowed)
{
    encode_zeros(BROTLI, UNLIMITED);
    expect_result("br", 0, 0, UNLIMITED);
    coded.length = 0;
    encode_zeros(BROTLI, UNLIMITED + 1);
    expect_result("br", 0, AF_LIMIT_OVERRUN, UNLIMITED);
}

Test(decoder_limits, a_body_is_judged_by_what_had_come_until_then)
{
    size_t noise = 200000, zeros = 70 * MIB;
    encode_between(ZSTD, noise, zeros, 0);
    expect_result("zstd", 0, 0, noise + zeros);
    coded.length = 0;
    encode_between(ZSTD, 0, zeros, noise);
    expect_result("zstd", 0, AF_LIMIT_OVERRUN, UNLIMITED);
}

/* 1,100 times what is received is less than 66 MiB, 1,100 times the next multiple of 16 KiB is
 * more. */
Test(decoder_limits, the_whole_body_is_judged_to_the_byte)
{
    encode_between(BROTLI, 55000, 66 * MIB, 0);
    cr_assert(lt(sz, coded.length, 60000));
    expect_result("br", 0, AF_LIMIT_OVERRUN, 55000 + 66 * MIB);
    expect_text("decompression limit exceeded (possible bomb)");
    coded.length = 0;
    encode_between(BROTLI, 64500, 66 * MIB, 0);
    expect_result("br", 0, 0, 64500 + 66 * MIB);
}

/* One byte at a time, 66 MiB come of 50,000 bytes before the others are there. */
Test(decoder_limits, a_body_is_judged_alike_in_pieces_of_any_size)
{
    encode_between(BROTLI, 50000, 66 * MIB, 14500);
    cr_assert(gt(sz, coded.length, 64000));
    expect_result("br", 0, 0, 64500 + 66 * MIB);
}

/* ------------------------------------------------------------- the maximum */

Test(decoder_limits, a_maximum_replaces_the_ratio)
{
    encode_zeros(BROTLI, 80 * MIB);
    expect_result("br", 80 * MIB, 0, 80 * MIB);
    expect_result("br", DECODER_UNLIMITED, 0, 80 * MIB);
    expect_result("br", 80 * MIB - 1, AF_LIMIT_OVERRUN, 80 * MIB - 1);
    expect_text("Maximum file size exceeded: the decoded body is larger than 83886079 bytes");
}

Test(decoder_limits, a_maximum_is_not_exceeded_by_a_byte)
{
    for (enum format format = 0; format < FORMATS; format++) {
        coded.length = 0;
        encode_between(format, 1000, 1000, 0);
        expect_result(format_coding(format), 2000, 0, 2000);
        expect_result(format_coding(format), 1999, AF_LIMIT_OVERRUN, 1999);
    }
}

Test(decoder_limits, a_maximum_is_of_the_last_result)
{
    struct buffer inner;
    buffer_init(&inner, SIZE_MAX);
    char data[1000];
    make_noise(data, sizeof data);
    encode(GZIP, data, sizeof data, &inner);
    cr_assert(gt(sz, inner.length, sizeof data));
    encode(GZIP, inner.data, inner.length, &coded);
    expect_result("gzip, gzip", sizeof data, 0, sizeof data);
    buffer_free(&inner);
}

/* ---------------------------------------------------------------- windows */

Test(decoder_limits, a_window_is_as_large_as_http_allows)
{
    static char data[100000];
    make_text(data, sizeof data);
    encode_zstd(data, sizeof data, 23, &coded);
    expect_decoded("zstd", &coded, data, sizeof data, "8 MiB");
    coded.length = 0;
    encode_zstd(data, sizeof data, 24, &coded);
    expect_failure("zstd", &coded, -EBADMSG, "16 MiB");
    cr_assert(eq(str, (char *)af_error_text(af_raised(-EBADMSG)),
                 "Error while processing content unencoding: zstd: window larger than 8 MiB"));
    coded.length = 0;
    encode_brotli(data, sizeof data, 24, &coded);
    expect_decoded("br", &coded, data, sizeof data, "16 MiB");
    coded.length = 0;
    encode_brotli(data, sizeof data, 25, &coded);
    expect_failure("br", &coded, -EBADMSG, "32 MiB");
}

/* ----------------------------------------------------------------- memory */

/* Decodes while the allocation of this number fails, and all after it if AND_ALL_AFTER. Returns
 * whether there was one. */
static bool survives(const char *codings, size_t number, bool and_all_after)
{
    long live = live_allocations();
    fail_allocation(number, and_all_after);
    struct decoder *decoder = NULL;
    struct decoding decoding = {0};
    buffer_init(&decoding.body, SIZE_MAX);
    int r = decoder_new(codings, 0, &decoder);
    if (r >= 0)
        r = decoder_write(decoder, coded.data, coded.length, keep_decoded, &decoding);
    if (r >= 0)
        r = decoder_finish(decoder);
    bool failed = stop_failing();
    decoder_free(decoder);
    decoding_free(&decoding);
    cr_assert(eq(int, r, failed ? -ENOMEM : 0), "%s, allocation %zu", codings, number);
    cr_assert(failed || decoding.size == 100000, "%s", codings);
    cr_assert(eq(long, live_allocations(), live), "%s, allocation %zu", codings, number);
    return failed;
}

Test(decoder_limits, every_allocation_may_fail)
{
    static char data[100000];
    make_text(data, sizeof data);
    for (enum format format = 0; format < FORMATS; format++)
        for (int all = 0; all < 2; all++) {
            size_t number = 1;
            coded.length = 0;
            encode(format, data, sizeof data, &coded);
            while (survives(format_coding(format), number, all))
                number++;
            cr_assert(gt(sz, number, 3), "%s allocates more", format_name(format));
        }
}

Test(decoder_limits, every_allocation_of_several_codings_may_fail)
{
    static char data[100000];
    struct buffer inner;
    buffer_init(&inner, SIZE_MAX);
    make_text(data, sizeof data);
    encode(BROTLI, data, sizeof data, &inner);
    encode(GZIP, inner.data, inner.length, &coded);
    size_t number = 1;
    while (survives("br, gzip", number, false))
        number++;
    cr_assert(gt(sz, number, 6));
    buffer_free(&inner);
}

#ifndef WITH_ADDRESS_SANITIZER
/* libzstd allocates by itself: leaves it less than the window needs. */
static void limit_memory(size_t more)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    cr_assert_not_null(file);
    cr_assert(eq(int, fscanf(file, "%lu", &pages), 1));
    fclose(file);
    struct rlimit limit = {0};
    limit.rlim_cur = limit.rlim_max = pages * (unsigned long)sysconf(_SC_PAGESIZE) + more;
    cr_assert(zero(int, setrlimit(RLIMIT_AS, &limit)));
}

Test(decoder_limits, a_window_of_zstd_that_cannot_be_allocated_is_want_of_memory)
{
    static char data[100000];
    make_text(data, sizeof data);
    encode_zstd(data, sizeof data, 23, &coded);
    limit_memory(4 * MIB);
    struct decoding decoding = decode("zstd", 0, coded.data, coded.length, 0);
    cr_assert(eq(int, decoding.result, -ENOMEM));
    decoding_free(&decoding);
}
#endif
