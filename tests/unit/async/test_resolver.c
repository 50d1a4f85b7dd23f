/* Looking up names, against a DNS server of the test, files of the test, and a function in the
 * place of getaddrinfo(). */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resolver_suite.h"

struct resolver *resolver;
char directory[] = "/tmp/resolver-XXXXXX";
char hosts[64], nsswitch[64], resolv_conf[64], gai_conf[64];
double ahead;
unsigned finished;

TestSuite(resolver, .timeout = 30);

/* ------------------------------------------------------------------- names */

Test(resolver, finds_addresses_in_the_form_that_libcurl_takes)
{
    open_all();
    assert_found("one.test", "192.0.2.1");
    assert_found("two.test", "192.0.2.2,192.0.2.3");
    assert_found("ipv6.test", "[2001:db8::1]");
    close_all();
}

Test(resolver, asks_for_the_family_that_is_wanted)
{
    open_all();
    cr_expect_str_eq(look_up_of("both.test", AF_INET)->text, "192.0.2.4");
    cr_expect_str_eq(look_up_of("both.test", AF_INET6)->text, "[2001:db8::2]");
    cr_expect_eq(look_up_of("one.test", AF_INET6)->code, AF_RESOLVE_ERROR);
    cr_expect_eq(look_up_of("ipv6.test", AF_INET)->code, AF_RESOLVE_ERROR);
    close_all();
}

Test(resolver, asks_for_no_ipv6_where_the_option_says_so)
{
    prepare();
    write_file(resolv_conf, "options no-aaaa\n");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_failed("ipv6.test", "Could not resolve host: ipv6.test");
    cr_expect_eq(count_questions("ipv6.test"), 1);
    assert_found("both.test", "192.0.2.4");
    close_all();
}

Test(resolver, takes_names_that_are_no_host_names_but_in_use)
{
    open_all();
    assert_found("under_score.many.test", "192.0.2.11");
    assert_found("_first.many.test", "192.0.2.11");
    assert_found("-dash-.many.test", "192.0.2.11");
    assert_found("1.2.many.test", "192.0.2.11");
    assert_found("xn--bcher-kva.many.test", "192.0.2.11");
    close_all();
}

Test(resolver, says_of_a_name_that_does_not_exist_what_libcurl_says)
{
    open_all();
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    assert_failed("empty.test", "Could not resolve host: empty.test");
    assert_failed("", "Could not resolve host: ");
    assert_failed("a..b", "Could not resolve host: a..b");
    assert_failed("a123456789012345678901234567890123456789012345678901234567890123.test",
                  "Could not resolve host: "
                  "a123456789012345678901234567890123456789012345678901234567890123.test");
    close_all();
}

Test(resolver, says_why_a_server_did_not_answer)
{
    prepare();
    write_file(resolv_conf, "options timeout:1 attempts:1\n");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_failed("broken.test", "Could not resolve host: broken.test (DNS server failure)");
    assert_failed("mute.test", "Could not resolve host: mute.test (DNS server timed out)");
    close_all();
}

Test(resolver, asks_again_if_a_packet_is_lost)
{
    prepare();
    write_file(resolv_conf, "options timeout:1\n");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_found("lost.test", "192.0.2.5");
    cr_expect_geq(count_questions("lost.test"), 2);
    close_all();
}

Test(resolver, asks_over_tcp_if_an_answer_is_truncated)
{
    open_all();
    const struct outcome *outcome = look_up("long.test");
    cr_expect_eq(strncmp(outcome->text, "192.0.2.7,192.0.2.7,192.0.2.7,", 30), 0);
    cr_expect_eq(count_tcp_questions(), 1);
    close_all();
}

Test(resolver, tries_the_search_domains_unless_the_name_ends_with_a_dot)
{
    prepare();
    write_file(resolv_conf, "search nowhere.test search.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    cr_expect_str_eq(look_up_of("host", AF_INET)->text, "192.0.2.10");
    cr_expect_eq(count_questions("host.nowhere.test"), 1);
    assert_found("short.", "192.0.2.9");
    assert_failed("host.", "Could not resolve host: host.");
    close_all();
}

/* -------------------------------------------------------------- many names */

Test(resolver, looks_up_6000_names_at_once_without_losing_a_packet)
{
    enum { NAMES = 6000 };
    open_all();
    struct outcome *outcomes = calloc(NAMES, sizeof *outcomes);
    for (size_t i = 0; i < NAMES; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.many.test", i);
        cr_assert_eq(begin(name, &outcomes[i]), 0);
    }
    run_until_finished(NAMES);
    for (size_t i = 0; i < NAMES; i++)
        cr_assert_str_eq(outcomes[i].text, "192.0.2.11");
    unsigned questions = count_questions(NULL);
    cr_expect(questions == NAMES || questions == 2 * NAMES, "%u questions", questions);
    cr_expect_geq(count_ports(), NAMES / 100, "few names share a port");
    free(outcomes);
    close_all();
}

Test(resolver, does_not_let_names_that_nobody_answers_hold_up_others)
{
    enum { MUTE = 300 };
    static const struct zone_entry slow[] = {
        {.name = "*.mute.test", .mute = true},
        {.name = "one.test", .addresses = {"192.0.2.1"}},
        {0},
    };
    open_all();
    close_name_server();
    open_name_server(loop, slow);
    resolver_free(resolver);
    struct resolver_options options = test_options();
    open_with(&options);
    struct outcome mute[MUTE], one;
    for (size_t i = 0; i < MUTE; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.mute.test", i);
        cr_assert_eq(begin_of(name, AF_INET, &mute[i]), 0);
    }
    double start = test_time(NULL);
    cr_assert_eq(begin_of("one.test", AF_INET, &one), 0);
    run_until_finished(1);
    cr_expect_str_eq(one.text, "192.0.2.1");
    cr_expect_lt(test_time(NULL) - start, 1.9, "before the first time-out");
    close_all();
}

/* Begins lookups of "0.many.test" and so on. */
static struct outcome *begin_many(size_t count)
{
    struct outcome *outcomes = calloc(count, sizeof *outcomes);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.many.test", i);
        cr_assert_eq(begin_of(name, AF_INET, &outcomes[i]), 0);
    }
    return outcomes;
}

Test(resolver, is_not_slowed_down_by_names_that_are_slow)
{
    enum { NAMES = 1000 };
    static const struct zone_entry mixed[] = {
        {.name = "*0.many.test", .addresses = {"192.0.2.11"}},
        {.name = "*.many.test", .mute = true},
        {0},
    };
    open_all();
    set_zone(mixed);
    double start = test_time(NULL);
    struct outcome *outcomes = begin_many(NAMES);
    run_until_finished(NAMES / 10);
    cr_expect_lt(test_time(NULL) - start, 1.9, "before the first time-out");
    free(outcomes);
    close_all();
}

Test(resolver, does_not_pace_names_by_how_slow_they_are)
{
    enum { NAMES = 1000 };
    static const struct zone_entry mute[] = {{.name = "*.many.test", .mute = true}, {0}};
    open_all();
    set_zone(mute);
    double start = test_time(NULL);
    struct outcome *outcomes = begin_many(NAMES);
    while (count_questions(NULL) < NAMES)
        cr_assert_eq(af_loop_run_once(loop), 0);
    cr_expect_lt(test_time(NULL) - start, 1.5, "all were asked before the first time-out");
    free(outcomes);
    close_all();
}

/* Its buffer may be full: it did answer at once. */
Test(resolver, waits_for_a_quick_server_that_stands_still)
{
    enum { NAMES = 1000, AT_ONCE = 120 };
    static const struct zone_entry mute[] = {{.name = "*.many.test", .mute = true}, {0}};
    open_all();
    look_up_of("one.test", AF_INET);
    double start = test_time(NULL);
    set_zone(mute);
    struct outcome *outcomes = begin_many(NAMES);
    while (count_questions(NULL) <= 1 + AT_ONCE)
        cr_assert_eq(af_loop_run_once(loop), 0);
    cr_expect_gt(test_time(NULL) - start, 0.15);
    while (count_questions(NULL) < 1 + NAMES)
        cr_assert_eq(af_loop_run_once(loop), 0);
    cr_expect_lt(test_time(NULL) - start, 1.5);
    free(outcomes);
    close_all();
}

/* A packet that is lost is sent again. */
Test(resolver, loses_no_packet_of_thousands_to_a_quick_server)
{
    enum { NAMES = 6000 };
    static const struct zone_entry quick[] = {{.name = "*.many.test", .addresses = {"192.0.2.11"}},
                                              {0}};
    open_all();
    set_zone(quick);
    struct outcome *outcomes = begin_many(NAMES);
    run_until_finished(NAMES);
    cr_expect_eq(count_questions(NULL), NAMES);
    free(outcomes);
    close_all();
}

/* A socket may not be connected to the broadcast address. */
Test(resolver, does_not_pace_names_that_cannot_be_sent)
{
    enum { NAMES = 1000 };
    prepare();
    struct resolver_options options = test_options();
    options.servers = "255.255.255.255:53";
    open_with(&options);
    double start = test_time(NULL);
    struct outcome *outcomes = begin_many(NAMES);
    run_until_finished(NAMES);
    cr_expect_lt(test_time(NULL) - start, 1.9);
    cr_expect_str_eq(outcomes[0].text,
                     "Could not resolve host: 0.many.test (no DNS server can be reached)");
    free(outcomes);
    close_all();
}

/* -------------------------------------------------------------- cancelling */

Test(resolver, calls_nobody_who_cancelled)
{
    open_all();
    struct outcome first, second;
    cr_assert_eq(begin("one.test", &first), 0);
    cr_assert_eq(begin("one.test", &second), 0);
    resolver_lookup_cancel(first.lookup);
    run_until_finished(1);
    cr_expect_eq(first.calls, 0);
    cr_expect_eq(second.calls, 1);
    close_all();
}

Test(resolver, asks_for_no_name_that_nobody_waits_for)
{
    open_all();
    struct outcome cancelled;
    cr_assert_eq(begin("one.test", &cancelled), 0);
    resolver_lookup_cancel(cancelled.lookup);
    look_up("two.test");
    cr_expect_eq(count_questions("one.test"), 0);
    cr_expect_eq(cancelled.calls, 0);
    resolver_lookup_cancel(NULL);
    close_all();
}

Test(resolver, caches_the_answer_of_a_cancelled_lookup)
{
    open_all();
    struct outcome outcome;
    cr_assert_eq(begin_of("held.test", AF_INET, &outcome), 0);
    while (count_questions("held.test") == 0)
        cr_assert_eq(af_loop_run_once(loop), 0);
    resolver_lookup_cancel(outcome.lookup);
    release_answers();
    look_up_of("held.test", AF_INET);
    cr_expect_eq(count_questions("held.test"), 1);
    close_all();
}

static struct outcome others[2];

static void cancel_the_other(void *arg, int result, struct addresses *addresses)
{
    struct outcome *other = arg;
    (void)result, (void)addresses;
    resolver_lookup_cancel(other->lookup);
    finished++;
}

Test(resolver, lets_a_callback_cancel_another)
{
    open_all();
    struct addresses *addresses;
    cr_assert_eq(resolver_lookup(resolver, "one.test", AF_INET, cancel_the_other, &others[1],
                                 &addresses, &others[0].lookup),
                 0);
    cr_assert_eq(begin_of("one.test", AF_INET, &others[1]), 0);
    run_until_finished(1);
    look_up("two.test");
    cr_expect_eq(others[1].calls, 0);
    close_all();
}

static void free_the_resolver(void *arg, int result, struct addresses *addresses)
{
    (void)arg, (void)result;
    resolver_free(resolver);
    resolver = NULL;
    cr_expect_str_eq(addresses->text, "192.0.2.1", "still there");
    finished++;
}

Test(resolver, lets_a_callback_free_it)
{
    open_all();
    struct addresses *addresses;
    struct outcome outcome;
    cr_assert_eq(resolver_lookup(resolver, "one.test", AF_INET, free_the_resolver, NULL, &addresses,
                                 &outcome.lookup),
                 0);
    cr_assert_eq(begin_of("one.test", AF_INET, &outcome), 0);
    cr_assert_eq(begin_of("mute.test", AF_INET, &outcome), 0);
    run_until_finished(1);
    cr_expect_null(resolver);
    close_all();
}

static void look_up_again(void *arg, int result, struct addresses *addresses)
{
    (void)addresses;
    cr_expect_eq(result, AF_RESOLVE_ERROR);
    cr_expect_eq(begin_of("broken.test", AF_INET, arg), 0);
    finished++;
}

Test(resolver, lets_a_callback_try_again)
{
    open_all();
    struct addresses *addresses;
    struct outcome again, first;
    cr_assert_eq(resolver_lookup(resolver, "broken.test", AF_INET, look_up_again, &again,
                                 &addresses, &first.lookup),
                 0);
    run_until_finished(2);
    cr_expect_eq(again.calls, 1);
    cr_expect_eq(count_questions("broken.test"), 2);
    close_all();
}

Test(resolver, is_freed_at_once_while_a_server_is_mute)
{
    open_all();
    struct outcome outcome;
    cr_assert_eq(begin("mute.test", &outcome), 0);
    while (count_questions("mute.test") == 0)
        cr_assert_eq(af_loop_run_once(loop), 0);
    double start = test_time(NULL);
    resolver_free(resolver);
    resolver = NULL;
    cr_expect_lt(test_time(NULL) - start, 0.5);
    cr_expect_eq(outcome.calls, 0);
    close_all();
}

/* ------------------------------------------------------------------ memory */

/* Looks up names from each source. Returns 0, or what failed. */
static int look_up_all(const struct resolver_options *options)
{
    static const char *const names[] = {"one.test", "alias", "nobody.test"};
    int r = resolver_new(loop, options, &resolver);
    for (size_t i = 0; r >= 0 && i < sizeof names / sizeof names[0]; i++) {
        struct outcome outcome;
        r = begin(names[i], &outcome);
        if (r == 0) {
            run_until_finished(finished + 1);
            r = outcome.code;
        }
        if (r == AF_RESOLVE_ERROR &&
            strcmp(outcome.text, "Could not resolve host: nobody.test") == 0)
            r = 0;
    }
    resolver_free(resolver);
    resolver = NULL;
    return r;
}

Test(resolver, survives_want_of_memory_and_leaks_nothing)
{
    prepare();
    write_file(hosts, "192.0.2.20 alias\n");
    struct resolver_options options = test_options();
    cr_assert_eq(look_up_all(&options), 0);
    bool failed = true;
    for (size_t number = 1; failed; number++) {
        af_raise_error((af_error){0});
        long live = live_allocations();
        fail_allocation(number, false);
        int r = look_up_all(&options);
        failed = stop_failing();
        cr_expect(r == 0 || (failed && (r == -ENOMEM || r == AF_RESOLVE_ERROR)),
                  "allocation %zu: %s", number, af_strerror(r));
        af_raise_error((af_error){0});
        cr_expect_eq(live_allocations(), live, "allocation %zu", number);
    }
    close_all();
}
