#include <criterion/criterion.h>

#include "cli/text/http_syntax.h"

Test(http_syntax, header_lines_are_checked_as_by_curl)
{
    cr_expect_null(http_header_error("Name: value"));
    cr_expect_null(http_header_error("Name:"));
    cr_expect_null(http_header_error("Name;"));
    cr_expect_null(http_header_error("Name:\tv\xc3\xa4lue; with: all"));
    cr_expect_not_null(http_header_error("Name"));
    cr_expect_not_null(http_header_error(""));
    cr_expect_not_null(http_header_error(": value"));
    cr_expect_not_null(http_header_error("Na me: value"));
    cr_expect_not_null(http_header_error("Name : value"));
    cr_expect_not_null(http_header_error("Name: value\r\nOther: value"));
    cr_expect_not_null(http_header_error("Name: \x7f"));
}

Test(http_syntax, a_port_has_up_to_five_digits_and_ends_where_a_path_may_begin)
{
    static const char *const ports[] = {"80", "", "65535/", "0?a", "/", "#x"};
    static const char *const others[] = {"123456", "123456/", "80a", "80 ", ":80", "a"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        cr_expect(http_is_port(ports[i]), "%s", ports[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect(!http_is_port(others[i]), "%s", others[i]);
}
