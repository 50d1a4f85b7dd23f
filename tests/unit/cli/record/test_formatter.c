#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/options/options.h"
#include "cli/record/formatter.h"
#include "cli/text/escape.h"

static const af_header headers[] = {
    {"server", "origin"},
    {"set-cookie", "a=1"},
    {"content-type", "text/plain"},
    {"set-cookie", "b=\"2\""},
};

static const af_header trailers[] = {{"x-checksum", "\x1b[1m"}};

static const af_response response = {
    .method = "GET",
    .url = "https://example.com/",
    .scheme = "https",
    .http_version = 20,
    .status = 200,
    .content_type = "text/plain",
    .connects = 1,
    .remote_ip = "192.0.2.1",
    .remote_port = 443,
    .size_download = 12345,
    .speed_download = 98765,
    .time_namelookup = 1234,
    .time_total = 123456,
    .started_at = 1767225599999000,
    .headers = headers,
    .header_count = 4,
    .trailers = trailers,
    .trailer_count = 1,
    .body = "line one\r\n\t\"two\"\x1b\n",
    .body_size = 18,
};

static const struct record good = {
    .index = 7,
    .url = "http://example.com/",
    .method = "GET",
    .response = &response,
    .time_start = 0.5,
    .time_end = 1.25,
};

static const struct record bad = {
    .index = 8,
    .url = "nowhere.example",
    .outcome = OUTCOME_RESOLVE,
    .errormsg = "Could not resolve host",
    .exitcode = 6,
    .time_start = NAN,
    .time_end = NAN,
};

static struct buffer buffer;

static void setup(void)
{
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    buffer_init(&buffer, SIZE_MAX / 2);
}

static void teardown(void)
{
    buffer_free(&buffer);
}

TestSuite(formatter, .init = setup, .fini = teardown);

static struct formatter_options choices_of(const struct options *options)
{
    return (struct formatter_options){
        .format = options->format,
        .fields = options->fields,
        .headers = options->include_headers,
        .body = options->include_body,
    };
}

/* Returns the output for these records with one or two options; the second may be NULL. */
static const char *format(const char *one, const char *two, bool color,
                          const struct record *const *records)
{
    char *arguments[] = {(char *)"afetch", (char *)one, (char *)two, NULL};
    struct options options;
    struct formatter *formatter;
    cr_assert(zero(int, options_parse(two ? 3 : 2, arguments, &options)));
    struct formatter_options choices = choices_of(&options);
    choices.color = color;
    cr_assert(zero(int, formatter_new(&choices, &formatter)));
    buffer.length = 0;
    cr_assert(zero(int, formatter_begin(formatter, &buffer)));
    for (; *records; records++)
        cr_assert(zero(int, formatter_record(formatter, *records, &buffer)));
    cr_assert(zero(int, formatter_end(formatter, &buffer)));
    cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
    cr_assert(utf8_valid(buffer.data, buffer.length));
    formatter_free(formatter);
    options_free(&options);
    return buffer.data;
}

static const char *format_one(const char *one, const char *two, const struct record *record)
{
    return format(one, two, false, (const struct record *[]){record, NULL});
}

static cJSON *parse_line(const char *two, const struct record *record)
{
    cJSON *object = cJSON_Parse(format_one("--jsonl", two, record));
    cr_assert_not_null(object);
    return object;
}

static const char *string_of(const cJSON *object, const char *name)
{
    const char *string = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    cr_assert_not_null(string, "%s", name);
    return string;
}

static double number_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    cr_assert(cJSON_IsNumber(item), "%s", name);
    return item->valuedouble;
}

static bool is_null(const cJSON *object, const char *name)
{
    return cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, name));
}

Test(formatter, a_json_line_has_every_field_with_its_type)
{
    cJSON *object = parse_line(NULL, &good);
    cr_expect(eq(dbl, number_of(object, "index"), 7));
    cr_expect_str_eq(string_of(object, "url"), "http://example.com/");
    cr_expect(is_null(object, "id"));
    cr_expect(cJSON_IsTrue(cJSON_GetObjectItem(object, "ok")));
    cr_expect(is_null(object, "error"));
    cr_expect_str_eq(string_of(object, "http_version"), "2");
    cr_expect(eq(dbl, number_of(object, "response_code"), 200));
    cr_expect(eq(dbl, number_of(object, "time_namelookup"), 0.001234));
    cr_expect(is_null(object, "time_appconnect"));
    cr_expect(eq(dbl, number_of(object, "time_redirect"), 0));
    cr_expect_str_eq(string_of(object, "started_at"), "2025-12-31T23:59:59.999Z");
    cr_expect(eq(dbl, number_of(object, "time_end"), 1.25));
    cr_expect_null(cJSON_GetObjectItem(object, "body"));
    cJSON_Delete(object);
}

Test(formatter, a_json_line_of_a_failure_is_complete)
{
    cJSON *object = parse_line(NULL, &bad);
    cr_expect(cJSON_IsFalse(cJSON_GetObjectItem(object, "ok")));
    cr_expect_str_eq(string_of(object, "error"), "resolve");
    cr_expect(eq(dbl, number_of(object, "exitcode"), 6));
    cr_expect(is_null(object, "time_total"));
    cr_expect(is_null(object, "time_start"));
    cr_expect(eq(int, cJSON_GetArraySize(object), 36));
    cJSON_Delete(object);
}

Test(formatter, a_json_array_is_well_formed_for_any_number_of_records)
{
    static const char *const texts[] = {
        "[]\n",
        "[\n{\"index\":7}\n]\n",
        "[\n{\"index\":7},\n{\"index\":8}\n]\n",
    };
    const struct record *records[][3] = {{NULL}, {&good, NULL}, {&good, &bad, NULL}};
    for (size_t i = 0; i < 3; i++)
        cr_expect_str_eq(format("--json", "--fields=index", false, records[i]), texts[i]);
}

Test(formatter, json_lines_end_with_a_newline_each)
{
    cr_expect_str_eq(
        format("--jsonl", "--fields=index,ok", false, (const struct record *[]){&good, &bad, NULL}),
        "{\"index\":7,\"ok\":true}\n{\"index\":8,\"ok\":false}\n");
    cr_expect_str_eq(format("--jsonl", NULL, false, (const struct record *[]){NULL}), "");
}

Test(formatter, headers_are_an_object_of_arrays)
{
    cr_expect_str_eq(format_one("--jsonl", "--fields=headers", &good),
                     "{\"headers\":{\"content-type\":[\"text/plain\"],\"server\":[\"origin\"],"
                     "\"set-cookie\":[\"a=1\",\"b=\\\"2\\\"\"]}}\n");
    af_response none = {.headers = headers};
    cr_expect_str_eq(
        format_one("--jsonl", "--fields=headers", &(struct record){.url = "x", .response = &none}),
        "{\"headers\":{}}\n");
}

Test(formatter, a_body_is_text_if_it_is_utf8_else_base64)
{
    static const struct {
        const char *body;
        size_t size;
        const char *text;
    } cases[] = {
        {"", 0, "{\"body\":\"\"}\n"},
        {"na\xC3\xAFve", 6, "{\"body\":\"na\xC3\xAFve\"}\n"},
        {"a\0b\0", 4, "{\"body\":\"a\\u0000b\\u0000\"}\n"},
        {"a\0\xFF", 3, "{\"body_base64\":\"YQD/\"}\n"},
        {"\xFF\xFE", 2, "{\"body_base64\":\"//4=\"}\n"},
        {NULL, 0, "{\"body\":null}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        af_response one = {.body = cases[i].body, .body_size = cases[i].size};
        struct record record = {.url = "x", .response = &one};
        cr_expect_str_eq(format_one("--jsonl", "--fields=body", &record), cases[i].text);
    }
    cr_expect_str_eq(format_one("--jsonl", "--fields=body", &bad), "{\"body\":null}\n");
}

Test(formatter, csv_has_a_header_and_rfc_4180_line_ends)
{
    cr_expect_str_eq(format("--csv", "--fields=index,ok,error,time_total,started_at", false,
                            (const struct record *[]){&good, &bad, NULL}),
                     "index,ok,error,time_total,started_at\r\n"
                     "7,true,,0.123456,2025-12-31T23:59:59.999Z\r\n"
                     "8,false,resolve,,\r\n");
    cr_expect_str_eq(format("--csv", "--fields=url", false, (const struct record *[]){NULL}),
                     "url\r\n");
}

Test(formatter, csv_quotes_what_needs_it)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"plain text", "plain text"},
        {"", "\"\""},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {"=1+1", "=1+1"},
        {"\xC3\xA9\xFF", "\xC3\xA9\xEF\xBF\xBD"},
        {"\xFF,", "\"\xEF\xBF\xBD,\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "errormsg\r\n%s\r\n", cases[i].cell);
        struct record record = {.url = "x", .errormsg = cases[i].text};
        cr_expect_str_eq(format_one("--csv", "--fields=errormsg", &record), expected);
    }
}

Test(formatter, a_csv_body_has_two_columns_of_which_one_is_filled)
{
    static const struct {
        const char *body;
        size_t size;
        const char *cells;
    } cases[] = {{"a,b", 3, "\"a,b\","}, {"", 0, "\"\","}, {"a\xFF", 2, ",Yf8="}, {NULL, 0, ","}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "ok,body,body_base64\r\ntrue,%s\r\n", cases[i].cells);
        af_response one = {.body = cases[i].body, .body_size = cases[i].size};
        struct record record = {.url = "x", .response = &one};
        cr_expect_str_eq(format_one("--csv", "--fields=ok,body", &record), expected);
    }
    cr_expect_str_eq(format_one("--csv", "--fields=body,ok", &bad),
                     "body,body_base64,ok\r\n,,false\r\n");
}

Test(formatter, trailers_are_a_field_of_their_own)
{
    cr_expect_str_eq(format_one("--jsonl", "--fields=trailers", &good),
                     "{\"trailers\":{\"x-checksum\":[\"\\u001b[1m\"]}}\n");
    cr_expect_str_eq(format_one("--csv", "--fields=trailers", &good),
                     "trailers\r\n\"{\"\"x-checksum\"\":[\"\"\\u001b[1m\"\"]}\"\r\n");
    cr_expect_str_eq(format_one("--fields=trailers,url", NULL, &good),
                     "{\"x-checksum\":[\"\\u001b[1m\"]}\thttp://example.com/\n");
    cr_expect_str_eq(format_one("--jsonl", "--fields=trailers", &bad), "{\"trailers\":null}\n");
}

Test(formatter, a_csv_body_keeps_its_nul)
{
    static const char expected[] = "body,body_base64\r\na\0b,\r\n";
    af_response one = {.body = "a\0b", .body_size = 3};
    format_one("--csv", "--fields=body", &(struct record){.url = "x", .response = &one});
    cr_assert(eq(sz, buffer.length, sizeof expected));
    cr_expect(zero(int, memcmp(buffer.data, expected, sizeof expected)));
}

Test(formatter, csv_headers_are_json_in_a_cell)
{
    af_response one = {.headers = headers, .header_count = 1};
    struct record record = {.url = "x", .response = &one};
    cr_expect_str_eq(format_one("--csv", "--fields=headers", &record),
                     "headers\r\n\"{\"\"server\"\":[\"\"origin\"\"]}\"\r\n");
}

Test(formatter, text_is_a_line_per_record)
{
    af_response moved = response;
    moved.redirects = 2;
    moved.url = "http://example.com/there";
    af_response missing = {.status = 404, .time_total = 1500000, .size_download = 999};
    af_response reset = {.status = 200, .time_total = 20, .size_download = 10};
    static const char *const texts[] = {
        "200    0.123 s   12.3 kB  http://a/\n",
        "200    0.123 s   12.3 kB  http://a/ -> http://example.com/there\n",
        "404    1.500 s     999 B  http://a/\n",
        "---    0.000 s      10 B  http://a/  reset: it ended\n",
        "---          -         -  http://a/  cancelled\n",
    };
    const struct record records[] = {
        {.url = "http://a/", .response = &response},
        {.url = "http://a/", .response = &moved},
        {.url = "http://a/", .outcome = OUTCOME_STATUS, .errormsg = "404", .response = &missing},
        {.url = "http://a/", .outcome = OUTCOME_RESET, .errormsg = "it ended", .response = &reset},
        {.url = "http://a/", .outcome = OUTCOME_CANCELLED},
    };
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        cr_expect_str_eq(format_one("--format=text", NULL, &records[i]), texts[i]);
}

Test(formatter, sizes_have_units_of_1000)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } cases[] = {
        {0, "      0 B"},         {999, "    999 B"},    {1000, "   1.0 kB"},
        {999949, " 999.9 kB"},    {999950, "   1.0 MB"}, {1500000000, "   1.5 GB"},
        {INT64_MAX, "   9.2 EB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        af_response one = {.status = 200, .size_download = cases[i].bytes};
        char expected[64];
        snprintf(expected, sizeof expected, "200    0.000 s %s  x\n", cases[i].text);
        struct record record = {.url = "x", .response = &one};
        cr_expect_str_eq(format_one("--format=text", NULL, &record), expected);
    }
}

Test(formatter, colors_show_success_and_failure)
{
    af_response moved = {.status = 301};
    const struct record redirect = {.url = "x", .response = &moved};
    cr_expect_str_eq(format("--format=text", NULL, true,
                            (const struct record *[]){&good, &bad, &redirect, NULL}),
                     "\x1b[32m200\x1b[0m    0.123 s   12.3 kB  http://example.com/\n"
                     "\x1b[31m---\x1b[0m          -         -  nowhere.example  resolve: Could not "
                     "resolve host\n"
                     "\x1b[33m301\x1b[0m    0.000 s       0 B  x\n");
}

Test(formatter, text_shows_headers_and_body_safely)
{
    af_response binary = {.status = 200, .body = "a\0b", .body_size = 3};
    const struct record image = {.url = "x", .response = &binary};
    cr_expect_str_eq(format_one("--include-headers", "--include-body", &good),
                     "200    0.123 s   12.3 kB  http://example.com/\n"
                     "< server: origin\n< set-cookie: a=1\n< content-type: text/plain\n"
                     "< set-cookie: b=\"2\"\n"
                     "line one\n\t\"two\"\\x1b\n< x-checksum: \\x1b[1m\n\n");
    cr_expect_str_eq(format_one("--include-body", NULL, &image),
                     "200    0.000 s       0 B  x\n(binary body)\n\n");
    cr_expect_str_eq(
        format_one("--include-body", NULL, &bad),
        "---          -         -  nowhere.example  resolve: Could not resolve host\n");
}

Test(formatter, text_fields_have_tabs_between_them)
{
    cr_expect_str_eq(format_one("--fields=url,ok,error,time_total,body", NULL, &good),
                     "http://example.com/\ttrue\t\t0.123456\tline one\\r\\n\\t\"two\"\\x1b\\n\n");
    cr_expect_str_eq(format_one("--fields=url,error,headers,body,id", NULL, &bad),
                     "nowhere.example\tresolve\t\t\t\n");
}

Test(formatter, no_format_shows_a_password)
{
    static const char *const formats[] = {"--json", "--jsonl", "--csv", "--format=text",
                                          "--fields=url,url_effective,redirect_url"};
    af_response one = {
        .redirects = 1, .url = "http://u:secret@a/", .redirect_url = "http://u:secret@b/"};
    const struct record record = {.url = "u:secret@a", .response = &one};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const char *text = format_one(formats[i], NULL, &record);
        cr_expect(strstr(text, "u:***@a") && !strstr(text, "secret"), "%s", text);
    }
}

Test(formatter, a_record_that_does_not_fit_is_removed)
{
    static const char *const formats[] = {"--json", "--jsonl", "--csv", "--format=text",
                                          "--fields=url,body"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char *arguments[] = {(char *)"afetch", (char *)formats[i], (char *)"--include-headers",
                             (char *)"--include-body", NULL};
        struct options options;
        struct formatter *formatter;
        cr_assert(zero(int, options_parse(4, arguments, &options)));
        struct formatter_options choices = choices_of(&options);
        cr_assert(zero(int, formatter_new(&choices, &formatter)));
        for (size_t maximum = 0;; maximum++) {
            struct buffer small;
            buffer_init(&small, maximum);
            int r = formatter_record(formatter, &good, &small);
            cr_assert(r == 0 || (r == -EMSGSIZE && small.length == 0));
            buffer_free(&small);
            if (r == 0)
                break;
        }
        formatter_free(formatter);
        options_free(&options);
    }
}

/* Characters that change the direction of text would make a line misleading. */
Test(formatter, text_direction_controls_are_escaped)
{
    static const char turned[] =
        "a\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F\xE2\x80\xAA\xE2\x80\xAE\xE2\x81\xA6"
        "\xE2\x81\xA9z";
    static const char escaped[] = "a\\u061c\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069z";
    cr_assert(zero(int, text_write_escaped(&buffer, turned, strlen(turned))));
    cr_assert(zero(int, json_write_string(&buffer, turned, strlen(turned))));
    cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
    char expected[256];
    snprintf(expected, sizeof expected, "%s\"%s\"", escaped, escaped);
    cr_expect_str_eq(buffer.data, expected);

    static const char beside[] =
        "\xD8\x9B\xE2\x80\x8D\xE2\x80\x90\xE2\x80\xA9\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA";
    buffer.length = 0;
    cr_assert(zero(int, text_write_escaped(&buffer, beside, strlen(beside))));
    cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
    cr_expect_str_eq(buffer.data, beside);
}
