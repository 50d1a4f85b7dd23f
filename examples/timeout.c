/* wait_for and timeout: at the timeout the task is cancelled and cleans up, and is done before the
 * timeout is reported. */
#include <stdio.h>

#include <afetch/afetch.h>

static int work(void *arg, void **ret_result)
{
    const double *seconds = arg;
    int r = af_sleep(*seconds);
    puts(r < 0 ? "  work cleans up after a cancellation" : "  work is finished");
    return r;
}

static int with_wait_for(double delay, double *seconds)
{
    af_task *task;
    int r = af_create_task(work, seconds, NULL, &task);
    if (r < 0)
        return r;
    r = af_wait_for(task, delay, NULL);
    af_future_unref(task);
    return r;
}

static int with_timeout(double delay, double *seconds)
{
    af_timeout timeout;
    int r = af_timeout_enter(&timeout, delay);
    if (r < 0)
        return r;
    r = work(seconds, NULL);
    return af_timeout_exit(&timeout, r);
}

static int main_task(void *arg, void **ret_result)
{
    static double too_long = 10, short_enough = 0.05;
    puts("wait_for");
    int r = with_wait_for(0.05, &too_long);
    if (r == AF_TIMEOUT)
        puts("timed out");
    puts("timeout");
    r = with_timeout(0.05, &too_long);
    if (r == AF_TIMEOUT)
        puts("timed out");
    puts("a longer timeout");
    return with_timeout(10, &short_enough);
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
