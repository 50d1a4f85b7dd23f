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

Test(headers, more_than_their_maximum_is_refused_trailers_too)
{
    char long_line[2048];
    memset(long_line, 'x', sizeof long_line);
    cr_expect(eq(int, headers_add_line(&lines, long_line, sizeof long_line), -EMSGSIZE));
    cr_expect(eq(int, headers_add_trailer(&lines, long_line, sizeof long_line), -EMSGSIZE));
}
