/* Looking up names, against a DNS server of the test, files of the test, and a function in the
 * place of getaddrinfo(). */
#include <criterion/criterion.h>
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "async/resolver.h"
#include "failing_allocation.h"
#include "name_server.h"

TestSuite(resolver, .timeout = 30);

static const struct zone_entry zone[] = {
    {.name = "one.test", .addresses = {"192.0.2.1"}},
    {.name = "two.test", .addresses = {"192.0.2.2", "192.0.2.3"}},
    {.name = "ipv6.test", .addresses = {"2001:db8::1"}},
    {.name = "both.test", .addresses = {"192.0.2.4", "2001:db8::2"}},
    {.name = "empty.test"},
    {.name = "broken.test", .code = 2},
    {.name = "lost.test", .addresses = {"192.0.2.5"}, .lost = 1},
    {.name = "mute.test", .mute = true},
    {.name = "held.test", .addresses = {"192.0.2.6"}, .held = true},
    {.name = "long.test", .addresses = {"192.0.2.7"}, .copies = 100},
    {.name = "printer.local", .addresses = {"192.0.2.8"}},
    {.name = "short", .addresses = {"192.0.2.9"}},
    {.name = "host.search.test", .addresses = {"192.0.2.10"}},
    {.name = "*.many.test", .addresses = {"192.0.2.11"}},
    {0},
};

static af_loop *loop;
static struct resolver *resolver;
static char directory[] = "/tmp/resolver-XXXXXX";
static char hosts[64], nsswitch[64], resolv_conf[64], gai_conf[64];
static double ahead; /* of the real time */

/* ----------------------------------------------------------------- the end */

/* The result of a lookup. */
struct outcome {
    unsigned calls;
    int code;
    char text[256]; /* the addresses, or the error's text */
    struct resolver_lookup *lookup;
};

static unsigned finished;

static void on_done(void *arg, int result, struct addresses *addresses)
{
    struct outcome *outcome = arg;
    outcome->calls++;
    outcome->code = result;
    cr_assert_eq(addresses != NULL, result == 0);
    snprintf(outcome->text, sizeof outcome->text, "%s",
             addresses ? addresses->text : af_error_text(af_raised(result)));
    finished++;
}

static int begin_of(const char *host, int family, struct outcome *outcome)
{
    struct addresses *addresses;
    *outcome = (struct outcome){0};
    int r = resolver_lookup(resolver, host, family, on_done, outcome, &addresses, &outcome->lookup);
    if (r == 0)
        return r;
    outcome->code = r < 0 ? r : 0;
    snprintf(outcome->text, sizeof outcome->text, "%s",
             r > 0 ? addresses->text : af_error_text(af_raised(r)));
    if (r > 0)
        addresses_unref(addresses);
    return r;
}

static int begin(const char *host, struct outcome *outcome)
{
    return begin_of(host, AF_UNSPEC, outcome);
}

static void run_until_finished(unsigned count)
{
    while (finished < count)
        cr_assert_eq(af_loop_run_once(loop), 0);
}

/* Looks up a host, whose outcome is good until the next one. */
static struct outcome *look_up_of(const char *host, int family)
{
    static struct outcome outcome;
    if (begin_of(host, family, &outcome) == 0)
        run_until_finished(finished + 1);
    return &outcome;
}

static struct outcome *look_up(const char *host)
{
    return look_up_of(host, AF_UNSPEC);
}

static void assert_found(const char *host, const char *addresses)
{
    const struct outcome *outcome = look_up(host);
    cr_expect_eq(outcome->code, 0, "%s: %s", host, outcome->text);
    cr_expect_str_eq(outcome->text, addresses);
}

static void assert_failed(const char *host, const char *text)
{
    const struct outcome *outcome = look_up(host);
    cr_expect_eq(outcome->code, AF_RESOLVE_ERROR);
    cr_expect_str_eq(outcome->text, text);
}

/* --------------------------------------------------------------- the begin */

static double test_time(void *arg)
{
    (void)arg;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9 + ahead;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static struct resolver_options test_options(void)
{
    return (struct resolver_options){
        .files = {hosts, nsswitch, resolv_conf, gai_conf},
        .servers = name_server_address(),
    };
}

static void open_with(const struct resolver_options *options)
{
    cr_assert_eq(resolver_new(loop, options, &resolver), 0);
}

/* Opens what all tests need but for the resolver. */
static void prepare(void)
{
    static const af_loop_options options = {.time = test_time};
    cr_assert_not_null(mkdtemp(directory));
    snprintf(hosts, sizeof hosts, "%s/hosts", directory);
    snprintf(nsswitch, sizeof nsswitch, "%s/nsswitch.conf", directory);
    snprintf(resolv_conf, sizeof resolv_conf, "%s/resolv.conf", directory);
    snprintf(gai_conf, sizeof gai_conf, "%s/gai.conf", directory);
    cr_assert_eq(af_loop_new(&options, &loop), 0);
    open_name_server(loop, zone);
}

static void open_all(void)
{
    prepare();
    struct resolver_options options = test_options();
    open_with(&options);
}

static void close_all(void)
{
    resolver_free(resolver);
    close_name_server();
    cr_assert_eq(af_loop_close(loop), 0);
    unlink(hosts);
    unlink(nsswitch);
    unlink(resolv_conf);
    unlink(gai_conf);
    rmdir(directory);
}

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

/* ------------------------------------------------------------------- hosts */

Test(resolver, finds_names_in_the_hosts_file_first)
{
    prepare();
    write_file(hosts, "# comment\n\n192.0.2.20 One.test alias # one.test\n"
                      "2001:db8::20\tsix.test\r\nrubbish nobody.test\n192.0.2.21 no-newline.test");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_found("one.test", "192.0.2.20");
    assert_found("alias", "192.0.2.20");
    assert_found("six.test", "[2001:db8::20]");
    assert_found("no-newline.test", "192.0.2.21");
    cr_expect_eq(count_questions(NULL), 0);
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    assert_found("two.test", "192.0.2.2,192.0.2.3");
    close_all();
}

Test(resolver, asks_dns_for_a_family_that_the_hosts_file_lacks)
{
    prepare();
    write_file(hosts, "192.0.2.20 both.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    cr_expect_str_eq(look_up_of("both.test", AF_INET)->text, "192.0.2.20");
    cr_expect_str_eq(look_up_of("both.test", AF_INET6)->text, "[2001:db8::2]");
    close_all();
}

Test(resolver, reads_the_hosts_file_again_if_it_changed)
{
    open_all();
    assert_found("one.test", "192.0.2.1");
    write_file(hosts, "192.0.2.20 two.test\n");
    ahead = 6;
    assert_found("two.test", "192.0.2.20");
    close_all();
}

/* Leaves no descriptor to be opened. */
static void use_up_descriptors(struct rlimit *ret_before)
{
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, ret_before), 0);
    int lowest = dup(0);
    cr_assert_geq(lowest, 0);
    close(lowest);
    struct rlimit limit = {.rlim_cur = (rlim_t)lowest, .rlim_max = ret_before->rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

Test(resolver, says_that_files_cannot_be_read_now)
{
    struct rlimit before;
    prepare();
    write_file(hosts, "192.0.2.20 one.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    use_up_descriptors(&before);
    assert_failed("one.test", "Could not resolve host: one.test (Too many open files)");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_found("one.test", "192.0.2.20");
    close_all();
}

Test(resolver, goes_on_with_the_old_files_if_the_new_ones_cannot_be_read_now)
{
    struct rlimit before;
    prepare();
    write_file(hosts, "192.0.2.20 one.test\n192.0.2.21 two.test\n");
    struct resolver_options options = test_options();
    open_with(&options);
    assert_found("one.test", "192.0.2.20");
    write_file(hosts, "192.0.2.30 three.test\n");
    use_up_descriptors(&before);
    ahead = 6;
    assert_found("two.test", "192.0.2.21");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ahead = 12;
    assert_found("three.test", "192.0.2.30");
    close_all();
}

/* -------------------------------------------------------------- the system */

static sem_t begun, held;
static unsigned system_calls;

static int fake_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                            struct addrinfo **ret_found)
{
    __atomic_add_fetch(&system_calls, 1, __ATOMIC_RELAXED);
    if (strcmp(host, "nobody.test") == 0)
        return EAI_NONAME;
    if (strcmp(host, "again.test") == 0)
        return EAI_AGAIN;
    if (strncmp(host, "stuck", 5) == 0) {
        sem_post(&begun);
        sem_wait(&held);
    }
    struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST, .ai_socktype = hints->ai_socktype};
    return getaddrinfo("192.0.2.99", service, &numeric, ret_found);
}

static void open_with_system(const char *nsswitch_text)
{
    prepare();
    sem_init(&begun, 0, 0);
    sem_init(&held, 0, 0);
    write_file(nsswitch, nsswitch_text);
    struct resolver_options options = test_options();
    options.look_up = fake_getaddrinfo;
    options.most_threads = 2;
    open_with(&options);
}

static const char SYSTEM[] = "192.0.2.99", DNS[] = "192.0.2.1";

Test(resolver, asks_the_system_about_modules_it_does_not_know)
{
    static const struct {
        const char *line;
        const char *source;
    } cases[] = {
        {"hosts: files dns\n", DNS},
        {"hosts:files dns # comment\n", DNS},
        {"passwd: files\n", DNS},
        {"hosts: mymachines files mdns4_minimal [NOTFOUND=return] dns myhostname\n", DNS},
        {"hosts: dns files\n", SYSTEM},
        {"hosts: files\n", SYSTEM},
        {"hosts: dns\n", SYSTEM},
        {"hosts: files ldap dns\n", SYSTEM},
        {"hosts: files dns wins\n", SYSTEM},
        {"hosts: files[NOTFOUND=return]dns\n", SYSTEM},
        {"hosts: files resolve [!UNAVAIL=return] dns\n", SYSTEM},
    };
    open_with_system("");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ahead += 100;
        write_file(nsswitch, "\n");
        write_file(nsswitch, cases[i].line);
        const struct outcome *outcome = look_up_of("one.test", AF_INET);
        cr_expect_str_eq(outcome->text, cases[i].source, "%s", cases[i].line);
    }
    close_all();
}

Test(resolver, asks_the_system_about_names_that_dns_does_not_have)
{
    open_with_system("hosts: files mdns4_minimal [NOTFOUND=return] resolve dns\n");
    write_file(resolv_conf, "nameserver 127.0.0.53\n");
    assert_found("printer.local", SYSTEM);
    assert_found("short", SYSTEM);
    assert_found("one.test", DNS);
    close_all();
}

Test(resolver, asks_the_system_if_addresses_are_sorted_by_rules)
{
    open_with_system("hosts: files dns\n");
    write_file(gai_conf, "precedence ::ffff:0:0/96 100\n");
    assert_found("one.test", SYSTEM);
    close_all();
}

Test(resolver, asks_the_system_to_sort_what_the_hosts_file_has)
{
    open_with_system("hosts: files dns\n");
    write_file(hosts, "192.0.2.20 twice.test\n2001:db8::20 twice.test\n");
    assert_found("twice.test", SYSTEM);
    cr_expect_eq(system_calls, 1);
    close_all();
}

Test(resolver, tells_failures_of_the_system_apart)
{
    open_with_system("hosts: ldap\n");
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    assert_failed("nobody.test", "Could not resolve host: nobody.test");
    cr_expect_eq(system_calls, 1);
    assert_failed("again.test",
                  "Could not resolve host: again.test (DNS server failure or time-out)");
    assert_failed("again.test",
                  "Could not resolve host: again.test (DNS server failure or time-out)");
    cr_expect_eq(system_calls, 3);
    close_all();
}

Test(resolver, looks_up_more_names_than_it_has_threads)
{
    enum { NAMES = 200 };
    open_with_system("hosts: ldap\n");
    struct outcome outcomes[NAMES];
    for (size_t i = 0; i < NAMES; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.test", i);
        cr_assert_eq(begin(name, &outcomes[i]), 0);
    }
    run_until_finished(NAMES);
    for (size_t i = 0; i < NAMES; i++)
        cr_expect_str_eq(outcomes[i].text, SYSTEM);
    close_all();
}

/* The threads go on, and end after the loop is gone. */
Test(resolver, is_freed_at_once_while_the_system_is_stuck)
{
    open_with_system("hosts: ldap\n");
    struct outcome stuck[2], waiting, cancelled;
    cr_assert_eq(begin("stuck1.test", &stuck[0]), 0);
    cr_assert_eq(begin("stuck2.test", &stuck[1]), 0);
    cr_assert_eq(begin("one.test", &waiting), 0);
    cr_assert_eq(begin("two.test", &cancelled), 0);
    cr_assert_eq(af_loop_run_once(loop), 0);
    sem_wait(&begun);
    sem_wait(&begun);
    resolver_lookup_cancel(cancelled.lookup);
    close_all();
    cr_expect_eq(finished, 0);
    cr_expect_eq(system_calls, 2);
    sem_post(&held);
    sem_post(&held);
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
