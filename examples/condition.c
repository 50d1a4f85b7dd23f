/* Condition: waits, with a lock held, until a predicate on the data that the lock protects is true.
 */
#include <stdio.h>

#include <afetch/afetch.h>

struct shop {
    af_condition *changed;
    int loaves;
};

static bool has_bread(void *arg)
{
    const struct shop *shop = arg;
    return shop->loaves > 0;
}

static int buy(void *arg, void **ret_result)
{
    struct shop *shop = arg;
    int r = af_condition_acquire(shop->changed);
    if (r < 0)
        return r;
    r = af_condition_wait_for(shop->changed, has_bread, shop);
    if (r >= 0)
        printf("bought one, %d left\n", --shop->loaves);
    af_condition_release(shop->changed);
    return r;
}

static int bake(struct shop *shop, int count)
{
    int r = af_condition_acquire(shop->changed);
    if (r < 0)
        return r;
    shop->loaves += count;
    printf("baked %d\n", count);
    af_condition_notify_all(shop->changed);
    return af_condition_release(shop->changed);
}

static int trade(struct shop *shop, af_task_group *group)
{
    int r = 0;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_task_group_create_task(group, buy, shop, NULL, NULL);
    for (int loaves = 1; r >= 0 && loaves <= 2; loaves++) {
        r = af_sleep(0.02);
        if (r >= 0)
            r = bake(shop, loaves);
    }
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    struct shop shop = {0};
    int r = af_condition_new(NULL, &shop.changed);
    if (r < 0)
        return r;
    af_task_group *group;
    r = af_task_group_enter(&group);
    if (r >= 0)
        r = af_task_group_exit(group, trade(&shop, group));
    af_condition_free(shop.changed);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
