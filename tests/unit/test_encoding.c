#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "cli/text/escape.h"

static struct buffer buffer;

static void setup(void)
{
    buffer_init(&buffer, 1 << 20);
}

static void teardown(void)
{
    buffer_free(&buffer);
}

TestSuite(encoding, .init = setup, .fini = teardown);

/* The JSON of bytes, as text. */
static const char *json_of(const char *bytes, size_t size)
{
    buffer.length = 0;
    cr_assert(zero(int, json_write_string(&buffer, bytes, size)));
    cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
    return buffer.data;
}

static const char *escaped(const char *text)
{
    buffer.length = 0;
    cr_assert(zero(int, text_write_escaped(&buffer, text, strlen(text))));
    cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
    return buffer.data;
}

Test(encoding, json_strings_are_escaped_and_always_utf8)
{
    static const struct {
        const char *bytes, *json;
    } cases[] = {
        {"", "\"\""},
        {"plain, and longer than eight bytes", "\"plain, and longer than eight bytes\""},
        {"\"\\\b\f\n\r\t/", "\"\\\"\\\\\\b\\f\\n\\r\\t/\""},
        {"\x01\x1b[31m\x7f", "\"\\u0001\\u001b[31m\\u007f\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"\xC2\x9B"
         "31m",
         "\"\\u009b31m\""},
        {"a\xFF"
         "b",
         "\"a\xEF\xBF\xBD"
         "b\""},
        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_str_eq(json_of(cases[i].bytes, strlen(cases[i].bytes)), cases[i].json);
}

Test(encoding, any_byte_at_any_place_makes_a_json_string_that_says_the_same)
{
    for (int byte = 1; byte < 256; byte++) {
        for (size_t length = 1; length < 20; length++) {
            for (size_t place = 0; place < length; place++) {
                char text[20] = {0};
                memset(text, 'x', length);
                text[place] = (char)byte;
                cJSON *string = cJSON_Parse(json_of(text, length));
                cr_assert_not_null(string);
                cr_assert(utf8_valid(string->valuestring, strlen(string->valuestring)));
                if (byte < 0x80)
                    cr_assert_str_eq(string->valuestring, text);
                cJSON_Delete(string);
            }
        }
    }
}

Test(encoding, random_bytes_make_valid_json)
{
    srand(1);
    for (int round = 0; round < 20000; round++) {
        char bytes[40];
        size_t length = (size_t)rand() % sizeof bytes;
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(rand() % 3 ? 0x80 + rand() % 0x80 : 1 + rand() % 0x7F);
        const char *json = json_of(bytes, length);
        cr_assert(utf8_valid(json, strlen(json)));
        cJSON *string = cJSON_Parse(json);
        cr_assert_not_null(string);
        cJSON_Delete(string);
    }
}

Test(encoding, utf8_is_what_rfc_3629_says)
{
    /* Every number there is, encoded without asking whether it may be. */
    for (unsigned code = 0; code < 0x200000; code += code < 0x11000 ? 1 : 0x101) {
        char text[4];
        size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        static const unsigned char leads[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
        for (size_t i = size - 1, rest = code;; i--, rest >>= 6) {
            text[i] = (char)(i > 0 ? 0x80 | (rest & 0x3F) : leads[size] | rest);
            if (i == 0)
                break;
        }
        bool valid = code < 0x110000 && (code < 0xD800 || code > 0xDFFF);
        cr_assert(eq(sz, utf8_character(text, size), valid ? size : 0), "U+%X", code);
        cr_assert(size == 1 || utf8_character(text, size - 1) == 0, "U+%X", code);
    }
    cr_expect(zero(sz, utf8_character("\xC1\xBF", 2)));
    cr_expect(zero(sz, utf8_character("\xE0\x9F\xBF", 3)));
    cr_expect(zero(sz, utf8_character("\xF0\x8F\xBF\xBF", 4)));
    cr_expect(zero(sz, utf8_character("", 0)));
}

Test(encoding, text_for_a_terminal_has_no_control_characters)
{
    cr_expect_str_eq(escaped("a\"b\\c\n\t\x1b[0m\x7f"), "a\"b\\c\\n\\t\\x1b[0m\\x7f");
    cr_expect_str_eq(escaped("\xC3\xA9\xC2\x9B\xFF"), "\xC3\xA9\\u009b\\xff");
    cr_expect_str_eq(escaped(""), "");
}

Test(encoding, base64_is_what_rfc_4648_says)
{
    static const char *const texts[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        buffer.length = 0;
        cr_assert(zero(int, base64_append(&buffer, "foobar", i)));
        cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
        cr_expect_str_eq(buffer.data, texts[i]);
    }
}

static int decode(const char *text)
{
    buffer.length = 0;
    return base64_decode(&buffer, text, strlen(text));
}

Test(encoding, base64_comes_back_as_it_was)
{
    unsigned char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        buffer.length = 0;
        cr_assert(zero(int, base64_append(&buffer, bytes, size)));
        cr_assert(zero(int, buffer_append_char(&buffer, '\0')));
        char *text = strdup(buffer.data);
        cr_assert(zero(int, decode(text)));
        free(text);
        cr_assert(eq(sz, buffer.length, size));
        cr_assert(size == 0 || memcmp(buffer.data, bytes, size) == 0);
    }
}

Test(encoding, what_is_no_base64_is_refused_whole)
{
    static const char *const wrong[] = {"A",
                                        "AA",
                                        "AAA",
                                        "A===",
                                        "====",
                                        "AB==",
                                        "AAB=",
                                        "AA=A",
                                        "AA A",
                                        "AAAA\n",
                                        "-_-_",
                                        "AA==AAAA",
                                        "AAA!",
                                        "=AAA",
                                        "AAAA=",
                                        "AAAAAAA!",
                                        "\xff\xff\xff\xff"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect(eq(int, decode(wrong[i]), -EINVAL), "%s", wrong[i]);
        cr_expect(zero(sz, buffer.length));
    }
}

Test(encoding, numbers_are_what_printf_writes)
{
    char text[NUMBER_LONGEST + 1], expected[NUMBER_LONGEST + 1];
    srand(1);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = ((uint64_t)rand() << 33 ^ (uint64_t)rand() << 2) >> rand() % 64;
        int64_t number = i == 0 ? INT64_MIN : i < 1000 ? i - 500 : (int64_t)bits;
        *number_write(text, number) = '\0';
        snprintf(expected, sizeof expected, "%lld", (long long)number);
        cr_assert_str_eq(text, expected);

        *number_write_seconds(text, number) = '\0';
        uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
        snprintf(expected, sizeof expected, "%s%llu.%06llu", number < 0 ? "-" : "",
                 (unsigned long long)(size / 1000000), (unsigned long long)(size % 1000000));
        cr_assert_str_eq(text, expected);
    }
}

Test(encoding, times_are_what_the_calendar_says)
{
    char text[NUMBER_LONGEST + 1], expected[80];
    /* Every day from 1970 to 2400, at a time of its own. */
    for (int64_t day = 0; day < 157054; day++) {
        time_t second = day * 86400 + day * 7 % 86400;
        *number_write_timestamp(text, (int64_t)second * 1000000 + day % 1000 * 1000 + 999) = '\0';
        struct tm date;
        gmtime_r(&second, &date);
        size_t length = strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S", &date);
        snprintf(expected + length, sizeof expected - length, ".%03dZ", (int)(day % 1000));
        cr_assert_str_eq(text, expected);
    }
}
