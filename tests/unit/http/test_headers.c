/* The lines of headers and trailers that libcurl gives, and what is made of them. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/headers.h"

static struct header_lines lines;
static struct parsed_headers parsed;

static void setup(void)
{
    headers_init(&lines, 1024);
}

static void teardown(void)
{
    free(parsed.list);
    headers_free(&lines);
}

TestSuite(headers, .init = setup, .fini = teardown);

static void add(const char *line)
{
    cr_assert(zero(int, headers_add_line(&lines, line, strlen(line))));
}

static void add_trailer(const char *line)
{
    cr_assert(zero(int, headers_add_trailer(&lines, line, strlen(line))));
}

static const char *describe(char *text, size_t size, const af_header *list, size_t count)
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && length < size; i++)
        length +=
            (size_t)snprintf(text + length, size - length, "[%s=%s]", list[i].name, list[i].value);
    return text;
}

static void parse(void)
{
    free(parsed.list);
    cr_assert(zero(int, headers_parse(&lines, &parsed)));
}

static void expect(const char *headers, const char *trailers)
{
    char text[512];
    parse();
    cr_expect_str_eq(describe(text, sizeof text, parsed.list, parsed.header_count), headers);
    cr_expect_str_eq(
        describe(text, sizeof text, parsed.list + parsed.header_count, parsed.trailer_count),
        trailers);
}

Test(headers, trailers_are_apart_from_headers)
{
    add("HTTP/1.1 200 OK\r\n");
    add("Content-Type: text/plain\r\n");
    add("\r\n");
    add_trailer("Checksum: 1\r\n");
    add_trailer("\r\n");
    expect("[content-type=text/plain]", "[checksum=1]");
}

Test(headers, a_response_without_trailers_has_none)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add("\r\n");
    expect("[a=1]", "");
    cr_expect_not_null(parsed.list);
}

Test(headers, a_response_without_headers_may_have_trailers)
{
    add("HTTP/2 200 \r\n");
    add_trailer("a: 1\r\n");
    expect("", "[a=1]");
}

Test(headers, a_trailer_that_looks_like_a_status_begins_no_response)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add("\r\n");
    add_trailer("HTTP/1.1 418: no answer\r\n");
    add_trailer("\r\n");
    expect("[a=1]", "[http/1.1 418=no answer]");
}

Test(headers, a_new_response_drops_headers_and_trailers_of_the_one_before)
{
    add("HTTP/1.1 302 Found\r\n");
    add("Location: /\r\n");
    add("\r\n");
    add_trailer("Checksum: 1\r\n");
    add("HTTP/1.1 200 OK\r\n");
    add("A: 2\r\n");
    add("\r\n");
    expect("[a=2]", "");
}

Test(headers, a_folded_line_is_joined_with_one_blank)
{
    add("HTTP/1.1 200 OK\r\n");
    add("Folded: one \r\n");
    add(" \t two\t\r\n");
    add("\r\n");
    expect("[folded=one two]", "");
}

Test(headers, folded_lines_that_are_empty_add_nothing)
{
    add("HTTP/1.1 200 OK\r\n");
    add("Empty:\r\n");
    add(" \r\n");
    add("Folded:\r\n");
    add(" x\r\n");
    add(" \r\n");
    add(" y\r\n");
    add("\r\n");
    expect("[empty=][folded=x y]", "");
}

Test(headers, a_folded_line_behind_no_header_is_dropped)
{
    add("HTTP/1.1 200 OK\r\n");
    add(" folded\r\n");
    add("A: 1\r\n");
    add("\r\n");
    expect("[a=1]", "");
}

Test(headers, a_folded_trailer_does_not_continue_a_header)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add("\r\n");
    add_trailer(" folded: 2\r\n");
    add_trailer("B: 3\r\n");
    parse();
    cr_assert(eq(sz, parsed.header_count, 1));
    cr_expect_str_eq(parsed.list[0].value, "1");
}

/* ------------------------------------------------------ folds of a hostile server */

static void add_bytes(const char *line, size_t size)
{
    cr_assert(zero(int, headers_add_line(&lines, line, size)));
}

Test(headers, a_fold_before_the_first_header_is_dropped)
{
    add("HTTP/1.1 200 OK\r\n");
    add("\tfolded: 1\r\n");
    add(" folded: 2\r\n");
    add("\r\n");
    expect("", "");
}

Test(headers, a_fold_after_a_line_without_a_colon_is_dropped_with_it)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add("no header\r\n");
    add(" folded: 1\r\n");
    add("B: 2\r\n");
    add("\r\n");
    expect("[a=1][b=2]", "");
}

Test(headers, a_colon_in_a_fold_begins_no_header)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add(" Set-Cookie: evil=1\r\n");
    add("\r\n");
    expect("[a=1 Set-Cookie: evil=1]", "");
}

Test(headers, folds_of_blanks_and_carriage_returns_add_nothing)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add(" \r\n");
    add("\t \t\r\r\r\n");
    add(" \n");
    add("B:\n");
    add(" \r\n");
    add("\r\n");
    expect("[a=1][b=]", "");
}

Test(headers, carriage_returns_within_a_fold_stay_and_those_around_it_go)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\r\n");
    add(" \r2\r3\r\r\n");
    add("\r\n");
    expect("[a=1 2\r3]", "");
}

Test(headers, a_null_byte_in_a_fold_ends_the_value_but_not_the_headers)
{
    static const char fold[] = " 2\0003\r\n", value[] = "A: 1\0001\r\n";
    add("HTTP/1.1 200 OK\r\n");
    add_bytes(value, sizeof value - 1);
    add_bytes(fold, sizeof fold - 1);
    add(" 4\r\n");
    add("B: 5\r\n");
    add("\r\n");
    expect("[a=1][b=5]", "");
}

Test(headers, a_fold_of_one_byte_after_an_empty_value_is_the_value)
{
    add("HTTP/1.1 200 OK\n");
    add("A:\n");
    add(" 1\n");
    add(" 2\n");
    add("\n");
    expect("[a=1 2]", "");
}

Test(headers, the_last_fold_may_lack_its_line_end)
{
    add("HTTP/1.1 200 OK\r\n");
    add("A: 1\r\n");
    add(" 2");
    expect("[a=1]", "");
}

Test(headers, a_value_of_many_long_folds_is_whole)
{
    enum { FOLDS = 1000, LENGTH = 300 };
    static char fold[LENGTH + 4], expected[FOLDS * (LENGTH + 1) + 2];
    headers_free(&lines);
    headers_init(&lines, 1 << 20);
    add("HTTP/1.1 200 OK\r\n");
    add("A: x\r\n");
    memset(fold, ' ', sizeof fold);
    char *to = stpcpy(expected, "x");
    for (int i = 0; i < FOLDS; i++) {
        memset(fold + 1, 'a' + i % 26, LENGTH);
        memcpy(fold + 1 + LENGTH, "\r\n", 3);
        add(fold);
        *to++ = ' ';
        to = mempcpy(to, fold + 1, LENGTH);
    }
    *to = '\0';
    add("B: 1\r\n");
    add("\r\n");
    parse();
    cr_assert(eq(sz, parsed.header_count, 2));
    cr_expect(zero(int, strcmp(parsed.list[0].value, expected)));
    cr_expect_str_eq(parsed.list[1].name, "b");
}

/* Any bytes: nothing is written outside of the text, and no header is there that no line began. */
Test(headers, arbitrary_bytes_make_no_more_headers_than_there_are_lines)
{
    static const char alphabet[] = " \t\r\n\n:aB\0\xFF";
    unsigned state = 1;
    for (int round = 0; round < 20000; round++) {
        char text[40];
        size_t size = 1 + (state >> 16) % sizeof text, line_ends = 0;
        for (size_t i = 0; i < size; i++) {
            state = state * 1103515245 + 12345;
            text[i] = alphabet[(state >> 16) % (sizeof alphabet - 1)];
            line_ends += text[i] == '\n';
        }
        headers_free(&lines);
        add_bytes(text, size);
        parse();
        cr_assert(le(sz, parsed.header_count, line_ends));
        for (size_t i = 0; i < parsed.header_count; i++) {
            const char *value = parsed.list[i].value, *end = lines.text.data + lines.text.length;
            cr_assert(parsed.list[i].name >= lines.text.data && value + strlen(value) < end);
            cr_assert(zero(sz, strspn(value, " \t\r\n")));
        }
    }
}

Test(headers, more_than_their_maximum_is_refused_trailers_too)
{
    char long_line[2048];
    memset(long_line, 'x', sizeof long_line);
    cr_expect(eq(int, headers_add_line(&lines, long_line, sizeof long_line), -EMSGSIZE));
    cr_expect(eq(int, headers_add_trailer(&lines, long_line, sizeof long_line), -EMSGSIZE));
}
