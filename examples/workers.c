/* Workers: several tasks take jobs from a queue; join waits until all jobs are done, shutdown ends
 * the workers. */
#include <stdio.h>

#include <afetch/afetch.h>

static int work(void *queue, void **ret_result)
{
    void *job;
    int r;
    while ((r = af_queue_get(queue, &job)) >= 0) {
        r = af_sleep(0.1);
        if (r < 0)
            return r;
        printf("%s did %s\n", af_task_name(af_current_task()), (char *)job);
        af_queue_task_done(queue);
    }
    printf("%s ends\n", af_task_name(af_current_task()));
    return r == AF_QUEUE_SHUT_DOWN ? 0 : r;
}

static int run_jobs(af_queue *queue, af_task_group *group)
{
    char *jobs[] = {"A", "B", "C", "D", "E"}, *names[] = {"Ada", "Bob"};
    int r = 0;
    for (int i = 0; r >= 0 && i < 5; i++)
        r = af_queue_put_nowait(queue, jobs[i]);
    for (int i = 0; r >= 0 && i < 2; i++) {
        af_task *task = NULL;
        r = af_task_group_create_task(group, work, queue, NULL, &task);
        if (r >= 0)
            r = af_task_set_name(task, names[i]);
        af_future_unref(task);
    }
    if (r >= 0)
        r = af_queue_join(queue);
    puts("all jobs are done");
    af_queue_shutdown(queue, false);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_queue *queue;
    int r = af_queue_new(0, NULL, &queue);
    if (r < 0)
        return r;
    af_task_group *group;
    r = af_task_group_enter(&group);
    if (r >= 0)
        r = af_task_group_exit(group, run_jobs(queue, group));
    af_queue_free(queue);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
