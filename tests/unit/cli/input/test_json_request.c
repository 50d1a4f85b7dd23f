/* Lines of a list that are requests, in JSON. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input/json_request.h"
#include "failing_allocation.h"

static struct json_request *request;

static void parse(const char *line)
{
    json_request_unref(request);
    request = NULL;
    cr_assert(zero(int, json_request_parse(line, strlen(line), &request)));
}

static void parse_well(const char *line)
{
    parse(line);
    cr_assert_null(request->error, "%s: %s", line, request->error);
}

static void expect_refusal(const char *line, const char *error)
{
    parse(line);
    cr_assert_not_null(request->error, "%s", line);
    cr_expect_str_eq(request->error, error);
}

static void teardown(void)
{
    json_request_unref(request);
}

TestSuite(json_request, .fini = teardown);

static const char *header_lines(void)
{
    static char text[256];
    text[0] = '\0';
    for (size_t i = 0; i < request->headers.count; i++) {
        strcat(text, request->headers.strings[i]);
        strcat(text, "|");
    }
    return text;
}

Test(json_request, a_url_is_enough)
{
    parse_well("{\"url\":\"http://a/\"}");
    cr_expect_str_eq(request->url, "http://a/");
    cr_expect_null(request->method);
    cr_expect_null(request->headers.strings);
    cr_expect_null(request->id);
    cr_expect_not(request->has_body);
    cr_expect(isnan(request->timeout));
}

Test(json_request, all_members_are_read)
{
    parse_well(
        "{ \"id\" : \"\\u00fc\", \"timeout\": 2.5, \"body\": \"\xc3\xa4\\n\", \"method\":\"PUT\", "
        "\"headers\": {\"One\": \"1\", \"Two\": [\"a\", \"b\"], \"Empty\": \"\", "
        "\"Gone\": null, \"None\": []}, \"url\": \"http://a/\"}");
    cr_expect_str_eq(request->id, "\xc3\xbc");
    cr_expect_not(request->id_is_number);
    cr_expect(eq(dbl, request->timeout, 2.5));
    cr_expect(eq(sz, request->body.length, 3));
    cr_expect_str_eq(request->method, "PUT");
    cr_expect_str_eq(header_lines(), "One: 1|Two: a|Two: b|Empty;|Gone:|None:|");
}

Test(json_request, a_body_in_base64_has_any_bytes)
{
    parse_well("{\"url\":\"x\",\"body_base64\":\"AP8K\"}");
    cr_expect(request->has_body);
    cr_expect(eq(sz, request->body.length, 3));
    cr_expect(zero(int, memcmp(request->body.data, "\0\xff\n", 3)));
    parse_well("{\"url\":\"x\",\"body\":\"\"}");
    cr_expect(request->has_body);
    cr_expect(zero(sz, request->body.length));
}

Test(json_request, a_numeric_id_is_kept_as_written)
{
    static const char *const numbers[] = {"0", "-1", "9007199254740993", "1.50", "1e2", "0.5E-10"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, "{\"url\":\"id\",\"headers\":{\"id\":\"3\"},\"id\" : %s}",
                 numbers[i]);
        parse_well(line);
        cr_expect(request->id_is_number);
        cr_expect_str_eq(request->id, numbers[i]);
    }
}

Test(json_request, null_members_are_ignored)
{
    parse_well("{\"url\":\"x\",\"id\":null,\"body\":null,\"body_base64\":\"QQ==\",\"method\":null,"
               "\"headers\":null,\"timeout\":null}");
    cr_expect_null(request->id);
    cr_expect_null(request->method);
    cr_expect(eq(sz, request->body.length, 1));
}

Test(json_request, errors_are_described)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"{", "each line must be one URL or one complete JSON object (jq -c)"},
        {"{}", "'url' is missing"},
        {"{\"url\":null}", "'url' is missing"},
        {"{\"url\":\"x\"} y", "not valid JSON at byte 12 of the line"},
        {"{\"url\":\"x\",\"method\" \"y\"}", "not valid JSON at byte 21 of the line"},
        {"{\"url\":\"\\ud800\"}", "not valid JSON at byte 9 of the line"},
        {"{\"url\":\"\xff\"}", "line is not valid UTF-8, as JSON requires"},
        {"{\"url\":1}", "'url' must be a string"},
        {"{\"url\":[\"x\"]}", "'url' must be a string"},
        {"{\"urll\":\"x\"}", "unknown key 'urll'; did you mean 'url'?"},
        {"{\"url\":\"x\",\"retries\":1}", "unknown key 'retries'"},
        {"{\"url\":\"x\",\"header\":{}}", "unknown key 'header'; did you mean 'headers'?"},
        {"{\"url\":\"x\",\"Method\":\"PUT\"}", "unknown key 'Method'; did you mean 'method'?"},
        {"{\"url\":\"x\",\"url\":\"y\"}", "duplicate key 'url'"},
        {"{\"url\":\"x\",\"method\":5}", "'method' must be a string"},
        {"{\"url\":\"x\",\"method\":\"\"}", "'method' must be a valid method, such as PUT"},
        {"{\"url\":\"x\",\"method\":\"GET / HTTP\"}",
         "'method' must be a valid method, such as PUT"},
        {"{\"url\":\"x\",\"method\":\"A\\r\\nB\"}", "'method' must be a valid method, such as PUT"},
        {"{\"url\":\"x\",\"method\":\"HEAD\",\"body\":\"y\"}", "a HEAD request has no body"},
        {"{\"url\":\"x\",\"body\":5}",
         "'body' must be a string, or an object or array, which is sent as JSON"},
        {"{\"url\":\"x\",\"body_base64\":{}}", "'body_base64' must be a string"},
        {"{\"url\":\"x\",\"body\":{},\"body_base64\":\"\"}",
         "'body' and 'body_base64' cannot be combined"},
        {"{\"url\":\"x\",\"filename\":\"\"}", "'filename' is empty"},
        {"{\"url\":\"x\",\"body\":\"a\",\"body_base64\":\"\"}",
         "'body' and 'body_base64' cannot be combined"},
        {"{\"url\":\"x\",\"body_base64\":\"A\"}", "'body_base64' is not base64"},
        {"{\"url\":\"x\",\"body_base64\":\"QQ==\\n\"}", "'body_base64' is not base64"},
        {"{\"url\":\"x\",\"body\":\"a\\u0000b\"}",
         "a string contains NUL (\\u0000): use 'body_base64' to send it"},
        {"{\"url\":\"x\",\"timeout\":\"5\"}",
         "'timeout' must be a number of seconds from 0 to 1000000000"},
        {"{\"url\":\"x\",\"timeout\":-1}",
         "'timeout' must be a number of seconds from 0 to 1000000000"},
        {"{\"url\":\"x\",\"timeout\":1e999}",
         "'timeout' must be a number of seconds from 0 to 1000000000"},
        {"{\"url\":\"x\",\"id\":true}", "'id' must be a string or a number"},
        {"{\"url\":\"x\",\"id\":{\"a\":1}}", "'id' must be a string or a number"},
        {"{\"url\":\"x\",\"id\":1.}", "'id' must be a string or a number"},
        {"{\"url\":\"x\",\"headers\":[\"A: b\"]}", "'headers' must be an object"},
        {"{\"url\":\"x\",\"headers\":{\"A\":1}}",
         "'headers': 'A' must be a string, an array of them, or null"},
        {"{\"url\":\"x\",\"headers\":{\"A\":[\"b\",null]}}",
         "'headers': 'A' must be a string, an array of them, or null"},
        {"{\"url\":\"x\",\"headers\":{\"A\":\"b\",\"B\":\"\",\"A\":\"c\"}}",
         "'headers': duplicate name 'A'; use an array"},
        {"{\"url\":\"x\",\"headers\":{\"\":\"b\"}}",
         "'headers': invalid name: use letters, digits and hyphens"},
        {"{\"url\":\"x\",\"headers\":{\"A: b\\r\\nC\":\"d\"}}",
         "'headers': invalid name: use letters, digits and hyphens"},
        {"{\"url\":\"x\",\"headers\":{\"A\":\"b\\r\\nC: d\"}}",
         "'headers': 'A' contains a control character"},
        {"{\"url\":\"x\",\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
         "objects and arrays are nested too deeply"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i].line, cases[i].error);
}

Test(json_request, valid_members_of_an_invalid_line_are_read)
{
    expect_refusal("{\"id\":7,\"methd\":\"PUT\",\"url\":\"http://a/\"}",
                   "unknown key 'methd'; did you mean 'method'?");
    cr_expect_str_eq(request->id, "7");
    cr_expect_str_eq(request->url, "http://a/");
    expect_refusal("{\"body\":\"\\u0000\",\"id\":7,\"url\":\"http://a/\"}",
                   "a string contains NUL (\\u0000): use 'body_base64' to send it");
    cr_expect_str_eq(request->id, "7");
}

Test(json_request, an_escaped_backslash_before_u0000_is_no_nul)
{
    parse_well("{\"url\":\"x\",\"body\":\"\\\\u0000\"}");
    cr_expect(eq(sz, request->body.length, 6));
}

/* A line of SIZE bytes whose body is as long as it needs. */
static char *long_line(size_t size)
{
    static const char begin[] = "{\"url\":\"x\",\"body\":\"", end[] = "\"}";
    char *line = malloc(size + 1);
    cr_assert_not_null(line);
    memset(line, 'y', size);
    memcpy(line, begin, strlen(begin));
    strcpy(line + size - strlen(end), end);
    return line;
}

Test(json_request, a_line_may_be_of_a_mebibyte_and_no_longer)
{
    char *line = long_line(1 << 20);
    parse_well(line);
    free(line);
    line = long_line((1 << 20) + 1);
    expect_refusal(line, "line is longer than 1048576 bytes");
    free(line);
}

/* Appends COUNT times what FORMAT makes of the count. */
static struct buffer repeat(const char *begin, const char *format, int count, const char *end)
{
    struct buffer line;
    buffer_init(&line, 1 << 21);
    cr_assert(zero(int, buffer_append_string(&line, begin)));
    for (int i = 0; i < count; i++)
        cr_assert(zero(int, buffer_append_format(&line, format, i)));
    cr_assert(zero(int, buffer_append(&line, end, strlen(end) + 1)));
    return line;
}

Test(json_request, a_thousand_headers_are_allowed)
{
    struct buffer line =
        repeat("{\"headers\":{\"x\":\"\"", ",\"h%d\":\"v\"", 999, "},\"url\":\"x\"}");
    parse_well(line.data);
    buffer_free(&line);
    line = repeat("{\"headers\":{\"x\":\"\"", ",\"h%d\":\"v\"", 1000, "},\"url\":\"x\"}");
    expect_refusal(line.data, "'headers' has more than 1000 entries");
    buffer_free(&line);
    line = repeat("{\"url\":\"x\"", ",\"%d\":[]", 80000, "}");
    expect_refusal(line.data, "unknown key '0'");
    buffer_free(&line);
}

Test(json_request, every_allocation_may_fail)
{
    static const char line[] = "{\"url\":\"x\",\"headers\":{\"A\":[\"b\",\"c\"],\"D\":null},"
                               "\"method\":\"PUT\",\"body_base64\":\"QUFB\",\"id\":7,\"wrong\":1}";
    long before = live_allocations();
    size_t number = 0;
    int r;
    do {
        struct json_request *parsed = NULL;
        fail_allocation(++number, false);
        r = json_request_parse(line, strlen(line), &parsed);
        bool failed = stop_failing();
        cr_assert(eq(int, failed, r < 0));
        cr_assert(r == 0 || r == -ENOMEM);
        json_request_unref(parsed);
        cr_assert(eq(long, live_allocations(), before));
    } while (r < 0);
    cr_assert(gt(sz, number, 8));
}
