/* Semaphore: so many at once and no more. A bounded one also knows when too many are released. */
#include <stdio.h>

#include <afetch/afetch.h>

struct pool {
    af_semaphore *places;
    int swimmers;
    int most;
};

static int swim(void *arg, void **ret_result)
{
    struct pool *pool = arg;
    int r = af_semaphore_acquire(pool->places);
    if (r < 0)
        return r;
    printf("%s swims\n", af_task_name(af_current_task()));
    if (++pool->swimmers > pool->most)
        pool->most = pool->swimmers;
    r = af_sleep(0.02);
    pool->swimmers--;
    af_semaphore_release(pool->places);
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
    int r = af_bounded_semaphore_new(2, &pool.places);
    if (r >= 0)
        r = swim_together(&pool, 5);
    printf("never more than %d in the pool\n", pool.most);
    if (r >= 0 && af_semaphore_release(pool.places) == AF_VALUE_ERROR)
        puts("nobody is left to release");
    af_semaphore_free(pool.places);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
