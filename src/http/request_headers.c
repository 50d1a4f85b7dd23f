#include "http/request_headers.h"

#include <errno.h>
#include <string.h>

#include "base/header_line.h"

bool request_has_content(const af_request *request)
{
    const char *method = request->method;
    if (method && strcmp(method, "HEAD") == 0)
        return false;
    return request->content || (method && strcmp(method, "POST") == 0);
}

static bool lists_header(const struct curl_slist *list, const char *line)
{
    for (; list; list = list->next)
        if (header_line_same_name(list->data, line))
            return true;
    return false;
}

struct header_list {
    struct curl_slist *first;
    struct curl_slist *last;
};

static int add_header(struct header_list *list, const char *line)
{
    struct curl_slist *added = curl_slist_append(list->last, line);
    if (!added)
        return -ENOMEM;
    if (!list->first)
        list->first = added;
    list->last = added->next ? added->next : added;
    return 0;
}

static int give_list(struct header_list *list, int r, struct curl_slist **ret_headers)
{
    if (r < 0)
        curl_slist_free_all(list->first);
    else
        *ret_headers = list->first;
    return r;
}

/* Adds lines that keep libcurl from adding its own to a content: Expect, and the type of an empty
 * one. */
static int refuse_headers(struct header_list *list, const af_request *request)
{
    static const char expect[] = "Expect:", type[] = "Content-Type:";
    int r = 0;
    if (!lists_header(list->first, expect))
        r = add_header(list, expect);
    if (r >= 0 && !request->content && !lists_header(list->first, type))
        r = add_header(list, type);
    return r;
}

int request_headers_make(const struct curl_slist *defaults, const af_request *request,
                         struct curl_slist **ret_headers)
{
    struct header_list list = {0};
    int r = 0;
    *ret_headers = NULL;
    if (!request->headers && !request_has_content(request))
        return 0;
    for (const struct curl_slist *line = defaults; line && r >= 0; line = line->next)
        if (!header_lines_have(request->headers, line->data))
            r = add_header(&list, line->data);
    for (const char *const *line = request->headers; line && *line && r >= 0; line++)
        r = add_header(&list, *line);
    if (r >= 0 && request_has_content(request))
        r = refuse_headers(&list, request);
    return give_list(&list, r, ret_headers);
}

/* ---------------------------------------------------------------- redirects */

static bool is_dropped(const char *line, unsigned dropped)
{
    if (header_line_same_name(line, "Authorization:") || header_line_same_name(line, "Cookie:"))
        return dropped & DROP_CREDENTIALS;
    if (header_line_same_name(line, "Host:"))
        return dropped & DROP_HOST;
    if (strncasecmp(line, "Content-", strlen("Content-")) == 0 ||
        header_line_same_name(line, "Transfer-Encoding:"))
        return dropped & DROP_CONTENT;
    return false;
}

int request_headers_keep(const struct curl_slist *headers, const af_request *request,
                         unsigned dropped, struct curl_slist **ret_headers)
{
    struct header_list list = {0};
    int r = 0;
    for (; headers && r >= 0; headers = headers->next)
        if (!is_dropped(headers->data, dropped))
            r = add_header(&list, headers->data);
    if (r >= 0 && request_has_content(request))
        r = refuse_headers(&list, request);
    return give_list(&list, r, ret_headers);
}
