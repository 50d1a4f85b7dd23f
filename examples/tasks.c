/* Tasks: each starts in the next iteration, in the order of creation; an await lets the other tasks
 * run. */
#include <stdio.h>

#include <afetch/afetch.h>

static int work(void *arg, void **ret_result)
{
    int *number = arg;
    printf("%s begins\n", af_task_name(af_current_task()));
    int r = af_sleep(0);
    if (r < 0)
        return r;
    printf("%s ends\n", af_task_name(af_current_task()));
    *number *= *number;
    *ret_result = number;
    return 0;
}

static int await_and_print(af_task *task)
{
    void *result;
    int r = af_await(task, &result);
    if (r < 0)
        return r;
    printf("%s returned %d\n", af_task_name(task), *(int *)result);
    return 0;
}

static int main_task(void *arg, void **ret_result)
{
    static int three = 3, four = 4;
    af_task *one = NULL, *two = NULL;
    int r = af_create_task(work, &three, NULL, &one);
    if (r >= 0)
        r = af_create_task(work, &four, NULL, &two);
    if (r >= 0)
        r = af_task_set_name(one, "the first");
    if (r >= 0)
        r = af_task_set_name(two, "the second");
    puts("two tasks created, none started");
    if (r >= 0)
        r = await_and_print(one);
    if (r >= 0)
        r = await_and_print(two);
    af_future_unref(one);
    af_future_unref(two);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
