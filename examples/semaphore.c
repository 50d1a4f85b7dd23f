/* Semaphore: limits concurrency. A bounded semaphore also detects too many releases. */
#include <stdio.h>

#include <afetch/afetch.h>

struct pool {
    af_semaphore *permits;
    int swimmers;
    int most;
};

static int swim(void *arg, void **ret_result)
{
    struct pool *pool = arg;
    int r = af_semaphore_acquire(pool->permits);
    if (r < 0)
        return r;
    printf("%s swims\n", af_task_name(af_current_task()));
    if (++pool->swimmers > pool->most)
        pool->most = pool->swimmers;
    r = af_sleep(0.02);
    pool->swimmers--;
    af_semaphore_release(pool->permits);
    return r;
}

static int swim_together(struct pool *pool, int count)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (int i = 0; r >= 0 && i < count; i++)
        r = af_task_group_create_task(group, swim, pool, NULL, NULL);
    return af_task_group_exit(group, r);
}

static int main_task(void *arg, void **ret_result)
{
    struct pool pool = {0};
    int r = af_bounded_semaphore_new(2, &pool.permits);
    if (r >= 0)
        r = swim_together(&pool, 5);
    printf("never more than %d in the pool\n", pool.most);
    if (r >= 0 && af_semaphore_release(pool.permits) == AF_VALUE_ERROR)
        puts("released too often");
    af_semaphore_free(pool.permits);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
