/* Helpers of the tests of the resolver: its files, a DNS server, lookups. */
#ifndef TESTS_RESOLVER_SUITE_H
#define TESTS_RESOLVER_SUITE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "async/resolver.h"
#include "failing_allocation.h"
#include "name_server.h"
#include "virtual_clock.h"

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

extern struct resolver *resolver;
extern char directory[];
extern char hosts[64], nsswitch[64], resolv_conf[64], gai_conf[64];
extern double ahead; /* of the real time */

/* The result of a lookup. */
struct outcome {
    unsigned calls;
    int code;
    char text[256]; /* the addresses, or the error's text */
    struct resolver_lookup *lookup;
};

extern unsigned finished;

static inline void on_done(void *arg, int result, struct addresses *addresses)
{
    struct outcome *outcome = arg;
    outcome->calls++;
    outcome->code = result;
    cr_assert_eq(addresses != NULL, result == 0);
    snprintf(outcome->text, sizeof outcome->text, "%s",
             addresses ? addresses->text : af_error_text(af_raised(result)));
    finished++;
}

static inline int begin_of(const char *host, int family, struct outcome *outcome)
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

static inline int begin(const char *host, struct outcome *outcome)
{
    return begin_of(host, AF_UNSPEC, outcome);
}

static inline void run_until_finished(unsigned count)
{
    while (finished < count)
        cr_assert_eq(af_loop_run_once(loop), 0);
}

/* Looks up a host, whose outcome is good until the next one. */
static inline struct outcome *look_up_of(const char *host, int family)
{
    static struct outcome outcome;
    if (begin_of(host, family, &outcome) == 0)
        run_until_finished(finished + 1);
    return &outcome;
}

static inline struct outcome *look_up(const char *host)
{
    return look_up_of(host, AF_UNSPEC);
}

static inline void assert_found(const char *host, const char *addresses)
{
    const struct outcome *outcome = look_up(host);
    cr_expect_eq(outcome->code, 0, "%s: %s", host, outcome->text);
    cr_expect_str_eq(outcome->text, addresses);
}

static inline void assert_failed(const char *host, const char *text)
{
    const struct outcome *outcome = look_up(host);
    cr_expect_eq(outcome->code, AF_RESOLVE_ERROR);
    cr_expect_str_eq(outcome->text, text);
}

static inline double test_time(void *arg)
{
    (void)arg;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9 + ahead;
}

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static inline struct resolver_options test_options(void)
{
    return (struct resolver_options){
        .files = {hosts, nsswitch, resolv_conf, gai_conf},
        .servers = name_server_address(),
    };
}

static inline void open_with(const struct resolver_options *options)
{
    cr_assert_eq(resolver_new(loop, options, &resolver), 0);
}

/* Opens what all tests need but for the resolver. */
static inline void prepare(void)
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

static inline void open_all(void)
{
    prepare();
    struct resolver_options options = test_options();
    open_with(&options);
}

static inline void close_all(void)
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

static const char SYSTEM[] = "192.0.2.99", DNS[] = "192.0.2.1";

#endif
