/* Helpers of the tests of streams and servers. */
#ifndef TESTS_STREAM_SUITE_H
#define TESTS_STREAM_SUITE_H

#include <criterion/criterion.h>
#include <string.h>

#include <afetch/run.h>
#include <afetch/stream.h>

#include "async/stream.h"
#include "failing_allocation.h"

static inline void run(af_coroutine *main)
{
    cr_assert_eq(af_run(NULL, main, NULL, NULL), 0);
}

static inline int write_string(af_stream *stream, const char *string)
{
    return af_stream_write(stream, string, strlen(string));
}

static inline void expect_bytes(const char *data, size_t length, const char *expected)
{
    cr_expect_eq(length, strlen(expected));
    cr_expect_eq(strncmp(data, expected, length), 0, "%.*s", (int)length, data);
}

static inline void expect_text(int code, const char *expected)
{
    cr_expect_str_eq(af_error_text(af_raised(code)), expected);
}

static inline void expect_read(af_stream *stream, const char *expected)
{
    char buffer[256];
    ssize_t r = af_stream_read(stream, buffer, sizeof buffer);
    cr_assert_geq(r, 0);
    expect_bytes(buffer, (size_t)r, expected);
}

enum { KIB = 1024, LONG = 1024 * KIB };

static const char block[LONG];

#endif
