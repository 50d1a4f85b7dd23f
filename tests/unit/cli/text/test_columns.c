#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <locale.h>
#include <string.h>

#include "cli/text/columns.h"

static void set_locale(void)
{
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

TestSuite(columns, .init = set_locale);

static void expect(const char *text, size_t maximum, size_t length, size_t columns)
{
    size_t found;
    cr_expect(eq(sz, columns_fit(text, strlen(text), maximum, &found), length), "%s", text);
    cr_expect(eq(sz, found, columns), "%s", text);
}

Test(columns, a_letter_has_one_column)
{
    expect("", 4, 0, 0);
    expect("abc", 4, 3, 3);
    expect("abcdef", 4, 4, 4);
    expect("\xC3\xA9t\xC3\xA9", 4, 5, 3);
}

Test(columns, a_wide_character_has_two_and_is_not_halved)
{
    expect("\xE6\x97\xA5\xE6\x9C\xAC", 4, 6, 4);
    expect("\xE6\x97\xA5\xE6\x9C\xAC", 3, 3, 2);
    expect("\xF0\x9F\x98\x80", 1, 0, 0);
}

Test(columns, a_combining_mark_has_none_and_stays_with_its_letter)
{
    expect("e\xCC\x81x", 1, 3, 1);
    expect("e\xCC\x81\xCC\x81", 4, 5, 1);
}

Test(columns, bytes_that_are_not_utf8_have_one_each)
{
    expect("\xFF\xE6\x97", 4, 3, 3);
}
