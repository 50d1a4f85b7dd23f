/* as_completed: handles results in the order of completion. */
#include <stdio.h>

#include <afetch/afetch.h>

struct page {
    const char *name;
    double seconds;
};

static int fetch(void *arg, void **ret_result)
{
    struct page *page = arg;
    int r = af_sleep(page->seconds);
    if (r < 0)
        return r;
    *ret_result = page;
    return 0;
}

static int print_as_completed(af_task **tasks, int count)
{
    af_as_completed *completed;
    af_future *future;
    int r = af_as_completed_new(tasks, count, AF_FOREVER, &completed);
    if (r < 0)
        return r;
    while ((r = af_as_completed_next(completed, &future)) > 0) {
        void *page;
        r = af_future_result(future, &page);
        if (r < 0)
            break;
        printf("%s is done\n", ((struct page *)page)->name);
    }
    af_as_completed_free(completed);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    static struct page pages[] = {{"slow", 0.3}, {"quick", 0.05}, {"middling", 0.15}};
    af_task *tasks[3] = {NULL};
    int r = 0;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_create_task(fetch, &pages[i], NULL, &tasks[i]);
    if (r >= 0)
        r = print_as_completed(tasks, 3);
    for (int i = 0; i < 3; i++)
        af_future_unref(tasks[i]);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
