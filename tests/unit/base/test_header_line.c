#include <criterion/criterion.h>
#include <stddef.h>

#include "base/header_line.h"

Test(header_line, names_are_compared_without_case_up_to_their_colon_or_semicolon)
{
    cr_expect(header_line_same_name("Accept: a", "accept;"));
    cr_expect(header_line_same_name("Accept", "Accept: a"));
    cr_expect(header_line_same_name("Accept:", "ACCEPT"));
    cr_expect(!header_line_same_name("Accept: a", "Accept-Language: a"));
    cr_expect(!header_line_same_name("Accept-Language: a", "Accept"));
    cr_expect(!header_line_same_name("A: Accept", "Accept"));
}

Test(header_line, a_name_is_found_in_any_line)
{
    static const char *const lines[] = {"A: 1", "b;", "C:", NULL};
    cr_expect(header_lines_have(lines, "B: 2"));
    cr_expect(header_lines_have(lines, "c"));
    cr_expect(!header_lines_have(lines, "D"));
    cr_expect(!header_lines_have(NULL, "A"));
}
