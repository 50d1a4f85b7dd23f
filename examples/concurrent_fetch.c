/* Many requests at once: each begins before the first is answered, and each has its result, the
 * failed one too. Takes the URL of a server that answers as httpbin does. */
#include <stdio.h>

#include <afetch/afetch.h>

enum { COUNT = 5 };
static const char *const paths[COUNT] = {"/delay/0.1", "/bytes/1000", "/status/404", "/redirect/2",
                                         "/truncate"};

static void say(const char *path, const af_response *response)
{
    if (response->error)
        printf("%s: no response\n", path);
    else
        printf("%s: %ld\n", path, response->status);
}

static int fetch_all(af_client *client, const char *base, af_future **requests)
{
    af_future *all;
    void *outcomes;
    int r = 0;
    for (int i = 0; r >= 0 && i < COUNT; i++) {
        char url[200];
        snprintf(url, sizeof url, "%s%s", base, paths[i]);
        r = af_client_request(client, &(af_request){.url = url}, &requests[i]);
    }
    if (r >= 0)
        r = af_gather(requests, COUNT, false, &all);
    if (r < 0)
        return r;
    r = af_await(all, &outcomes);
    for (int i = 0; r >= 0 && i < COUNT; i++)
        say(paths[i], ((af_outcome *)outcomes)[i].result);
    af_future_unref(all);
    return r;
}

static int main_task(void *base, void **ret_result)
{
    af_client *client;
    af_future *requests[COUNT] = {NULL};
    int r = af_client_new(NULL, &client);
    if (r < 0)
        return r;
    r = fetch_all(client, base, requests);
    for (int i = 0; i < COUNT; i++)
        af_future_unref(requests[i]);
    af_client_free(client);
    return r;
}

int main(int argc, char **argv)
{
    return argc != 2 || af_run(NULL, main_task, argv[1], NULL) < 0;
}
