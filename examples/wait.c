/* wait: until the first is done, the first fails, all are done, or the timeout. It raises no
 * exceptions of the tasks and cancels nothing. */
#include <stdio.h>

#include <afetch/afetch.h>

struct job {
    double seconds;
    bool fails;
};

static int work(void *arg, void **ret_result)
{
    const struct job *job = arg;
    int r = af_sleep(job->seconds);
    if (r < 0)
        return r;
    return job->fails ? af_raise(AF_VALUE_ERROR, "bad luck") : 0;
}

static int wait_and_print(af_task **tasks, double timeout, enum af_return_when return_when)
{
    static const char *const names[] = {"all completed", "first completed", "first exception"};
    int done = af_wait(tasks, 3, timeout, return_when);
    if (done >= 0)
        printf("%s: %d done, %d pending\n", names[return_when], done, 3 - done);
    return done;
}

static int main_task(void *arg, void **ret_result)
{
    static struct job jobs[] = {{0, false}, {0.5, true}, {10, false}};
    af_task *tasks[3] = {NULL};
    int r = 0;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_create_task(work, &jobs[i], NULL, &tasks[i]);
    if (r >= 0)
        r = wait_and_print(tasks, AF_FOREVER, AF_FIRST_COMPLETED);
    if (r >= 0)
        r = wait_and_print(tasks, 0.02, AF_ALL_COMPLETED);
    if (r >= 0)
        r = wait_and_print(tasks, AF_FOREVER, AF_FIRST_EXCEPTION);
    if (r >= 0 && af_future_cancel(tasks[2]))
        r = wait_and_print(tasks, AF_FOREVER, AF_ALL_COMPLETED);
    if (r >= 0 && af_future_result(tasks[1], NULL) == AF_VALUE_ERROR)
        printf("the second failed: %s\n", af_error_text(af_raised(AF_VALUE_ERROR)));
    for (int i = 0; i < 3; i++)
        af_future_unref(tasks[i]);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
