#include <errno.h>

#include <afetch/retry.h>
#include <afetch/timeout.h>

#include "virtual_clock.h"

TestSuite(retry, .init = open_loop, .fini = close_loop);

/* Fails a number of times with its code, then returns its name. */
struct attempts {
    unsigned failures;
    int code;
    double delay;
    unsigned made;
};

static int attempt(void *arg, void **ret_result)
{
    struct attempts *attempts = arg;
    attempts->made++;
    int r = af_sleep(attempts->delay);
    if (r < 0)
        return r;
    trace("%u@%g", attempts->made, af_loop_time(loop));
    if (attempts->made <= attempts->failures)
        return af_raise(attempts->code, "attempt %u failed", attempts->made);
    *ret_result = "done";
    return 0;
}

static af_retry_options options;
static struct attempts attempts;

static int retry(void *arg, void **ret_result)
{
    (void)arg;
    void *result = "none";
    int r = af_retry(&options, attempt, &attempts, &result);
    trace("%s:%s", word(r), (char *)result);
    *ret_result = result;
    return r;
}

/* Sets fixed delays. */
static bool every_second(int code, unsigned made, double *delay, void *arg)
{
    (void)code, (void)made, (void)arg;
    *delay = 1;
    return true;
}

Test(retry, success_is_not_retried)
{
    options = (af_retry_options){.retries = 5};
    expect_code(run(retry, NULL), 0);
    expect_trace("1@0 ok:done");
}

Test(retry, retries_until_success)
{
    options = (af_retry_options){.retries = 5, .should_retry = every_second};
    attempts = (struct attempts){.failures = 2, .code = -EIO};
    expect_code(run(retry, NULL), 0);
    expect_trace("1@0 2@1 3@2 ok:done");
}

Test(retry, returns_the_last_error_with_its_text)
{
    options = (af_retry_options){.retries = 2, .should_retry = every_second};
    attempts = (struct attempts){.failures = 9, .code = -EIO};
    expect_code(run(retry, NULL), -EIO);
    expect_trace("1@0 2@1 3@2 attempt 3 failed:none");
}

Test(retry, makes_one_attempt_without_retries)
{
    attempts = (struct attempts){.failures = 9, .code = -EIO};
    options = (af_retry_options){.retries = 0, .should_retry = every_second};
    expect_code(run(retry, NULL), -EIO);
    expect_trace("1@0 attempt 1 failed:none");
}

static int retry_without_result(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_retry(&options, attempt, &attempts, NULL);
}

Test(retry, ret_result_may_be_null)
{
    options = (af_retry_options){.retries = 1};
    expect_code(run(retry_without_result, NULL), 0);
    expect_trace("1@0");
}

Test(retry, without_should_retry_every_error_is_retried)
{
    options = (af_retry_options){.retries = 3, .delay = 1, .max_delay = 2};
    attempts = (struct attempts){.failures = 3, .code = AF_TIMEOUT};
    expect_code(run(retry, NULL), 0);
    cr_assert(eq(uint, attempts.made, 4));
    cr_assert(af_loop_time(loop) > 0 && af_loop_time(loop) <= 1 + 2 + 2);
    take_trace();
}

/* -------------------------------------------------------------- the decisions */

static bool only_io(int code, unsigned made, double *delay, void *arg)
{
    trace("asked:%u:%s", made, (const char *)arg);
    af_raise(-ENOENT, "something else");
    *delay = 0.5;
    return code == -EIO;
}

Test(retry, should_retry_is_called_for_each_and_false_keeps_the_error)
{
    options = (af_retry_options){.retries = 5, .should_retry = only_io, .arg = "arg"};
    attempts = (struct attempts){.failures = 9, .code = -EIO};
    spawn(retry, NULL);
    tick(3);
    attempts.code = -EPIPE;
    settle();
    expect_trace("1@0 asked:1:arg 2@0.5 asked:2:arg attempt 2 failed:none");
    take_reports();
}

static int wait_longer(double delay, void *arg)
{
    trace("wait:%g:%s", delay, (const char *)arg);
    return af_sleep(delay + 10);
}

static int refuse_to_wait(double delay, void *arg)
{
    (void)delay, (void)arg;
    return af_raise(-EAGAIN, "no time");
}

Test(retry, wait_replaces_sleep)
{
    options = (af_retry_options){
        .retries = 1, .should_retry = every_second, .wait = wait_longer, .arg = "arg"};
    attempts = (struct attempts){.failures = 1, .code = -EIO};
    expect_code(run(retry, NULL), 0);
    expect_trace("1@0 wait:1:arg 2@11 ok:done");
}

Test(retry, an_error_of_wait_ends_the_retries)
{
    options = (af_retry_options){.retries = 1, .wait = refuse_to_wait};
    attempts = (struct attempts){.failures = 1, .code = -EIO};
    expect_code(run(retry, NULL), -EAGAIN);
    expect_trace("1@0 no time:none");
}

/* --------------------------------------------------------------- cancellation */

Test(retry, a_cancelled_attempt_is_not_retried)
{
    options = (af_retry_options){.retries = 5, .should_retry = every_second};
    attempts = (struct attempts){.failures = 9, .code = -EIO, .delay = 1};
    af_task *task = spawn(retry, NULL);
    tick(1);
    af_future_cancel(task);
    settle();
    expect_trace("cancelled:none");
    cr_assert(af_future_cancelled(task));
}

Test(retry, a_cancelled_wait_ends_the_retries)
{
    options = (af_retry_options){.retries = 5, .should_retry = every_second};
    attempts = (struct attempts){.failures = 9, .code = -EIO};
    af_task *task = spawn(retry, NULL);
    tick(2);
    af_future_cancel(task);
    settle();
    expect_trace("1@0 cancelled:none");
}

static int retry_in_time(void *arg, void **ret_result)
{
    af_timeout timeout;
    int r = af_timeout_enter(&timeout, 2.5);
    return r < 0 ? r : af_timeout_exit(&timeout, retry(arg, ret_result));
}

Test(retry, a_timeout_ends_the_retries)
{
    options = (af_retry_options){.retries = 5, .should_retry = every_second};
    attempts = (struct attempts){.failures = 9, .code = -EIO};
    expect_code(run(retry_in_time, NULL), AF_TIMEOUT);
    expect_trace("1@0 2@1 3@2 cancelled:none");
}

/* ------------------------------------------------------------------- back-off */

enum { DRAWS = 20000, BUCKETS = 10 };

/* The number in each tenth of the range is within 6 standard deviations. */
static void expect_even(double delay, double max_delay, unsigned made, double most)
{
    unsigned counts[BUCKETS] = {0};
    for (int i = 0; i < DRAWS; i++) {
        double share = af_backoff(delay, max_delay, made) / most;
        cr_assert(share >= 0 && share <= 1, "%g of %g", share * most, most);
        counts[share < 1 ? (size_t)(share * BUCKETS) : BUCKETS - 1]++;
    }
    for (size_t i = 0; i < BUCKETS; i++)
        cr_assert(counts[i] > 2000 - 255 && counts[i] < 2000 + 255, "%zu: %u", i, counts[i]);
}

Test(retry, the_back_off_is_random_up_to_the_doubled_delay)
{
    expect_even(1, 60, 1, 1);
    expect_even(1, 60, 2, 2);
    expect_even(1, 60, 5, 16);
    expect_even(0.5, AF_FOREVER, 11, 512);
}

Test(retry, the_doubling_stops_at_the_maximum)
{
    expect_even(1, 60, 7, 60);
    expect_even(1, 60, 2000, 60);
    expect_even(1, 60, UINT32_MAX, 60);
    expect_even(5, 2, 1, 2);
}

Test(retry, the_back_off_of_delay_0_is_0)
{
    cr_assert_eq(af_backoff(0, 60, 1), 0);
    cr_assert_eq(af_backoff(0, 60, UINT32_MAX), 0);
    cr_assert_eq(af_backoff(1, 0, 3), 0);
    cr_assert(not(isnan(af_backoff(1, AF_FOREVER, UINT32_MAX))));
}
