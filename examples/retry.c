/* Retry: random delays whose maximum doubles; returns the error of the last attempt. */
#include <stdio.h>

#include <afetch/afetch.h>

struct server {
    int failures;
    int attempts;
};

static int fetch(void *arg, void **ret_result)
{
    struct server *server = arg;
    int r = af_sleep(0);
    if (r < 0)
        return r;
    printf("  attempt %d\n", ++server->attempts);
    if (server->attempts <= server->failures)
        return af_raise(AF_VALUE_ERROR, "attempt %d failed", server->attempts);
    *ret_result = "a page";
    return 0;
}

static int fetch_with_retries(int failures)
{
    static const af_retry_options options = {.retries = 3, .delay = 0.01, .max_delay = 1};
    struct server server = {.failures = failures};
    void *page;
    int r = af_retry(&options, fetch, &server, &page);
    if (r == AF_VALUE_ERROR)
        printf("gave up: %s\n", af_error_text(af_raised(r)));
    else if (r >= 0)
        printf("got %s\n", (char *)page);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    int r = fetch_with_retries(2);
    if (r < 0)
        return r;
    r = fetch_with_retries(10);
    return r == AF_VALUE_ERROR ? 0 : r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
