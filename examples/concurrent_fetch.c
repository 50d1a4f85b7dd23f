/* Concurrent requests: all start before the first response arrives, and each has a result,
 * including the one that fails. The argument is the URL of a server with httpbin's paths. */
#include <stdio.h>

#include <afetch/afetch.h>

enum { COUNT = 5 };
static const char *const paths[COUNT] = {"/delay/0.1", "/bytes/1000", "/status/404", "/redirect/2",
                                         "/truncate"};

struct fetch {
    af_client *client;
    char url[200];
    af_future *request; /* the last request, after redirects; it has the response */
};

static int fetch_url(void *arg, void **ret_result)
{
    struct fetch *fetch = arg;
    return af_client_fetch(fetch->client, &(af_request){.url = fetch->url}, &fetch->request);
}

static void print_result(const char *path, const struct fetch *fetch)
{
    const af_response *response = af_request_response(fetch->request);
    if (response->error)
        printf("%s: no response\n", path);
    else
        printf("%s: %ld\n", path, response->status);
}

static int fetch_all(struct fetch *fetches, af_task **tasks)
{
    af_future *all;
    int r = 0;
    for (int i = 0; r >= 0 && i < COUNT; i++)
        r = af_create_task(fetch_url, &fetches[i], NULL, &tasks[i]);
    if (r >= 0)
        r = af_gather(tasks, COUNT, false, &all);
    if (r < 0)
        return r;
    r = af_await(all, NULL);
    for (int i = 0; r >= 0 && i < COUNT; i++)
        print_result(paths[i], &fetches[i]);
    af_future_unref(all);
    return r;
}

static int main_task(void *base, void **ret_result)
{
    af_client *client;
    struct fetch fetches[COUNT] = {0};
    af_task *tasks[COUNT] = {NULL};
    const af_client_options options = {.follow_redirects = true, .max_redirects = 5};
    int r = af_client_new(&options, &client);
    if (r < 0)
        return r;
    for (int i = 0; i < COUNT; i++) {
        fetches[i].client = client;
        snprintf(fetches[i].url, sizeof fetches[i].url, "%s%s", (const char *)base, paths[i]);
    }
    r = fetch_all(fetches, tasks);
    for (int i = 0; i < COUNT; i++) {
        af_future_unref(tasks[i]);
        af_future_unref(fetches[i].request);
    }
    af_client_free(client);
    return r;
}

int main(int argc, char **argv)
{
    return argc != 2 || af_run(NULL, main_task, argv[1], NULL) < 0;
}
