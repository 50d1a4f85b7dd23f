/* gather: results in the order of the arguments; with return_exceptions an exception is one of the
 * outcomes. */
#include <stdio.h>

#include <afetch/afetch.h>

struct page {
    const char *name;
    double seconds;
    bool broken;
};

static int fetch(void *arg, void **ret_result)
{
    struct page *page = arg;
    int r = af_sleep(page->seconds);
    if (r < 0)
        return r;
    if (page->broken)
        return af_raise(AF_VALUE_ERROR, "%s is broken", page->name);
    printf("  %s is done\n", page->name);
    *ret_result = page;
    return 0;
}

static void print_outcome(const af_outcome *outcome)
{
    const struct page *page = outcome->result;
    printf("  result: %s\n", outcome->error.code < 0 ? af_error_text(outcome->error) : page->name);
}

static int gather(bool return_exceptions)
{
    static struct page pages[] = {{"one", 0.5, false}, {"two", 0.15, true}, {"three", 0.02, false}};
    af_task *tasks[3] = {NULL};
    af_future *all = NULL;
    void *outcomes;
    int r = 0;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_create_task(fetch, &pages[i], NULL, &tasks[i]);
    if (r >= 0)
        r = af_gather(tasks, 3, return_exceptions, &all);
    if (r >= 0)
        r = af_await(all, &outcomes);
    for (int i = 0; r >= 0 && i < 3; i++)
        print_outcome((af_outcome *)outcomes + i);
    if (r == AF_VALUE_ERROR) {
        printf("  raised: %s; the others keep running\n", af_error_text(af_raised(r)));
        r = af_await(tasks[0], NULL);
    }
    af_future_unref(all);
    for (int i = 0; i < 3; i++)
        af_future_unref(tasks[i]);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    puts("with return_exceptions");
    int r = gather(true);
    if (r < 0)
        return r;
    puts("without return_exceptions");
    return gather(false);
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
