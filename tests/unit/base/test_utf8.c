#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/utf8.h"

Test(utf8, utf8_is_validated_as_in_rfc_3629)
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

Test(utf8, truncation_cuts_no_character_in_two)
{
    const char *text = "a\xE6\x97\xA5\xF0\x9F\x98\x80";
    static const size_t lengths[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 8};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        cr_expect(eq(sz, utf8_truncate(text, strlen(text), i), lengths[i]), "%zu", i);
}

Test(utf8, truncation_of_what_is_no_utf8_goes_back_three_bytes_at_most)
{
    cr_expect(eq(sz, utf8_truncate("\x80\x80\x80\x80\x80\x80\x80\x80", 8, 7), 4));
    cr_expect(eq(sz, utf8_truncate("\x80\x80", 2, 1), 0));
}
