/* The answers of DNS servers, as a channel of c-ares tells them. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "async/dns_channel.h"
#include "name_server.h"

TestSuite(dns_channel, .timeout = 30);

static af_loop *loop;
static struct dns_channel *channel;
static unsigned unanswered;

/* A query and what it ended with. */
struct asked {
    struct name_query query;
    char name[32];
    char result[64]; /* addresses or a reason; "": there is no such name, and that may be cached */
};

static void on_done(struct name_query *query, const struct name_answer *answer)
{
    struct asked *asked = container_of(query, struct asked, query);
    const char *result = answer->code == 0 ? answer->addresses->text
                         : answer->reason  ? answer->reason
                                           : "";
    snprintf(asked->result, sizeof asked->result, "%s", result);
    cr_expect_eq(answer->final, answer->code != 0 && !answer->reason);
    addresses_unref(answer->addresses);
    unanswered--;
}

static void open_channel(const struct name_service *service, const char *servers)
{
    cr_assert_eq(dns_channel_new(loop, service, "/dev/null", servers, on_done, &channel), 0);
}

static void ask(struct asked *asked, const char *name, int family)
{
    *asked = (struct asked){0};
    snprintf(asked->name, sizeof asked->name, "%s", name);
    list_init(&asked->query.link);
    asked->query.name = asked->name;
    asked->query.family = family;
    unanswered++;
    dns_channel_ask(channel, &asked->query);
}

static void run_until_answered(void)
{
    while (unanswered > 0)
        cr_assert_eq(af_loop_run_once(loop), 0);
}

static void close_all(void)
{
    dns_channel_free(channel);
    close_name_server();
    cr_assert_eq(af_loop_close(loop), 0);
}

/* -------------------------------------------------------------- two families */

enum answer { ADDRESS, NODATA, NXDOMAIN, SERVFAIL, REFUSED, MUTE, ANSWERS };

#define FIRST "192.0.2.1"
#define OTHER "[2001:db8::1]"
#define BOTH FIRST "," OTHER
#define NO_NAME ""
#define FAILED "DNS server failure"
#define REFUSING "DNS server refused the query"
#define LOST "DNS server timed out"

static const struct zone_entry ipv4[ANSWERS] = {
    [ADDRESS] = {.addresses = {"192.0.2.1"}},
    [NODATA] = {0},
    [NXDOMAIN] = {.code = 3},
    [SERVFAIL] = {.code = 2},
    [REFUSED] = {.code = 5},
    [MUTE] = {.mute = true},
};

static const struct zone_entry ipv6[ANSWERS] = {
    [ADDRESS] = {.addresses = {"2001:db8::1"}},
    [NODATA] = {0},
    [NXDOMAIN] = {.code = 3},
    [SERVFAIL] = {.code = 2},
    [REFUSED] = {.code = 5},
    [MUTE] = {.mute = true},
};

static char names[ANSWERS][ANSWERS][32];
static struct zone_entry zone[ANSWERS * ANSWERS + 1];

/* Makes a zone of all pairs of answers, "0-0.test" to "5-5.test", of A and of AAAA. */
static void make_zone(void)
{
    for (size_t a = 0; a < ANSWERS; a++)
        for (size_t b = 0; b < ANSWERS; b++) {
            struct zone_entry *entry = &zone[a * ANSWERS + b];
            snprintf(names[a][b], sizeof names[a][b], "%zu-%zu.test", a, b);
            *entry = ipv4[a];
            entry->name = names[a][b];
            entry->ipv6 = &ipv6[b];
        }
}

/* The order of two addresses is the machine's. */
static bool is_same(const char *result, const char *expected)
{
    return strcmp(result, expected) == 0 ||
           (strchr(expected, ',') && strchr(result, ',') && strlen(result) == strlen(expected));
}

static void expect_pairs(enum ipv6_use use, const char *const expected[ANSWERS][ANSWERS])
{
    const struct name_service service = {.ipv6 = use, .servers = 1, .timeout = 300, .tries = 1};
    static struct asked asked[ANSWERS][ANSWERS];
    make_zone();
    cr_assert_eq(af_loop_new(NULL, &loop), 0);
    open_name_server(loop, zone);
    open_channel(&service, name_server_address());
    for (size_t a = 0; a < ANSWERS; a++)
        for (size_t b = 0; b < ANSWERS; b++)
            ask(&asked[a][b], names[a][b], AF_UNSPEC);
    run_until_answered();
    for (size_t a = 0; a < ANSWERS; a++)
        for (size_t b = 0; b < ANSWERS; b++)
            cr_expect(is_same(asked[a][b].result, expected[a][b]), "A %zu, AAAA %zu: %s", a, b,
                      asked[a][b].result);
    close_all();
}

/* Addresses of either family are enough. A name that has none exists no more only if neither answer
 * was a failure; but NXDOMAIN is of the name, not of a family, and decides if it comes last. */
Test(dns_channel, takes_no_failure_of_one_family_for_the_end_of_a_name)
{
    static const char *const expected[ANSWERS][ANSWERS] = {
        [ADDRESS] = {BOTH, FIRST, FIRST, FIRST, FIRST, FIRST},
        [NODATA] = {OTHER, NO_NAME, NO_NAME, FAILED, REFUSING, LOST},
        [NXDOMAIN] = {OTHER, NO_NAME, NO_NAME, FAILED, REFUSING, LOST},
        [SERVFAIL] = {OTHER, FAILED, NO_NAME, FAILED, REFUSING, LOST},
        [REFUSED] = {OTHER, REFUSING, NO_NAME, FAILED, REFUSING, LOST},
        [MUTE] = {OTHER, LOST, LOST, LOST, LOST, LOST},
    };
    expect_pairs(IPV6_WANTED, expected);
}

Test(dns_channel, asks_for_ipv6_only_if_there_is_no_ipv4_where_it_is_the_last_hope)
{
    static const char *const expected[ANSWERS][ANSWERS] = {
        [ADDRESS] = {FIRST, FIRST, FIRST, FIRST, FIRST, FIRST},
        [NODATA] = {OTHER, NO_NAME, NO_NAME, FAILED, REFUSING, LOST},
        [NXDOMAIN] = {NO_NAME, NO_NAME, NO_NAME, NO_NAME, NO_NAME, NO_NAME},
        [SERVFAIL] = {FAILED, FAILED, FAILED, FAILED, FAILED, FAILED},
        [REFUSED] = {REFUSING, REFUSING, REFUSING, REFUSING, REFUSING, REFUSING},
        [MUTE] = {LOST, LOST, LOST, LOST, LOST, LOST},
    };
    expect_pairs(IPV6_FALLBACK, expected);
}

/* ----------------------------------------------------------- several servers */

/* A port of UDP that nobody reads: mute as long as *RET_FD is open, and afterwards closed. */
static void open_mute_server(char address[32], int *ret_fd)
{
    struct sockaddr_in bound = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof bound;
    *ret_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(*ret_fd, (struct sockaddr *)&bound, size), 0);
    cr_assert_eq(getsockname(*ret_fd, (struct sockaddr *)&bound, &size), 0);
    snprintf(address, 32, "127.0.0.1:%u", ntohs(bound.sin_port));
}

/* Asks FIRST and then OTHER, and expects this reason. */
static void expect_reason(const char *first, const char *other, const char *reason)
{
    const struct name_service service = {.servers = 2, .timeout = 300, .tries = 1};
    struct asked asked;
    char servers[80];
    snprintf(servers, sizeof servers, "%s,%s", first, other);
    open_channel(&service, servers);
    ask(&asked, "failing.test", AF_INET);
    run_until_answered();
    cr_expect_str_eq(asked.result, reason, "%s instead of %s", asked.result, reason);
    dns_channel_free(channel);
}

Test(dns_channel, does_not_say_of_failing_servers_that_they_cannot_be_reached)
{
    static const struct zone_entry failing[] = {
        {.name = "*.test", .code = 2},
        {0},
    };
    char closed[2][32], mute[32];
    int fds[2], mute_fd;
    cr_assert_eq(af_loop_new(NULL, &loop), 0);
    open_name_server(loop, failing);
    const char *server = name_server_address();
    open_mute_server(mute, &mute_fd);
    for (size_t i = 0; i < 2; i++)
        open_mute_server(closed[i], &fds[i]);
    for (size_t i = 0; i < 2; i++)
        close(fds[i]);
    expect_reason(server, closed[0], FAILED);
    expect_reason(closed[0], server, FAILED);
    expect_reason(closed[0], closed[1], "no DNS server can be reached");
    expect_reason(closed[0], mute, LOST);
    expect_reason(server, mute, LOST);
    expect_reason(server, server, FAILED);
    close(mute_fd);
    channel = NULL;
    close_all();
}
