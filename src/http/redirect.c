#include "http/redirect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/easy_state.h"
#include "http/request_headers.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"
#include "http/url.h"

/* --------------------------------------------------------------- where it leads */

__attribute__((format(printf, 3, 4))) static void refuse(struct transfer *transfer, CURLcode code,
                                                         const char *format, ...)
{
    af_response *response = &transfer->response;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&transfer->redirect, format, arguments) < 0)
        transfer->redirect = NULL;
    va_end(arguments);
    response->error = AF_HTTP_REDIRECT;
    response->curl_code = (int)code;
    response->error_text = transfer->redirect ? transfer->redirect : curl_easy_strerror(code);
}

/* The value of the Location header, of which several are fine where they are equal or empty; as
 * libcurl has it from 8.17 on. Otherwise *ret_ambiguous. NULL where there is none. */
static const char *find_location(CURL *curl, bool *ret_ambiguous)
{
    static const char blanks[] = " \t\r\n"; /* libcurl 7.88 leaves some in an empty value */
    struct curl_header *header;
    const char *location = NULL;
    for (size_t i = 0;
         curl_easy_header(curl, "Location", i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++) {
        bool is_empty = !header->value[strspn(header->value, blanks)];
        if (is_empty || (location && strcmp(header->value, location) == 0))
            continue;
        *ret_ambiguous |= location != NULL;
        location = header->value;
    }
    return location;
}

/* A URL without an origin, as that of a host that cannot be encoded, is one that libcurl resolves
 * but does not request. */
static int resolve(const char *base, const char *location, char **ret_url)
{
    char origin[ORIGIN_SIZE];
    int r = url_resolve(base, location, ret_url);
    return r < 0 ? r : url_origin(*ret_url, origin);
}

/* The user that a URL names goes on to the same origin, though an absolute reference does not
 * repeat it. */
static int keep_user(const char *from, char **url)
{
    char origin[ORIGIN_SIZE], next[ORIGIN_SIZE];
    if (!strchr(from, '@') || url_origin(from, origin) < 0 || url_origin(*url, next) < 0 ||
        strcmp(origin, next) != 0)
        return 0;
    return url_copy_user(from, url);
}

void redirect_find(struct transfer *transfer)
{
    const af_client_options *options = &client_settings(transfer->client)->options;
    bool is_ambiguous = false;
    const char *location = find_location(transfer->easy->curl, &is_ambiguous);
    char *url = NULL;
    if (options->max_redirects >= 0 && transfer->before.redirects >= options->max_redirects) {
        refuse(transfer, CURLE_TOO_MANY_REDIRECTS, "Maximum (%ld) redirects followed",
               options->max_redirects);
        return;
    }
    if (is_ambiguous) {
        refuse(transfer, CURLE_WEIRD_SERVER_REPLY, "different Location headers");
        transfer->response.error = AF_HTTP_PROTOCOL;
        return;
    }
    int r = location ? resolve(transfer->response.url, location, &url) : -ENOMEM;
    if (r >= 0)
        r = keep_user(transfer->response.url, &url);
    if (r >= 0) {
        transfer->redirect = url;
        return;
    }
    free(url);
    if (r == -EPROTONOSUPPORT)
        refuse(transfer, CURLE_UNSUPPORTED_PROTOCOL,
               "the redirect's scheme is neither http nor https: %.200s", location);
    else if (r == -EINVAL)
        refuse(transfer, CURLE_URL_MALFORMAT, "the redirect's URL is not valid: %.200s", location);
    else
        refuse(transfer, CURLE_OUT_OF_MEMORY, "%s", curl_easy_strerror(CURLE_OUT_OF_MEMORY));
}

/* ----------------------------------------------------------- what is requested */

static bool is_method(const char *method, const char *name)
{
    return method && strcmp(method, name) == 0;
}

/* True if a redirect with STATUS makes a GET of a request. */
static bool becomes_get(const af_request *request, long status)
{
    bool is_post = is_method(request->method, "POST") || (!request->method && request->content);
    bool is_safe = is_method(request->method, "HEAD") ||
                   (!request->content && (!request->method || is_method(request->method, "GET")));
    if (status == 301 || status == 302)
        return is_post || (request->keep_method && request->content);
    return status == 303 && !is_safe;
}

/* True if the host of a URL with ORIGIN is another than that of one with OTHER, whatever the port.
 */
static bool is_other_host(const char *origin, const char *other)
{
    const char *host = strstr(origin, "://"), *other_host = strstr(other, "://");
    size_t length = (size_t)(strrchr(origin, ':') - host);
    size_t other_length = (size_t)(strrchr(other, ':') - other_host);
    return length != other_length || memcmp(host, other_host, length) != 0;
}

/* The parts of the first request that one to URL must not have. */
static unsigned find_dropped(const char *first, const char *url)
{
    char origin[ORIGIN_SIZE], next[ORIGIN_SIZE];
    if (url_origin(first, origin) < 0 || url_origin(url, next) < 0)
        return DROP_CREDENTIALS | DROP_HOST;
    return (strcmp(origin, next) != 0 ? DROP_CREDENTIALS : 0) |
           (is_other_host(origin, next) ? DROP_HOST : 0);
}

static int set_headers(struct transfer *transfer, unsigned dropped)
{
    const struct transfer *first = transfer->first;
    const struct settings *settings = client_settings(transfer->client);
    transfer->is_foreign = dropped & DROP_CREDENTIALS;
    transfer->lost_content = dropped & DROP_CONTENT;
    if (!first->has_own_headers && !dropped)
        return 0;
    transfer->has_own_headers = true;
    if (first->cookies && !transfer->is_foreign && !(transfer->cookies = strdup(first->cookies)))
        return -ENOMEM;
    return request_headers_keep(first->has_own_headers ? first->request_headers : settings->headers,
                                &transfer->request, dropped, &transfer->request_headers);
}

static void sum_totals(const struct transfer *previous, struct redirect_totals *totals)
{
    const af_response *response = &previous->response;
    *totals = (struct redirect_totals){
        .redirects = previous->before.redirects + 1,
        .connects = response->connects,
        .size_header = response->size_header,
        .size_request = response->size_request,
        .time_namelookup = response->time_namelookup,
        .time_connect = response->time_connect,
        .time_appconnect = response->time_appconnect,
        .time_pretransfer = response->time_pretransfer,
        .time_starttransfer = response->time_starttransfer,
        .time_total = response->time_total,
    };
}

int redirect_follow(af_client *client, struct transfer *previous, struct transfer **ret_transfer)
{
    struct transfer *first = previous->first ? previous->first : previous, *transfer;
    const struct settings *settings = client_settings(client);
    af_request request = previous->request;
    unsigned dropped = find_dropped(first->request.url, previous->redirect) |
                       (previous->lost_content ? DROP_CONTENT : 0);
    request.url = previous->redirect;
    if (becomes_get(&request, previous->response.status)) {
        dropped |= DROP_CONTENT;
        request.content = NULL;
        request.content_size = 0;
        if (!request.keep_method)
            request.method = NULL;
    }
    int r = transfer_new(client, previous->future.loop, &request, settings->options.max_body,
                         &transfer);
    if (r < 0)
        return r;
    transfer->first = container_of(af_future_ref(&first->future), struct transfer, future);
    sum_totals(previous, &transfer->before);
    transfer->response.started_at = first->response.started_at;
    transfer->response.start = first->response.start;
    r = set_headers(transfer, dropped);
    if (r >= 0 && settings->options.auto_referer)
        r = url_as_referer(previous->response.url, &transfer->referer);
    if (r < 0) {
        af_future_unref(&transfer->future);
        return r;
    }
    *ret_transfer = transfer;
    return 0;
}

/* --------------------------------------------------------------------- totals */

void redirect_add_totals(const struct redirect_totals *before, af_response *response)
{
    if (before->redirects == 0)
        return;
    response->redirects = before->redirects;
    response->connects += before->connects;
    response->size_header += before->size_header;
    response->size_request += before->size_request;
    response->time_namelookup += before->time_namelookup;
    response->time_connect += before->time_connect;
    response->time_appconnect += before->time_appconnect;
    response->time_pretransfer += before->time_pretransfer;
    response->time_starttransfer += before->time_starttransfer;
    response->time_redirect = before->time_total;
    response->time_total += before->time_total;
}
