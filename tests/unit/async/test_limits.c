/* As many tasks as the system allows, and more. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <afetch/gather.h>

#include "base/sanitizer.h"
#include "failing_allocation.h"
#include "virtual_clock.h"

TestSuite(limits, .init = open_loop, .fini = close_loop, .timeout = 120);

/* ------------------------------------------------------------------- 30,000 */

static struct {
    size_t ended;
    size_t cancelled;
} crowd;

static int sleep_in_crowd(void *delay, void **ret_result)
{
    (void)ret_result;
    int r = af_sleep(*(double *)delay);
    crowd.ended += r == 0;
    crowd.cancelled += r == AF_CANCELLED;
    return r;
}

/* Half as many again as are many. */
static size_t crowd_size(void)
{
    return (size_t)many() * 3 / 2;
}

static af_future *gather_crowd(double *delay)
{
    size_t size = crowd_size();
    af_task **tasks = malloc(size * sizeof *tasks);
    cr_assert_not_null(tasks);
    for (size_t i = 0; i < size; i++)
        expect_code(af_loop_create_task(loop, sleep_in_crowd, delay, NULL, &tasks[i]), 0);
    af_future *all;
    expect_code(af_gather(tasks, size, true, &all), 0);
    for (size_t i = 0; i < size; i++)
        af_future_unref(tasks[i]);
    free(tasks);
    return keep(all);
}

Test(limits, thirty_thousand_tasks_sleep_at_once)
{
    double delay = 1;
    af_future *all = gather_crowd(&delay);
    settle();
    cr_assert(eq(sz, crowd.ended, crowd_size()));
    expect_code(af_future_result(all, NULL), 0);
    cr_assert_null(af_first_task(loop));
}

Test(limits, thirty_thousand_tasks_are_cancelled_at_once)
{
    double delay = 1000;
    af_task *task = spawn(awaiter, &(struct actor){"all", .future = gather_crowd(&delay)});
    tick(2);
    af_future_cancel(task);
    tick(4);
    expect_trace("all:cancelled");
    cr_assert(eq(sz, crowd.cancelled, crowd_size()));
    cr_assert_null(af_first_task(loop));
}

Test(limits, thirty_thousand_tasks_that_never_began_are_dropped_with_the_loop)
{
    double delay = 1000;
    gather_crowd(&delay);
    af_loop_set_exception_handler(loop, NULL, NULL);
    close_loop();
    cr_assert(eq(sz, crowd.cancelled, 0));
    open_loop();
}

/* ------------------------------------------------------------- beyond the limit */

static double short_delay = 1, long_delay = 2;

/* Makes tasks, every other of which sleeps for long, until there can be no more, or COUNT. Returns
 * how many. */
static size_t create_tasks(size_t count, int *ret_code)
{
    size_t made = 0;
    int r = 0;
    while (made < count && r >= 0) {
        double *delay = made % 2 == 0 ? &short_delay : &long_delay;
        r = af_loop_create_task(loop, sleep_in_crowd, delay, NULL, NULL);
        made += r >= 0;
    }
    *ret_code = r;
    return made;
}

static bool says_what_is_wanting(int code)
{
    return strncmp(af_error_text(af_raised(code)), "cannot map a stack", 18) == 0;
}

/* Returns 0, or the line of what is wrong: it also runs in a process of its own. */
static int go_to_the_limit(size_t most)
{
    crowd.ended = 0;
    int r;
    size_t made = create_tasks(most, &r);
    if (made == most || r != -EAGAIN || !says_what_is_wanting(r))
        return __LINE__;
    if (af_loop_create_task(loop, sleep_in_crowd, &short_delay, NULL, NULL) != -EAGAIN)
        return __LINE__;
    while (crowd.ended < made / 2)
        af_loop_run_once(loop);
    size_t ended = crowd.ended;
    if (create_tasks(ended, &r) < ended || r < 0)
        return __LINE__;
    while (af_first_task(loop))
        af_loop_run_once(loop);
    return crowd.ended == made + ended ? 0 : __LINE__;
}

Test(limits, beyond_the_mappings_of_the_system_there_are_no_more_tasks_until_some_end)
{
    limit_mappings(100);
    expect_code(go_to_the_limit(100 * 1000), 0);
    unlimit_mappings();
}

/* Leaves the process no more than so many bytes of addresses, and room among its blocks. */
static int limit_addresses(size_t bytes)
{
    enum { BLOCKS = 4096 };
    static void *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++)
        blocks[i] = malloc(256);
    for (size_t i = 0; i < BLOCKS - 1; i++)
        free(blocks[i]);
    FILE *file = fopen("/proc/self/statm", "r");
    size_t pages = 0;
    if (!file || fscanf(file, "%zu", &pages) != 1 || fclose(file) != 0)
        return -1;
    rlim_t most = pages * (size_t)sysconf(_SC_PAGESIZE) + bytes;
    return setrlimit(RLIMIT_AS, &(struct rlimit){most, most});
}

Test(limits, beyond_the_addresses_of_the_process_too)
{
#ifdef WITH_ADDRESS_SANITIZER
    cr_skip("AddressSanitizer takes more addresses than any limit");
#endif
    if (many() < 20000)
        cr_skip("valgrind needs addresses of its own");
    pid_t child = fork();
    if (child == 0)
        _exit(limit_addresses(64 << 20) < 0 ? 1 : go_to_the_limit(1000 * 1000) % 256);
    int status;
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    expect_code(status, 0);
}
