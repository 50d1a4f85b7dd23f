/* Executor: runs blocking functions in threads, of an executor of the program by run_in_executor,
 * or of the loop's own executor by to_thread. */
#include <stdio.h>
#include <unistd.h>

#include <afetch/afetch.h>

static int read_slowly(void *name, void **ret_result)
{
    usleep(200 * 1000);
    *ret_result = name;
    return 0;
}

static int fail(void *arg, void **ret_result)
{
    return af_raise(AF_VALUE_ERROR, "no such disk");
}

static int read_both(af_executor *executor)
{
    af_future *futures[2] = {NULL}, *both = NULL;
    void *outcomes;
    int r = af_run_in_executor(executor, read_slowly, "one", NULL, &futures[0]);
    if (r >= 0)
        r = af_run_in_executor(executor, read_slowly, "two", NULL, &futures[1]);
    if (r >= 0)
        r = af_gather(futures, 2, false, &both);
    if (r >= 0)
        puts("two threads are reading, the loop keeps running");
    if (r >= 0)
        r = af_await(both, &outcomes);
    for (int i = 0; r >= 0 && i < 2; i++)
        printf("%s is read\n", (char *)((af_outcome *)outcomes)[i].result);
    af_future_unref(both);
    af_future_unref(futures[0]);
    af_future_unref(futures[1]);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    void *result;
    af_executor *executor;
    int r = af_executor_new(2, &executor);
    if (r < 0)
        return r;
    r = read_both(executor);
    af_executor_free(executor);
    if (r >= 0)
        r = af_to_thread(read_slowly, "three", NULL, &result);
    if (r < 0)
        return r;
    printf("%s is read\n", (char *)result);
    r = af_to_thread(fail, NULL, NULL, NULL);
    if (r == AF_VALUE_ERROR)
        printf("failed: %s\n", af_error_text(af_raised(r)));
    return r == AF_VALUE_ERROR ? 0 : r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
