/* Time itself is what a watchdog watches, so these take it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/watchdog.h"

static struct watchdog *watchdog;
static int ends[2];

static void setup(void)
{
    cr_assert_eq(watchdog_new(&watchdog), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

static void teardown(void)
{
    watchdog_free(watchdog);
    close(ends[0]);
    close(ends[1]);
}

TestSuite(watchdog, .init = setup, .fini = teardown);

/* Whether the other end sees that the connection was shut down, within so many milliseconds. */
static bool is_shut_down(int milliseconds)
{
    struct pollfd end = {.fd = ends[1], .events = POLLIN};
    char byte;
    return poll(&end, 1, milliseconds) == 1 && read(ends[1], &byte, 1) == 0;
}

/* Works until the connection was shut down, for so many seconds at most. Whether it was. */
static bool work(time_t seconds)
{
    time_t end = time(NULL) + seconds;
    while (time(NULL) < end)
        if (is_shut_down(0))
            return true;
    return false;
}

Test(watchdog, a_call_that_does_not_come_back_loses_its_connection)
{
    watchdog_begin(watchdog, ends[0]);
    cr_expect(not(work(2)));
    cr_expect(work(30));
    watchdog_end(watchdog, ends[0]);
}

Test(watchdog, a_call_that_waits_and_does_not_work_keeps_its_own)
{
    watchdog_begin(watchdog, ends[0]);
    cr_expect(not(is_shut_down(8000)));
    watchdog_end(watchdog, ends[0]);
}

Test(watchdog, many_short_calls_keep_theirs)
{
    for (int i = 0; i < 45; i++) {
        watchdog_begin(watchdog, ends[0]);
        usleep(100000);
        watchdog_end(watchdog, ends[0]);
    }
    cr_expect(not(is_shut_down(0)));
}

Test(watchdog, nobody_is_watched_between_two_calls)
{
    watchdog_begin(watchdog, ends[0]);
    watchdog_end(watchdog, ends[0]);
    cr_expect(not(is_shut_down(4500)));
}

Test(watchdog, it_may_not_be_there)
{
    watchdog_begin(NULL, ends[0]);
    watchdog_end(NULL, ends[0]);
    watchdog_free(NULL);
}
