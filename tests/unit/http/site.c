#include "site.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/task.h>

static const char *find_answer(const struct site *site, const char *head)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    static const char ok_head[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    char url[256];
    const char *target = strchr(head, ' ') + 1, *host = strstr(head, "\r\nHost: ");
    cr_assert_not_null(host, "%s", head);
    host += strlen("\r\nHost: ");
    snprintf(url, sizeof url, "%.*s%.*s", (int)strcspn(host, "\r"), host, (int)strcspn(target, " "),
             target);
    for (const struct page *page = site->pages; page && page->url; page++)
        if (strcmp(page->url, url) == 0)
            return page->answer;
    return strncmp(head, "HEAD ", 5) == 0 ? ok_head : ok;
}

/* Notes the head and the content behind it. */
static int note_request(struct site *site, af_stream *stream, char *request, const char *head,
                        size_t length)
{
    cr_assert_lt(length, SITE_REQUEST_SIZE - 100);
    memcpy(request, head, length);
    request[length] = '\0';
    const char *header = strstr(request, "Content-Length: ");
    size_t size = header ? strtoul(strchr(header, ' '), NULL, 10) : 0;
    cr_assert_lt(size, 100);
    request[length + size] = '\0';
    int r = af_stream_read_exactly(stream, request + length, size);
    if (r >= 0 && site->request_count < SITE_REQUESTS)
        strcpy(site->requests[site->request_count], request);
    site->request_count += r >= 0;
    return r;
}

static int hang(af_stream *stream)
{
    char ignored[64];
    ssize_t r;
    do
        r = af_stream_read(stream, ignored, sizeof ignored);
    while (r > 0);
    return (int)r;
}

static int serve(af_stream *stream, void *arg)
{
    struct site *site = arg;
    char request[SITE_REQUEST_SIZE];
    const char *head;
    size_t length;
    int r = 0;
    site->connection_count++;
    while (r >= 0 && af_stream_read_until(stream, "\r\n\r\n", &head, &length) == 0 &&
           note_request(site, stream, request, head, length) == 0) {
        const char *answer = find_answer(site, request);
        if (!answer)
            return hang(stream);
        if (site->answer_delay > 0)
            r = af_sleep(site->answer_delay);
        if (r >= 0)
            r = af_stream_write(stream, answer, strlen(answer));
        if (site->closes || !*answer)
            return r;
    }
    return 0;
}

void site_open(struct site *site)
{
    char everywhere[64];
    const char *connect_to[] = {everywhere, NULL};
    cr_assert_eq(af_start_server("127.0.0.1", 0, 1024, serve, site, &site->server), 0);
    snprintf(everywhere, sizeof everywhere, "::127.0.0.1:%d", (int)af_server_port(site->server));
    site->options.connect_to = connect_to;
    cr_assert_eq(af_client_new(&site->options, &site->client), 0);
    site->options.connect_to = NULL;
}

void site_close(struct site *site)
{
    af_client_free(site->client);
    af_server_close(site->server);
    cr_assert_eq(af_server_wait_closed(site->server), 0);
    af_server_free(site->server);
}

const af_response *site_fetch(struct site *site, af_request request, af_future **ret_future)
{
    if (!request.url)
        request.url = "http://a.test/";
    cr_assert_eq(af_client_fetch(site->client, &request, ret_future), 0, "%s", request.url);
    return af_request_response(*ret_future);
}

enum af_http_error site_visit(struct site *site, af_request request)
{
    af_future *future;
    site->request_count = 0;
    enum af_http_error error = site_fetch(site, request, &future)->error;
    af_future_unref(future);
    return error;
}

void site_expect_line(const struct site *site, size_t number, const char *line)
{
    bool expected = *line != '!';
    cr_assert_gt(site->request_count, number, "no request %zu for %s", number, line);
    /* Newer libcurls write the digits of "%c3" as capitals. */
    cr_expect_eq(strcasestr(site->requests[number], line + !expected) != NULL, expected,
                 "request %zu: %s in\n%s", number, line, site->requests[number]);
}

static int run_test(void *arg, void **ret_result)
{
    (void)ret_result;
    int (*test)(struct site *) = *(int (**)(struct site *))arg;
    struct site *site = calloc(1, sizeof *site);
    cr_assert_not_null(site);
    int r = test(site);
    free(site);
    return r;
}

void site_run(int (*test)(struct site *site))
{
    cr_assert_eq(af_run(NULL, run_test, &test, NULL), 0);
}
