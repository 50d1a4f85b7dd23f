/* The summary, of runs short and long. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/summary.h"

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
    struct record record = {.response = &response};
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

Test(summary, one_request_has_no_rate)
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
    cr_expect_not_null(strstr(text, "1,000,000 requests in 20.00 s (50,000 per second): 1,000,000 "
                                    "ok, 0 failed; 1.0 GB\n  status       200        1,000,000  "));
    cr_expect_not_null(strstr(text, "  connections  1 new, 999,999 reused\n"));
    free(text);
}

Test(summary, a_run_without_requests_has_one_line)
{
    char *text = summary_of(0, 0);
    cr_expect_str_eq(text, "0 requests in 0.00 ms: 0 ok, 0 failed; 0 B\n");
    free(text);
}
