/* Which pump a request goes to, and which origins are remembered. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http/origin.h"

TestSuite(origin, .timeout = 30);

enum { PUMPS = 8, ROOM = 3, REMEMBERED = 4096 };

/* The origins that were forgotten. */
struct forgotten {
    size_t count;
    char last[ORIGIN_SIZE];
};

static void note_forgotten(const struct origin *origin, void *arg)
{
    struct forgotten *forgotten = arg;
    forgotten->count++;
    strcpy(forgotten->last, origin->name);
}

static struct origin *take(struct origins *origins, const char *url)
{
    struct origin *origin = NULL;
    cr_assert_eq(origins_take(origins, url, &origin), 0, "%s", url);
    return origin;
}

static struct origin *take_number(struct origins *origins, size_t number)
{
    char url[64];
    snprintf(url, sizeof url, "http://host-%zu.test/", number);
    return take(origins, url);
}

static size_t choose(struct origin *origin)
{
    size_t pump = PUMPS;
    cr_assert_eq(origin_choose_pump(origin, ROOM, &pump), 0);
    return pump;
}

#define ORIGIN_TEST(name)                                                   \
    static void name(struct origins *origins, struct forgotten *forgotten); \
    Test(origin, name)                                                      \
    {                                                                       \
        struct origins origins;                                             \
        struct forgotten forgotten = {0};                                   \
        origins_init(&origins, PUMPS, note_forgotten, &forgotten);          \
        name(&origins, &forgotten);                                         \
        origins_free(&origins);                                             \
    }                                                                       \
    static void name(struct origins *origins, struct forgotten *forgotten)

ORIGIN_TEST(urls_of_one_origin_share_it)
{
    (void)forgotten;
    struct origin *first = take(origins, "https://a.test/x");
    struct origin *same = take(origins, "HTTPS://u:p@A.test:443/y?z");
    struct origin *other_scheme = take(origins, "http://a.test:443/x");
    struct origin *other_port = take(origins, "https://a.test:444/x");
    cr_expect_eq(first, same);
    cr_expect_neq(first, other_scheme);
    cr_expect_neq(first, other_port);
    cr_expect_eq(first->users, 2);
    cr_expect(first->is_secure);
    cr_expect_not(other_scheme->is_secure);
    struct origin *const all[] = {first, same, other_scheme, other_port, NULL};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        origins_give_back(origins, all[i]);
}

ORIGIN_TEST(a_url_without_an_origin_is_refused)
{
    (void)forgotten;
    struct origin *origin = NULL;
    cr_expect_eq(origins_take(origins, "http://", &origin), -EINVAL);
    cr_expect_eq(origins_take(origins, "file:///etc/passwd", &origin), -EINVAL);
    cr_expect_null(origin);
    cr_expect_eq(origins->unused_count, 0);
}

ORIGIN_TEST(an_origin_writes_its_host_with_and_without_its_port)
{
    (void)forgotten;
    char host[ORIGIN_SIZE];
    struct origin *name = take(origins, "http://A.test/x");
    struct origin *address = take(origins, "https://[::1]:8/x");
    origin_write_host(name, host);
    cr_expect_str_eq(host, "a.test");
    origin_write_host_and_port(name, host);
    cr_expect_str_eq(host, "a.test:80");
    origin_write_host(address, host);
    cr_expect_str_eq(host, "[::1]");
    origin_write_host_and_port(address, host);
    cr_expect_str_eq(host, "[::1]:8");
    origins_give_back(origins, name);
    origins_give_back(origins, address);
}

ORIGIN_TEST(only_names_are_looked_up)
{
    (void)forgotten;
    static const struct {
        const char *url;
        bool has_name;
    } cases[] = {
        {"http://a.test/", true},         {"http://a/", true},
        {"http://localhost.test/", true}, {"http://notlocalhost/", true},
        {"http://1.2.3.4.test/", true},   {"http://localhost/", false},
        {"http://LocalHost:81/", false},  {"http://a.localhost/", false},
        {"http://127.0.0.1/", false},     {"http://0x7f.1/", false},
        {"http://[::1]/", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct origin *origin = take(origins, cases[i].url);
        cr_expect_eq(origin->has_name, cases[i].has_name, "%s", cases[i].url);
        origins_give_back(origins, origin);
    }
}

/* ------------------------------------------------------------------- pumps */

ORIGIN_TEST(origins_are_spread_over_the_pumps)
{
    (void)forgotten;
    size_t counts[PUMPS] = {0};
    for (size_t i = 0; i < 3 * PUMPS; i++) {
        struct origin *origin = take_number(origins, i);
        counts[origin->pump]++;
        origins_give_back(origins, origin);
    }
    for (size_t i = 0; i < PUMPS; i++)
        cr_expect_eq(counts[i], 3);
}

ORIGIN_TEST(the_requests_to_one_origin_go_to_one_pump_up_to_the_room)
{
    (void)forgotten;
    struct origin *origin = take(origins, "http://a.test/");
    for (size_t round = 0; round < 100; round++) {
        for (size_t i = 0; i < ROOM; i++)
            cr_expect_eq(choose(origin), origin->pump);
        for (size_t i = 0; i < ROOM; i++)
            origin_leave_pump(origin, origin->pump);
    }
    cr_expect_eq(origin->load, 0);
    cr_expect_null(origin->loads);
    origins_give_back(origins, origin);
}

ORIGIN_TEST(an_origin_spreads_beyond_the_room_and_fills_one_pump_after_another)
{
    (void)forgotten;
    struct origin *origin = take(origins, "http://a.test/");
    for (size_t i = 0; i < PUMPS * ROOM; i++)
        cr_expect_eq(choose(origin), (origin->pump + i / ROOM) % PUMPS, "%zu", i);
    for (size_t i = 0; i < PUMPS * ROOM; i++)
        origin_leave_pump(origin, i / ROOM);
    cr_expect_eq(origin->load, 0);
    origins_give_back(origins, origin);
}

ORIGIN_TEST(an_origin_returns_to_its_first_pump_once_it_has_room)
{
    (void)forgotten;
    struct origin *origin = take(origins, "http://a.test/");
    size_t pumps[3 * ROOM];
    for (size_t i = 0; i < 3 * ROOM; i++)
        pumps[i] = choose(origin);
    origin_leave_pump(origin, pumps[0]);
    cr_expect_eq(choose(origin), origin->pump);
    origin_leave_pump(origin, pumps[ROOM]);
    cr_expect_eq(choose(origin), pumps[ROOM]);
    for (size_t i = 0; i < 3 * ROOM; i++)
        origin_leave_pump(origin, pumps[i]);
    cr_expect_eq(choose(origin), origin->pump);
    origin_leave_pump(origin, origin->pump);
    origins_give_back(origins, origin);
}

ORIGIN_TEST(more_than_all_pumps_have_room_for_is_spread_evenly)
{
    (void)forgotten;
    enum { MANY = PUMPS * ROOM * 4 };
    size_t counts[PUMPS] = {0}, pumps[MANY];
    struct origin *origin = take(origins, "http://a.test/");
    for (size_t i = 0; i < MANY; i++)
        counts[pumps[i] = choose(origin)]++;
    for (size_t i = 0; i < PUMPS; i++)
        cr_expect_eq(counts[i], MANY / PUMPS);
    for (size_t i = 0; i < MANY; i++)
        origin_leave_pump(origin, pumps[i]);
    origins_give_back(origins, origin);
}

/* --------------------------------------------------------------- forgetting */

ORIGIN_TEST(an_origin_is_remembered_while_nobody_uses_it)
{
    struct origin *origin = take(origins, "http://a.test/");
    size_t pump = origin->pump;
    origin->protocol = ORIGIN_HTTP2;
    origins_give_back(origins, origin);
    origin = take(origins, "http://a.test/");
    cr_expect_eq(origin->pump, pump);
    cr_expect_eq(origin->protocol, ORIGIN_HTTP2);
    cr_expect_eq(origins->unused_count, 0);
    cr_expect_eq(forgotten->count, 0);
    origins_give_back(origins, origin);
}

ORIGIN_TEST(the_longest_unused_origin_is_forgotten_first)
{
    for (size_t i = 0; i < REMEMBERED; i++)
        origins_give_back(origins, take_number(origins, i));
    cr_expect_eq(forgotten->count, 0);
    origins_give_back(origins, take_number(origins, 0)); /* used once more */
    origins_give_back(origins, take_number(origins, REMEMBERED));
    cr_expect_eq(forgotten->count, 1);
    cr_expect_str_eq(forgotten->last, "http://host-1.test:80");
    cr_expect_eq(origins->unused_count, REMEMBERED);
}

ORIGIN_TEST(an_origin_in_use_is_not_forgotten)
{
    struct origin *used = take(origins, "http://a.test/");
    for (size_t i = 0; i < 3 * REMEMBERED; i++)
        origins_give_back(origins, take_number(origins, i));
    cr_expect_eq(forgotten->count, 2 * REMEMBERED);
    cr_expect_eq(take(origins, "http://a.test/"), used);
    origins_give_back(origins, used);
    origins_give_back(origins, used);
}

Test(origin, all_are_forgotten_with_their_client)
{
    struct origins origins;
    struct forgotten forgotten = {0};
    origins_init(&origins, PUMPS, note_forgotten, &forgotten);
    for (size_t i = 0; i < 10; i++)
        origins_give_back(&origins, take_number(&origins, i));
    origins_free(&origins);
    cr_expect_eq(forgotten.count, 10);
}
