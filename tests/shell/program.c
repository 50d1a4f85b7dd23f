/* A program outside of the tree, as C and as C++: two tasks, and a request that is refused. */
#include <stdio.h>
#include <string.h>

#include <afetch/afetch.h>

static int nap(void *arg, void **ret_result)
{
    *ret_result = arg;
    return af_sleep(0.01);
}

static int nap_twice(void)
{
    static char first[] = "first", second[] = "second";
    af_task *tasks[2];
    af_future *both;
    void *list;
    int r = af_create_task(nap, first, NULL, &tasks[0]);
    if (r >= 0)
        r = af_create_task(nap, second, NULL, &tasks[1]);
    if (r >= 0)
        r = af_gather(tasks, 2, false, &both);
    if (r >= 0)
        r = af_await(both, &list);
    if (r < 0)
        return r;
    const af_outcome *outcomes = (const af_outcome *)list;
    printf("%s %s\n", (char *)outcomes[0].result, (char *)outcomes[1].result);
    af_future_unref(both);
    af_future_unref(tasks[0]);
    af_future_unref(tasks[1]);
    return 0;
}

static int request_nothing(af_client *client)
{
    af_request request;
    memset(&request, 0, sizeof request);
    request.url = "ftp://nowhere/";
    af_future *future;
    int r = af_client_request(client, &request, &future);
    if (r < 0)
        return r;
    r = af_await(future, NULL);
    if (r >= 0)
        puts(af_request_response(future)->error == AF_HTTP_URL ? "no URL" : "a URL?");
    af_future_unref(future);
    return r;
}

static int run(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    static af_client_options options; /* zero: the defaults */
    af_client *client;
    int r = nap_twice();
    if (r < 0)
        return r;
    r = af_client_new(&options, &client);
    if (r < 0)
        return r;
    r = request_nothing(client);
    af_client_free(client);
    return r;
}

int main(void)
{
    return af_run(NULL, run, NULL, NULL) < 0;
}
