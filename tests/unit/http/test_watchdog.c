/* Time itself is what a watchdog watches, so these take it. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* True if the other end sees that the connection was shut down. */
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

Test(watchdog, a_call_that_reads_without_end_loses_its_connection)
{
    watchdog_begin(watchdog);
    double seconds = work(60);
    watchdog_end(watchdog);
    cr_expect(gt(dbl, seconds, 1.9));
    cr_expect(is_shut_down(&busy));
    cr_expect(not(is_shut_down(&quiet)));
}

static void work_beside(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent)
        for (volatile int i = 0; i < 1000000; i++)
            ;
    _exit(0);
}

Test(watchdog, a_busy_machine_delays_it_little)
{
    pid_t workers[8], parent = getpid();
    for (int i = 0; i < 8; i++)
        if ((workers[i] = fork()) == 0)
            work_beside(parent);
    watchdog_begin(watchdog);
    double seconds = work(60);
    watchdog_end(watchdog);
    for (int i = 0; i < 8; i++) {
        kill(workers[i], SIGKILL);
        waitpid(workers[i], NULL, 0);
    }
    cr_expect(is_shut_down(&busy));
    cr_expect(lt(dbl, seconds, 5));
}

Test(watchdog, after_the_first_shutdown_it_acts_sooner)
{
    watchdog_begin(watchdog);
    double first = work(60);
    watchdog_close(watchdog, busy.ours);
    close(busy.theirs);
    busy = connect_both();
    watchdog_add(watchdog, busy.ours);
    watchdog_end(watchdog);
    watchdog_begin(watchdog);
    double second = work(60);
    watchdog_end(watchdog);
    cr_expect(is_shut_down(&busy));
    cr_expect(lt(dbl, second, first));
}

Test(watchdog, a_call_that_makes_progress_keeps_its_connection)
{
    watchdog_begin(watchdog);
    for (double end = clock_seconds() + 5; clock_seconds() < end;) {
        receive(&busy);
        watchdog_progress(watchdog);
    }
    watchdog_end(watchdog);
    cr_expect(not(is_shut_down(&busy)));
}

Test(watchdog, a_call_that_waits_while_bytes_come_keeps_its_connection)
{
    static const char bytes[1000];
    watchdog_begin(watchdog);
    for (int i = 0; i < 50; i++) {
        send(busy.theirs, bytes, sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        usleep(100000);
    }
    watchdog_end(watchdog);
    cr_expect(not(is_shut_down(&busy)));
}

/* Stops the process for three seconds, half a second from now. */
static pid_t stop_soon(void)
{
    pid_t parent = getpid(), child = fork();
    if (child > 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    usleep(500000);
    kill(parent, SIGSTOP);
    usleep(3000000);
    kill(parent, SIGCONT);
    _exit(0);
}

Test(watchdog, a_process_that_was_stopped_within_a_call_keeps_its_connection)
{
    watchdog_begin(watchdog);
    double began = clock_seconds();
    pid_t child = stop_soon();
    while (clock_seconds() - began < 3.7)
        receive(&busy);
    watchdog_end(watchdog);
    waitpid(child, NULL, 0);
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
    watchdog_progress(NULL);
    watchdog_end(NULL);
    watchdog_add(NULL, quiet.theirs);
    cr_expect_eq(watchdog_close(NULL, dup(quiet.theirs)), 0);
    watchdog_free(NULL);
}
