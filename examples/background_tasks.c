/* Background tasks: a task set counts, cancels and awaits tasks that run in the background. */
#include <stdio.h>

#include <afetch/afetch.h>

static int work(void *arg, void **ret_result)
{
    const double *seconds = arg;
    int r = af_sleep(*seconds);
    puts(r == AF_CANCELLED ? "cancelled" : "done");
    return r;
}

static int work_in_background(af_task_set *background)
{
    static double seconds[] = {0, 0, 10};
    int r = 0;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_task_set_create_task(background, work, &seconds[i], NULL);
    printf("%zu in the background\n", af_task_set_count(background));
    if (r >= 0)
        r = af_sleep(0.1);
    printf("%zu left after 0.1 s\n", af_task_set_count(background));
    af_task_set_cancel(background);
    if (r >= 0)
        r = af_task_set_join(background);
    printf("%zu at the end\n", af_task_set_count(background));
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_task_set *background;
    int r = af_task_set_new(&background);
    if (r < 0)
        return r;
    r = work_in_background(background);
    af_task_set_free(background);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
