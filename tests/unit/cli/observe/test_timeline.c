/* The data that the timeline keeps of an attempt. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>

#include "cli/observe/timeline.h"

static void add(struct timeline *timeline, const af_response *response)
{
    size_t url = 0;
    struct record record = {.url = "http://user:secret@x/", .response = response};
    struct timeline_moment moment = {.began = 100, .queued = 100.5, .now = 103};
    timeline_add(timeline, &record, &moment, &url);
    if (timeline->omitted == 0)
        cr_expect_str_eq(timeline_string(timeline, url), "http://user:***@x/");
}

/* The ends of the phases of a response, in milliseconds since the run began. */
static void expect_ends(af_response response, const int64_t expected[PHASES])
{
    struct timeline timeline;
    cr_assert_eq(timeline_init(&timeline, "x.json"), 0);
    timeline_begin(&timeline);
    response.start = 101;
    add(&timeline, &response);
    const struct attempt *attempt = timeline_attempts(&timeline);
    cr_expect_eq(attempt->begin, 500000);
    for (int phase = 0; phase < PHASES; phase++)
        cr_expect_eq(attempt->ends[phase], expected[phase] * 1000, "%s: %lld", phase_names[phase],
                     (long long)attempt->ends[phase]);
    timeline_free(&timeline);
}

Test(timeline, phases_follow_each_other)
{
    expect_ends((af_response){.scheme = "https",
                              .time_namelookup = 1000,
                              .time_connect = 3000,
                              .time_appconnect = 7000,
                              .time_starttransfer = 20000,
                              .time_total = 30000},
                (int64_t[]){1000, 1000, 1001, 1003, 1007, 1020, 1030});
}

Test(timeline, a_reused_connection_has_no_connect_phases)
{
    expect_ends((af_response){.scheme = "http", .time_starttransfer = 20000, .time_total = 30000},
                (int64_t[]){1000, 1000, 1000, 1000, 1000, 1020, 1030});
}

Test(timeline, a_phase_that_did_not_end_lasts_until_the_end)
{
    expect_ends((af_response){.time_total = 9000},
                (int64_t[]){1000, 1000, 1009, 1009, 1009, 1009, 1009});
    expect_ends((af_response){.scheme = "http", .time_namelookup = 2000, .time_total = 9000},
                (int64_t[]){1000, 1000, 1002, 1009, 1009, 1009, 1009});
    expect_ends(
        (af_response){
            .scheme = "https", .time_namelookup = 2000, .time_connect = 3000, .time_total = 9000},
        (int64_t[]){1000, 1000, 1002, 1003, 1009, 1009, 1009});
    expect_ends(
        (af_response){
            .scheme = "http", .time_namelookup = 2000, .time_connect = 3000, .time_total = 9000},
        (int64_t[]){1000, 1000, 1002, 1003, 1003, 1009, 1009});
}

Test(timeline, redirects_come_before_the_rest)
{
    expect_ends((af_response){.scheme = "http",
                              .redirects = 1,
                              .time_redirect = 10000,
                              .time_namelookup = 1000,
                              .time_connect = 2000,
                              .time_starttransfer = 25000,
                              .time_total = 30000},
                (int64_t[]){1000, 1010, 1010, 1010, 1010, 1025, 1030});
}

Test(timeline, an_attempt_that_did_not_begin_is_a_wait)
{
    struct timeline timeline;
    cr_assert_eq(timeline_init(&timeline, "x.html"), 0);
    timeline_begin(&timeline);
    add(&timeline, NULL);
    const struct attempt *attempt = timeline_attempts(&timeline);
    cr_expect_not(attempt->began);
    cr_expect_eq(attempt->ends[PHASE_WAIT], 3000000);
    cr_expect_eq(attempt->ends[PHASE_BODY], 3000000);
    timeline_free(&timeline);
}

Test(timeline, attempts_beyond_the_limit_are_counted)
{
    struct timeline timeline;
    cr_assert_eq(timeline_init(&timeline, "x.html"), 0);
    timeline_begin(&timeline);
    timeline.attempts.maximum = 2 * sizeof(struct attempt);
    for (int i = 0; i < 5; i++)
        add(&timeline, NULL);
    cr_expect_eq(timeline_count(&timeline), 2);
    cr_expect_eq(timeline.omitted, 3);
    timeline_begin(&timeline);
    cr_expect_eq(timeline_count(&timeline), 0);
    cr_expect_eq(timeline.omitted, 0);
    timeline_free(&timeline);
}

Test(timeline, the_file_name_determines_the_format)
{
    struct timeline timeline;
    cr_expect_eq(timeline_init(&timeline, "x.HTML"), 0);
    cr_expect_eq(timeline.format, TIMELINE_PAGE);
    cr_expect_eq(timeline_init(&timeline, "x.json"), 0);
    cr_expect_eq(timeline.format, TIMELINE_TRACE);
    cr_expect_eq(timeline_init(&timeline, "x.htm"), -EINVAL);
    cr_expect_eq(timeline_init(&timeline, "html"), -EINVAL);
    cr_expect_eq(timeline_init(&timeline, "no/such/directory/x.html"), -ENOENT);
}
