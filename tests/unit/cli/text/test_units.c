#include <criterion/criterion.h>

#include "cli/text/units.h"

static void expect_rate(double rate, const char *expected)
{
    char text[32];
    cr_expect_str_eq(units_rate(text, rate), expected);
}

Test(units, a_rate_has_significant_digits)
{
    expect_rate(0.04, "0.0");
    expect_rate(6.666, "6.7");
    expect_rate(9.96, "10");
    expect_rate(99.4, "99");
    expect_rate(99.6, "100");
    expect_rate(9876.5, "9,880");
    expect_rate(52631.6, "52,600");
    expect_rate(1e7, "10,000,000");
}

static void expect_time(double seconds, const char *expected)
{
    char text[16];
    cr_expect_str_eq(units_time(text, seconds), expected);
}

Test(units, a_time_has_a_fitting_unit)
{
    expect_time(0, "0.00 ms");
    expect_time(0.000123, "0.12 ms");
    expect_time(0.00999, "9.99 ms");
    expect_time(0.009996, "10 ms");
    expect_time(0.9996, "1.00 s");
    expect_time(123.4, "123.40 s");
}
