/* Scraper: fetches pages with one client, which reuses its connections, at most three at a time.
 * The argument is the URL of a server with httpbin's paths. */
#include <stdio.h>
#include <string.h>

#include <afetch/afetch.h>

static const char *const paths[] = {"/", "/delay/0.3", "/delay/0.1", "/bytes/100", "/", NULL};

struct scraper {
    const char *base;
    af_client *client;
    const char *const *path;
};

static int next_page(void *arg, af_future **ret_future)
{
    struct scraper *scraper = arg;
    if (!*scraper->path)
        return 0;
    char url[200];
    snprintf(url, sizeof url, "%s%s", scraper->base, *scraper->path++);
    const af_request request = {.url = url, .body = AF_BODY_MEMORY};
    int r = af_client_request(scraper->client, &request, ret_future);
    return r < 0 ? r : 1;
}

static void print_title(const char *path, const af_response *response)
{
    const char *title = response->body ? strstr(response->body, "<title>") : NULL;
    title = title ? title + strlen("<title>") : "no title";
    printf("%s: %.*s\n", path, (int)strcspn(title, "<"), title);
}

static int scrape(struct scraper *scraper, af_semaphore *permits)
{
    const af_bounded_options options = {next_page, scraper, permits, .window = 10};
    af_bounded *pages;
    af_future *page;
    int r = af_bounded_gather(&options, &pages);
    if (r < 0)
        return r;
    for (int i = 0; (r = af_bounded_next(pages, &page)) > 0; i++) {
        print_title(paths[i], af_request_response(page));
        af_future_unref(page);
    }
    af_bounded_stop(pages);
    af_bounded_free(pages);
    return r;
}

static int main_task(void *base, void **ret_result)
{
    struct scraper scraper = {.base = base, .path = paths};
    af_semaphore *permits = NULL;
    int r = af_client_new(NULL, &scraper.client);
    if (r >= 0)
        r = af_semaphore_new(3, &permits);
    if (r >= 0)
        r = scrape(&scraper, permits);
    af_semaphore_free(permits);
    af_client_free(scraper.client);
    return r;
}

int main(int argc, char **argv)
{
    return argc != 2 || af_run(NULL, main_task, argv[1], NULL) < 0;
}
