/* The summary, of runs short and long. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/summary.h"
#include "cli/text/units.h"

static void expect_rate(double rate, const char *expected)
{
    char text[32];
    cr_expect_str_eq(units_rate(text, rate), expected);
}

Test(summary, a_rate_has_the_digits_that_mean_something)
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

Test(summary, a_time_has_the_unit_that_suits_it)
{
    expect_time(0, "0.00 ms");
    expect_time(0.000123, "0.12 ms");
    expect_time(0.00999, "9.99 ms");
    expect_time(0.009996, "10 ms");
    expect_time(0.9996, "1.00 s");
    expect_time(123.4, "123.40 s");
}

/* A run of so many requests that all took as long. */
static char *summary_of(size_t count, double elapsed)
{
    static struct statistics statistics;
    statistics = (struct statistics){0};
    af_response response = {.status = 200,
                            .size_request = 1,
                            .size_download = 1000,
                            .time_connect = 300,
                            .time_starttransfer = 400,
                            .time_total = 500,
                            .connects = 1};
    struct record record = {.ok = true, .response = &response};
    for (size_t i = 0; i < count; i++) {
        statistics_add(&statistics, &record);
        response.connects = 0;
    }
    statistics.elapsed = elapsed;
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    summary_print(file, &statistics, false);
    fclose(file);
    return text;
}

Test(summary, one_request_is_no_rate)
{
    char *text = summary_of(1, 0.0006);
    cr_expect_not_null(strstr(text, "1 request in 0.60 ms: 1 ok, 0 failed; 1.0 kB\n"));
    cr_expect_not_null(strstr(text, "    first byte   0.40 ms   0.40 ms   0.40 ms"));
    cr_expect_not_null(strstr(text, "  connections  1 new, 0 reused\n"));
    free(text);
}

Test(summary, a_million_requests_stay_in_their_columns)
{
    char *text = summary_of(1000000, 20);
    cr_expect_not_null(strstr(
        text, "1,000,000 requests in 20.00 s (50,000 a second): 1,000,000 ok, 0 failed; 1.0 GB\n"
              "  status       200        1,000,000  "));
    cr_expect_not_null(strstr(text, "  connections  1 new, 999,999 reused\n"));
    free(text);
}

Test(summary, nothing_is_one_line)
{
    char *text = summary_of(0, 0);
    cr_expect_str_eq(text, "0 requests in 0.00 ms: 0 ok, 0 failed; 0 B\n");
    free(text);
}

Test(histogram, the_slowest_is_exact_and_the_rest_nearly)
{
    static struct histogram histogram;
    for (int64_t time = 1; time <= 100000; time++)
        histogram_add(&histogram, time);
    cr_expect_float_eq(histogram_percentile(&histogram, 0), 1e-6, 1e-12);
    cr_expect_float_eq(histogram_percentile(&histogram, 0.5), 0.05, 0.05 * 0.02);
    cr_expect_float_eq(histogram_percentile(&histogram, 0.99), 0.099, 0.099 * 0.02);
    cr_expect_float_eq(histogram_percentile(&histogram, 1), 0.1, 1e-12);
}
