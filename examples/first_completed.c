/* wait with FIRST_COMPLETED: three mirrors are asked at the same time; the fastest wins, the others
 * are cancelled. */
#include <stdio.h>

#include <afetch/afetch.h>

struct mirror {
    const char *name;
    double seconds;
};

static int fetch(void *arg, void **ret_result)
{
    const struct mirror *mirror = arg;
    int r = af_sleep(mirror->seconds);
    if (r == AF_CANCELLED)
        printf("%s is cancelled\n", mirror->name);
    return r;
}

static int race(af_task **tasks, int count)
{
    int r = af_wait(tasks, count, AF_FOREVER, AF_FIRST_COMPLETED);
    if (r < 0)
        return r;
    for (int i = 0; i < count; i++)
        if (af_future_done(tasks[i]))
            printf("%s was first\n", ((struct mirror *)af_task_argument(tasks[i]))->name);
        else
            af_future_cancel(tasks[i]);
    return af_wait(tasks, count, AF_FOREVER, AF_ALL_COMPLETED);
}

static int main_task(void *arg, void **ret_result)
{
    static struct mirror mirrors[] = {{"Lisbon", 5}, {"Oslo", 0.05}, {"Vienna", 10}};
    af_task *tasks[3] = {NULL};
    int r = 0;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_create_task(fetch, &mirrors[i], NULL, &tasks[i]);
    if (r >= 0)
        r = race(tasks, 3);
    for (int i = 0; i < 3; i++)
        af_future_unref(tasks[i]);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
