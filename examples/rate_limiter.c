/* Rate limiter: concurrent tasks get one token every 50 ms, first come, first served. */
#include <stdio.h>

#include <afetch/afetch.h>

static int call(void *limiter, void **ret_result)
{
    int r = af_rate_limiter_acquire(limiter);
    if (r < 0)
        return r;
    printf("%s has a token\n", af_task_name(af_current_task()));
    return 0;
}

static int call_concurrently(af_rate_limiter *limiter, int count)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (int i = 0; r >= 0 && i < count; i++)
        r = af_task_group_create_task(group, call, limiter, NULL, NULL);
    return af_task_group_exit(group, r);
}

static int main_task(void *arg, void **ret_result)
{
    af_rate_limiter *limiter;
    int r = af_rate_limiter_new(20, 1, &limiter);
    if (r < 0)
        return r;
    double begun = af_loop_time(af_running_loop());
    r = call_concurrently(limiter, 5);
    double seconds = af_loop_time(af_running_loop()) - begun;
    af_rate_limiter_free(limiter);
    if (r >= 0)
        printf("four intervals took %s\n", seconds > 0.19 ? "0.2 s" : "too little");
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
