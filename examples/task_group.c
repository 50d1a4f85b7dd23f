/* TaskGroup: the first failure cancels the other tasks, and the group ends when all are done. */
#include <stdio.h>

#include <afetch/afetch.h>

struct job {
    const char *name;
    double seconds;
    bool fails;
};

static int work(void *arg, void **ret_result)
{
    const struct job *job = arg;
    int r = af_sleep(job->seconds);
    if (r == AF_CANCELLED)
        printf("  %s is cancelled\n", job->name);
    if (r < 0)
        return r;
    if (job->fails)
        return af_raise(AF_VALUE_ERROR, "%s failed", job->name);
    printf("  %s is done\n", job->name);
    return 0;
}

static int run_group(struct job *jobs, int count)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (int i = 0; r >= 0 && i < count; i++)
        r = af_task_group_create_task(group, work, &jobs[i], NULL, NULL);
    return af_task_group_exit(group, r);
}

static int main_task(void *arg, void **ret_result)
{
    puts("a group without failures");
    int r = run_group((struct job[]){{"one", 0.2, false}, {"two", 0.02, false}}, 2);
    if (r < 0)
        return r;
    puts("a group with a failure");
    r = run_group((struct job[]){{"one", 10, false}, {"two", 0.02, true}}, 2);
    if (r != AF_GROUP)
        return r;
    af_error group = af_raised(r);
    for (size_t i = 0; i < af_error_count(group); i++)
        printf("  error in the group: %s\n", af_error_text(af_error_member(group, i)));
    return 0;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
