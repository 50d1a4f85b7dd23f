/* The resolver: shared queries and cached addresses. */
#include <criterion/criterion.h>
#include <string.h>

#include "resolver_suite.h"

/* ----------------------------------------------------------------- sharing */

Test(resolver, shares_a_query_among_lookups_of_one_name)
{
    open_all();
    struct outcome outcomes[100];
    for (size_t i = 0; i < 100; i++)
        cr_assert_eq(begin_of(i % 2 ? "held.test" : "HELD.test", AF_INET, &outcomes[i]), 0);
    while (count_questions("held.test") == 0)
        cr_assert_eq(af_loop_run_once(loop), 0);
    release_answers();
    run_until_finished(100);
    for (size_t i = 0; i < 100; i++)
        cr_expect_str_eq(outcomes[i].text, "192.0.2.6");
    cr_expect_eq(count_questions(NULL), 1);
    close_all();
}

Test(resolver, caches_addresses_for_a_minute)
{
    open_all();
    struct outcome outcome;
    look_up_of("one.test", AF_INET);
    ahead = 59;
    cr_expect_eq(begin_of("ONE.test", AF_INET, &outcome), 1);
    cr_expect_str_eq(outcome.text, "192.0.2.1");
    ahead = 61;
    cr_expect_eq(begin_of("one.test", AF_INET, &outcome), 0);
    run_until_finished(2);
    cr_expect_eq(count_questions("one.test"), 2);
    close_all();
}

/* Has the server fail from now on. */
static void break_server(void)
{
    static const struct zone_entry failing[] = {
        {.name = "*.test", .code = 2},
        {0},
    };
    set_zone(failing);
}

Test(resolver, uses_old_addresses_while_the_server_fails)
{
    open_all();
    assert_found("one.test", "192.0.2.1");
    ahead = 61;
    break_server();
    assert_found("one.test", "192.0.2.1");
    unsigned questions = count_questions("one.test");
    ahead = 120;
    assert_found("one.test", "192.0.2.1");
    cr_expect_eq(count_questions("one.test"), questions, "they are cached again");
    cr_expect_eq(look_up("two.test")->code, AF_RESOLVE_ERROR, "it has none");
    close_all();
}

/* Has the server be mute, and begins to renew the addresses of "one.test". */
static void begin_mute_renewal(resolver_done *done, struct outcome *outcome)
{
    static const struct zone_entry mute[] = {{.name = "*.test", .mute = true}, {0}};
    struct addresses *addresses;
    open_all();
    assert_found("one.test", "192.0.2.1");
    unsigned questions = count_questions("one.test");
    ahead = 61;
    set_zone(mute);
    *outcome = (struct outcome){0};
    cr_assert_eq(resolver_lookup(resolver, "one.test", AF_UNSPEC, done, outcome, &addresses,
                                 &outcome->lookup),
                 0);
    while (count_questions("one.test") == questions)
        cr_assert_eq(af_loop_run_once(loop), 0);
}

Test(resolver, uses_old_addresses_after_two_seconds_of_a_mute_server)
{
    static const struct zone_entry moved[] = {{.name = "*.test", .addresses = {"192.0.2.7"}}, {0}};
    struct outcome first, second;
    begin_mute_renewal(on_done, &first);
    cr_expect_eq(finished, 1);
    ahead = 63;
    run_until_finished(2);
    cr_expect_str_eq(first.text, "192.0.2.1");
    cr_expect_eq(begin("one.test", &second), 1, "nobody else waits");
    cr_expect_str_eq(second.text, "192.0.2.1");
    set_zone(moved);
    while (strcmp(second.text, "192.0.2.7") != 0) {
        cr_assert_eq(af_loop_run_once(loop), 0);
        cr_assert_eq(begin("one.test", &second), 1);
    }
    close_all();
}

static void free_when_done(void *arg, int result, struct addresses *addresses)
{
    on_done(arg, result, addresses);
    resolver_free(resolver);
    resolver = NULL;
}

Test(resolver, may_be_freed_as_old_addresses_are_used)
{
    struct outcome outcome;
    begin_mute_renewal(free_when_done, &outcome);
    ahead = 63;
    run_until_finished(2);
    cr_expect_str_eq(outcome.text, "192.0.2.1");
    close_all();
}

Test(resolver, uses_no_old_addresses_of_a_name_that_does_not_exist_any_more)
{
    static const struct zone_entry empty[] = {{0}};
    open_all();
    assert_found("one.test", "192.0.2.1");
    ahead = 61;
    set_zone(empty);
    assert_failed("one.test", "Could not resolve host: one.test");
    ahead = 67;
    break_server();
    assert_failed("one.test", "Could not resolve host: one.test (DNS server failure)");
    close_all();
}

Test(resolver, uses_no_addresses_older_than_a_day)
{
    open_all();
    assert_found("one.test", "192.0.2.1");
    break_server();
    ahead = 86000;
    assert_found("one.test", "192.0.2.1");
    ahead = 86500;
    assert_failed("one.test", "Could not resolve host: one.test (DNS server failure)");
    close_all();
}

Test(resolver, keeps_old_addresses_if_the_lookup_that_renews_them_is_cancelled)
{
    open_all();
    assert_found("one.test", "192.0.2.1");
    ahead = 61;
    break_server();
    struct outcome cancelled;
    cr_assert_eq(begin("one.test", &cancelled), 0);
    resolver_lookup_cancel(cancelled.lookup);
    assert_found("one.test", "192.0.2.1");
    close_all();
}

Test(resolver, caches_for_seconds_that_a_name_does_not_exist)
{
    open_all();
    struct outcome outcome;
    look_up_of("nobody.test", AF_INET);
    ahead = 4;
    cr_expect_eq(begin_of("nobody.test", AF_INET, &outcome), AF_RESOLVE_ERROR);
    cr_expect_str_eq(outcome.text, "Could not resolve host: nobody.test");
    ahead = 6;
    look_up_of("nobody.test", AF_INET);
    cr_expect_eq(count_questions("nobody.test"), 2);
    close_all();
}

Test(resolver, does_not_cache_failures_of_a_server)
{
    open_all();
    struct outcome outcomes[2];
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(begin_of("broken.test", AF_INET, &outcomes[i]), 0);
    run_until_finished(2);
    cr_expect_eq(count_questions("broken.test"), 1);
    look_up_of("broken.test", AF_INET);
    cr_expect_eq(count_questions("broken.test"), 2);
    close_all();
}

Test(resolver, caches_the_latest_names_alone)
{
    prepare();
    struct resolver_options options = test_options();
    options.most_cached = 2;
    open_with(&options);
    look_up_of("1.many.test", AF_INET);
    look_up_of("2.many.test", AF_INET);
    look_up_of("3.many.test", AF_INET);
    look_up_of("3.many.test", AF_INET);
    look_up_of("2.many.test", AF_INET);
    cr_expect_eq(count_questions(NULL), 3);
    look_up_of("1.many.test", AF_INET);
    cr_expect_eq(count_questions(NULL), 4);
    close_all();
}

/* Both sockets have the buffers that the system gives to all, and the server reads only as often as
 * the loop gets round to it. */
