/* Time itself is what a watchdog watches, so these take it. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/watchdog.h"

struct connection {
    int ours;
    int theirs;
};

static struct watchdog *watchdog;
static struct connection busy, quiet;

static struct connection connect_both(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct connection made = {.ours = socket(AF_INET, SOCK_STREAM, 0)};
    cr_assert_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(listener, 1), 0);
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    cr_assert_eq(connect(made.ours, (struct sockaddr *)&address, size), 0);
    made.theirs = accept(listener, NULL, NULL);
    cr_assert(ge(int, made.theirs, 0));
    close(listener);
    return made;
}

static void setup(void)
{
    cr_assert_eq(watchdog_new(&watchdog), 0);
    busy = connect_both();
    quiet = connect_both();
    watchdog_add(watchdog, busy.ours);
    watchdog_add(watchdog, quiet.ours);
}

static void teardown(void)
{
    watchdog_close(watchdog, busy.ours);
    watchdog_close(watchdog, quiet.ours);
    watchdog_free(watchdog);
    close(busy.theirs);
    close(quiet.theirs);
}

TestSuite(watchdog, .init = setup, .fini = teardown, .timeout = 120);

/* Whether the other end sees that the connection was shut down. */
static bool is_shut_down(const struct connection *connection)
{
    char byte;
    return recv(connection->theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

/* A little comes, and is read. */
static void receive(const struct connection *connection)
{
    char bytes[64] = {0};
    if (send(connection->theirs, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
        recv(connection->ours, bytes, sizeof bytes, MSG_DONTWAIT);
}

static double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Receives without end on the busy connection, for so many seconds at most; how long until it was
 * shut down. */
static double work(double seconds)
{
    double began = clock_seconds(), now = began;
    while (now - began < seconds && !is_shut_down(&busy)) {
        receive(&busy);
        now = clock_seconds();
    }
    return now - began;
}

Test(watchdog, a_call_that_does_not_come_back_loses_the_connection_that_receives)
{
    watchdog_begin(watchdog);
    double seconds = work(60);
    watchdog_end(watchdog);
    cr_expect(gt(dbl, seconds, 2));
    cr_expect(is_shut_down(&busy));
    cr_expect(not(is_shut_down(&quiet)));
}

Test(watchdog, it_bites_sooner_the_second_time)
{
    watchdog_begin(watchdog);
    double first = work(60);
    watchdog_close(watchdog, busy.ours);
    close(busy.theirs);
    busy = connect_both();
    watchdog_add(watchdog, busy.ours);
    double second = work(60);
    watchdog_end(watchdog);
    cr_expect(is_shut_down(&busy));
    cr_expect(lt(dbl, second, first));
}

Test(watchdog, a_call_that_waits_and_does_not_work_keeps_its_connection)
{
    watchdog_begin(watchdog);
    for (int i = 0; i < 60; i++) {
        receive(&busy);
        usleep(100000);
    }
    watchdog_end(watchdog);
    cr_expect(not(is_shut_down(&busy)));
}

Test(watchdog, a_call_that_works_and_receives_nothing_keeps_all)
{
    watchdog_begin(watchdog);
    for (double end = clock_seconds() + 5; clock_seconds() < end;)
        cr_assert(not(is_shut_down(&busy)));
    watchdog_end(watchdog);
    cr_expect(not(is_shut_down(&quiet)));
}

Test(watchdog, many_short_calls_keep_theirs)
{
    for (double end = clock_seconds() + 5; clock_seconds() < end;) {
        watchdog_begin(watchdog);
        receive(&busy);
        watchdog_end(watchdog);
    }
    cr_expect(not(is_shut_down(&busy)));
}

Test(watchdog, nobody_is_watched_between_two_calls)
{
    watchdog_begin(watchdog);
    watchdog_end(watchdog);
    work(5);
    cr_expect(not(is_shut_down(&busy)));
}

Test(watchdog, it_may_not_be_there)
{
    watchdog_begin(NULL);
    watchdog_end(NULL);
    watchdog_add(NULL, quiet.theirs);
    cr_expect_eq(watchdog_close(NULL, dup(quiet.theirs)), 0);
    watchdog_free(NULL);
}
