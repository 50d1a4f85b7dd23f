#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

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

TestSuite(escape, .init = setup, .fini = teardown);

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

Test(escape, json_strings_are_escaped_and_always_utf8)
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

Test(escape, any_byte_at_any_offset_round_trips_through_json)
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

Test(escape, random_bytes_make_valid_json)
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

Test(escape, control_characters_are_escaped_for_a_terminal)
{
    cr_expect_str_eq(escaped("a\"b\\c\n\t\x1b[0m\x7f"), "a\"b\\c\\n\\t\\x1b[0m\\x7f");
    cr_expect_str_eq(escaped("\xC3\xA9\xC2\x9B\xFF"), "\xC3\xA9\\u009b\\xff");
    cr_expect_str_eq(escaped(""), "");
}
