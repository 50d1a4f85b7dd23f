/* Event: tasks wait until it is set; once it is set, waiting does not suspend. */
#include <stdio.h>

#include <afetch/afetch.h>

static int run_when_set(void *start, void **ret_result)
{
    printf("%s is ready\n", af_task_name(af_current_task()));
    int r = af_event_wait(start);
    if (r < 0)
        return r;
    printf("%s runs\n", af_task_name(af_current_task()));
    return 0;
}

static int race(af_event *start, af_task_group *group)
{
    int r = 0;
    for (int i = 0; r >= 0 && i < 2; i++)
        r = af_task_group_create_task(group, run_when_set, start, NULL, NULL);
    if (r >= 0)
        r = af_sleep(0.05);
    if (r < 0)
        return r;
    puts("the event is set");
    af_event_set(start);
    return af_event_wait(start);
}

static int main_task(void *arg, void **ret_result)
{
    af_event *start;
    int r = af_event_new(&start);
    if (r < 0)
        return r;
    af_task_group *group;
    r = af_task_group_enter(&group);
    if (r >= 0)
        r = af_task_group_exit(group, race(start, group));
    af_event_free(start);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
