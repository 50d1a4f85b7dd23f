#include <criterion/criterion.h>

#include "cli/report/histogram.h"

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
