/* Debug mode: reports the name of a task that blocks the loop. AFETCH_DEBUG=1 in the environment
 * also turns it on. */
#include <stdio.h>
#include <unistd.h>

#include <afetch/afetch.h>

static int block(void *arg, void **ret_result)
{
    usleep(500 * 1000);
    return 0;
}

static int heartbeat(void *arg, void **ret_result)
{
    double begun = af_loop_time(af_running_loop());
    int r = af_sleep(0.01);
    double seconds = af_loop_time(af_running_loop()) - begun;
    printf("the heartbeat is %s\n", seconds < 0.4 ? "on time" : "late");
    return r;
}

static void report(af_loop *loop, const af_exception_context *context, void *arg)
{
    char task[20], function[20];
    if (sscanf(context->message, "executing %19s (%19[^)]) took", task, function) == 2)
        printf("reported: %s in %s() took too long\n", task, function);
}

static int main_task(void *arg, void **ret_result)
{
    af_loop *loop = af_running_loop();
    af_loop_set_exception_handler(loop, report, NULL);
    af_loop_set_slow_callback_duration(loop, 0.4);
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    r = af_task_group_create_task(group, heartbeat, NULL, NULL, NULL);
    if (r >= 0)
        r = af_task_group_create_task(group, block, NULL, NULL, NULL);
    return af_task_group_exit(group, r);
}

int main(void)
{
    return af_run(&(af_loop_options){.debug = true}, main_task, NULL, NULL) < 0;
}
