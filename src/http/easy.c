#include "http/easy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/transfer.h"

static CURLcode set_callbacks(struct easy *easy)
{
    const struct {
        CURLoption option;
        void *value;
    } data[] = {
        {CURLOPT_PRIVATE, easy},
        {CURLOPT_ERRORBUFFER, easy->error_text},
        {CURLOPT_WRITEDATA, easy},
        {CURLOPT_HEADERDATA, easy},
        {CURLOPT_PREREQDATA, easy},
        {CURLOPT_OPENSOCKETDATA, easy},
        /* The connection may outlive the handle. */
        {CURLOPT_CLOSESOCKETDATA, easy->watchdog},
    };
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof data / sizeof data[0] && code == CURLE_OK; i++)
        code = curl_easy_setopt(easy->curl, data[i].option, data[i].value);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_WRITEFUNCTION, transfer_write);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_HEADERFUNCTION, transfer_header);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_OPENSOCKETFUNCTION, transfer_open_socket);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_CLOSESOCKETFUNCTION, transfer_close_socket);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_PREREQFUNCTION, transfer_connected);
    return code;
}

int easy_new(const struct settings *settings, struct watchdog *watchdog, struct easy **ret_easy)
{
    struct easy *easy = calloc(1, sizeof *easy);
    if (!easy)
        return -ENOMEM;
    list_init(&easy->link);
    easy->settings = settings;
    easy->watchdog = watchdog;
    easy->curl = curl_easy_init();
    if (!easy->curl) {
        free(easy);
        return -ENOMEM;
    }
    CURLcode code = settings_apply(settings, easy->curl);
    if (code == CURLE_OK)
        code = set_callbacks(easy);
    if (code != CURLE_OK) {
        easy_free(easy);
        if (code == CURLE_OUT_OF_MEMORY)
            return -ENOMEM;
        return af_raise(-EINVAL, "libcurl refuses an option: %s", curl_easy_strerror(code));
    }
    *ret_easy = easy;
    return 0;
}

void easy_free(struct easy *easy)
{
    if (!easy)
        return;
    curl_easy_cleanup(easy->curl);
    free(easy);
}

void easy_explain(struct easy *easy, CURLcode result)
{
    const char *error = easy->settings->ca_store ? easy->settings->ca_store->error : NULL;
    if (result == CURLE_SSL_CACERT_BADFILE && error)
        snprintf(easy->error_text, sizeof easy->error_text, "%s", error);
}

/* ------------------------------------------------- what is of one request */

static bool has_method(const af_request *request, const char *method)
{
    return request->method && strcmp(request->method, method) == 0;
}

/* A POST has a content, if an empty one. */
static bool has_content(const af_request *request)
{
    return (request->content && !has_method(request, "HEAD")) || has_method(request, "POST");
}

/* What libcurl would not choose by itself. */
static const char *own_method(const af_request *request)
{
    bool chosen = has_method(request, "HEAD") || has_method(request, "POST") ||
                  (has_method(request, "GET") && !request->content);
    return chosen ? NULL : request->method;
}

/* Whether two header lines are of the same name. */
static bool same_name(const char *line, const char *other)
{
    size_t length = strcspn(line, ":;");
    return strcspn(other, ":;") == length && strncasecmp(line, other, length) == 0;
}

static bool names_header(const char *const *lines, const char *line)
{
    for (; lines && *lines; lines++)
        if (same_name(*lines, line))
            return true;
    return false;
}

static bool lists_header(const struct curl_slist *list, const char *line)
{
    for (; list; list = list->next)
        if (same_name(list->data, line))
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

/* What libcurl would add to a content and nobody wants: the wait for a "100 Continue", and the type
 * of an empty one. */
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

int easy_make_headers(const struct settings *settings, const af_request *request,
                      struct curl_slist **ret_headers)
{
    struct header_list list = {0};
    int r = 0;
    *ret_headers = NULL;
    if (!request->headers && !has_content(request))
        return 0;
    for (const struct curl_slist *line = settings->headers; line && r >= 0; line = line->next)
        if (!names_header(request->headers, line->data))
            r = add_header(&list, line->data);
    for (const char *const *line = request->headers; line && *line && r >= 0; line++)
        r = add_header(&list, *line);
    if (r >= 0 && has_content(request))
        r = refuse_headers(&list, request);
    if (r < 0) {
        curl_slist_free_all(list.first);
        return r;
    }
    *ret_headers = list.first;
    return 0;
}

int easy_alter(struct easy *easy, const struct settings *settings, const af_request *request,
               struct curl_slist *headers)
{
    bool alters = request->method || request->content || headers;
    if (!alters && !easy->altered)
        return 0;
    easy->altered = alters;
    CURL *curl = easy->curl;
    const char *method = own_method(request);
    /* The content makes it a POST, whether there is one or not; so what it is comes last. */
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->content ? request->content : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->content_size);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (has_content(request))
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
    else if (has_method(request, "HEAD"))
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTREDIR, method ? CURL_REDIR_POST_ALL : 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers ? headers : settings->headers);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    easy->altered |= code != CURLE_OK;
    return code == CURLE_OK ? 0 : -ENOMEM;
}
