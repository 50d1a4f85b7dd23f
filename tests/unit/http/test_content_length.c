#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "http/content_length.h"

static void expect(const char *value, int64_t length)
{
    cr_expect_eq(content_length_parse(value, strlen(value)), length, "%s", value);
}

Test(content_length, a_number_is_a_length)
{
    expect("0", 0);
    expect("5", 5);
    expect(" 5 \r\n", 5);
    expect("007", 7);
    expect("9223372036854775807", INT64_MAX);
}

Test(content_length, one_number_may_be_repeated_and_no_other)
{
    expect("5, 5", 5);
    expect("5,5 ,\t5\r\n", 5);
    expect("5, 6", -EINVAL);
    expect("5,", -EINVAL);
    expect(",5", -EINVAL);
    expect("5 5", -EINVAL);
}

Test(content_length, what_is_no_number_is_no_length)
{
    static const char *const values[] = {"",     "\r\n", "abc", "-5", "+5",
                                         "5abc", "5.0",  "0x5", "1e3"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        expect(values[i], -EINVAL);
}

Test(content_length, a_number_that_is_too_large_is_as_large_as_can_be)
{
    expect("9223372036854775808", INT64_MAX);
    expect("99999999999999999999999999", INT64_MAX);
    expect("99999999999999999999999999, 5", -EINVAL);
}
