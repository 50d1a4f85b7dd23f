/* Cancellation: the await returns AF_CANCELLED. A task that returns that code is cancelled; a task
 * that swallows it continues. */
#include <stdio.h>

#include <afetch/afetch.h>

static int polite(void *arg, void **ret_result)
{
    puts("  polite begins");
    int r = af_sleep(10);
    if (r == AF_CANCELLED)
        puts("  polite cleans up and returns");
    return r;
}

static int stubborn(void *arg, void **ret_result)
{
    puts("  stubborn begins");
    int r = af_sleep(10);
    if (r == AF_CANCELLED)
        puts("  stubborn continues");
    *ret_result = "an answer";
    return 0;
}

static int create_and_cancel(af_coroutine *coroutine, bool start_first)
{
    af_task *task;
    void *result = NULL;
    int r = af_create_task(coroutine, NULL, NULL, &task);
    if (r < 0)
        return r;
    if (start_first)
        r = af_sleep(0);
    af_future_cancel(task);
    if (r >= 0)
        r = af_await(task, &result);
    if (r == AF_CANCELLED && af_future_cancelled(task)) {
        puts("  it was cancelled");
        r = 0;
    } else if (r >= 0) {
        printf("  it returned %s\n", (char *)result);
    }
    af_future_unref(task);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    puts("propagated");
    int r = create_and_cancel(polite, true);
    puts("swallowed");
    if (r >= 0)
        r = create_and_cancel(stubborn, true);
    puts("before the first step");
    if (r >= 0)
        r = create_and_cancel(stubborn, false);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
