/* Queue: a producer and a consumer, which wait for each other; a sentinel marks the end. */
#include <stdio.h>

#include <afetch/afetch.h>

static int produce(void *queue, void **ret_result)
{
    char *items[] = {"one", "two", "three", "four", NULL};
    int r = 0;
    for (int i = 0; r >= 0 && i < 5; i++) {
        r = af_queue_put(queue, items[i]);
        if (r >= 0)
            printf("put %s\n", items[i] ? items[i] : "the sentinel");
    }
    return r;
}

static int consume(void *queue, void **ret_result)
{
    void *item;
    int r;
    while ((r = af_queue_get(queue, &item)) >= 0 && item)
        printf("      got %s\n", (char *)item);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_queue *queue;
    int r = af_queue_new(2, NULL, &queue);
    if (r < 0)
        return r;
    af_task_group *group;
    r = af_task_group_enter(&group);
    if (r >= 0) {
        r = af_task_group_create_task(group, produce, queue, NULL, NULL);
        if (r >= 0)
            r = af_task_group_create_task(group, consume, queue, NULL, NULL);
        r = af_task_group_exit(group, r);
    }
    af_queue_free(queue);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
