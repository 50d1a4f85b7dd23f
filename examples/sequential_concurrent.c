/* Sequential and concurrent: concurrent tasks wait at the same time. */
#include <stdio.h>

#include <afetch/afetch.h>

enum { COUNT = 10 };

static int fetch(void *arg, void **ret_result)
{
    return af_sleep(0.05);
}

static int sequentially(void)
{
    int r = 0;
    for (int i = 0; r >= 0 && i < COUNT; i++)
        r = fetch(NULL, NULL);
    return r;
}

static int concurrently(void)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (int i = 0; r >= 0 && i < COUNT; i++)
        r = af_task_group_create_task(group, fetch, NULL, NULL, NULL);
    return af_task_group_exit(group, r);
}

static int main_task(void *arg, void **ret_result)
{
    af_loop *loop = af_running_loop();
    double begun = af_loop_time(loop);
    int r = sequentially();
    double middle = af_loop_time(loop);
    if (r >= 0)
        r = concurrently();
    double end = af_loop_time(loop);
    if (r < 0)
        return r;
    printf("%d concurrent fetches take %s\n", COUNT,
           end - middle < middle - begun ? "less time" : "more time");
    return 0;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
