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
