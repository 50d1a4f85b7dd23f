/* The line of --progress, in terminals of any width. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "cli/observe/progress.h"

static const char *line(const struct progress *progress, struct outlook outlook, size_t width)
{
    static char text[1024];
    size_t length = progress_write(progress, &outlook, width, text, sizeof text);
    cr_assert_eq(strlen(text), length);
    return text;
}

Test(progress, a_wide_terminal_shows_all_parts)
{
    struct progress progress = {.running = 20, .done = 500, .failed = 3};
    struct outlook outlook = {.total = 2000, .exact = true, .rate = 123.4};
    cr_expect_str_eq(line(&progress, outlook, 120),
                     " ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌   25%  500 of 2,000 done  20 running  3 failed  "
                     "123/s  0:13 left");
}

Test(progress, large_downloads_show_bytes)
{
    struct progress progress = {.running = 2, .done = 1};
    struct outlook outlook = {.total = 3, .exact = true, .rate = 0.1, .bytes = 1.2e9};
    cr_expect_str_eq(line(&progress, outlook, 72),
                     "  33%  1 of 3 done  2 running  0 failed  1.2 GB  0.1/s  0:20 left");
    outlook.bytes = 999999;
    cr_expect_str_eq(line(&progress, outlook, 72),
                     "  33%  1 of 3 done  2 running  0 failed  0.1/s  0:20 left");
}

Test(progress, the_least_important_parts_are_dropped_first)
{
    struct progress progress = {.running = 20, .done = 500, .failed = 3};
    struct outlook outlook = {.total = 2000, .exact = true, .rate = 50};
    cr_expect_str_eq(line(&progress, outlook, 80),
                     "  25%  500 of 2,000 done  20 running  3 failed  50/s  0:30 left");
    cr_expect_str_eq(line(&progress, outlook, 60),
                     "  25%  500 of 2,000 done  3 failed  50/s  0:30 left");
    cr_expect_str_eq(line(&progress, outlook, 50), " 500 of 2,000 done  3 failed  50/s  0:30 left");
    cr_expect_str_eq(line(&progress, outlook, 20), " 500 of 2,000 done");
    cr_expect_str_eq(line(&progress, outlook, 18), "");
    cr_expect_str_eq(line(&progress, outlook, 0), "");
}

Test(progress, a_pipe_has_no_estimate)
{
    struct progress progress = {.running = 1, .done = 1234567};
    cr_expect_str_eq(line(&progress, (struct outlook){.total = NAN, .rate = 8123}, 80),
                     " 1,234,567 done  1 running  0 failed  8,120/s");
}

Test(progress, an_estimate_has_two_digits)
{
    struct progress progress = {.done = 1};
    cr_expect_str_eq(line(&progress, (struct outlook){.total = 9987654.3}, 40),
                     " 1 of about 10,000,000 done  0 failed");
    cr_expect_str_eq(line(&progress, (struct outlook){.total = 7.2}, 40),
                     "  13%  1 of about 7 done  0 failed");
}

Test(progress, days_are_shown_as_hours)
{
    struct progress progress = {.done = 1};
    cr_expect_str_eq(line(&progress, (struct outlook){7201, true, 1, 0}, 45),
                     " 1 of 7,201 done  0 failed  2:00:00 left");
    cr_expect_str_eq(line(&progress, (struct outlook){1e9, true, 0.5, 0}, 60),
                     " 1 of 1,000,000,000 done  0 failed  0.5/s  99:59:59 left");
}
