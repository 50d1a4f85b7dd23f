#include "http/easy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/callbacks.h"
#include "http/libcurl_notes.h"
#include "http/request_headers.h"
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
        {CURLOPT_DEBUGDATA, easy},
        {CURLOPT_OPENSOCKETDATA, easy},
        /* The connection may outlive the handle. */
        {CURLOPT_CLOSESOCKETDATA, easy->sockets},
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
        code = curl_easy_setopt(easy->curl, CURLOPT_PREREQFUNCTION, transfer_sending);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy->curl, CURLOPT_DEBUGFUNCTION, transfer_debug);
    return code;
}

int easy_new(const struct settings *settings, struct sockets *sockets, struct easy **ret_easy)
{
    struct easy *easy = calloc(1, sizeof *easy);
    if (!easy)
        return -ENOMEM;
    list_init(&easy->link);
    easy->settings = settings;
    easy->sockets = sockets;
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

/* --------------------------------------------------------------- one request */

/* Sets the options of https:// for it alone. */
static CURLcode set_scheme(struct easy *easy, bool is_secure)
{
    if (easy->is_secure == is_secure)
        return CURLE_OK;
    CURLcode code = settings_apply_scheme(easy->settings, easy->curl, is_secure);
    if (code == CURLE_OK)
        easy->is_secure = is_secure;
    return code;
}

/* The first requests to a host that may speak HTTP/2 wait for one connection: each would make one
 * of its own otherwise. */
static CURLcode set_wait(struct easy *easy, bool waits)
{
    if (easy->waits == waits)
        return CURLE_OK;
    easy->waits = waits;
    return curl_easy_setopt(easy->curl, CURLOPT_PIPEWAIT, (long)waits);
}

static CURLcode set_url(struct easy *easy, const struct transfer *transfer)
{
    const char *url = transfer->request.url;
    const struct origin *origin = transfer->origin;
    CURLcode code = curl_easy_setopt(easy->curl, CURLOPT_URL, url);
    if (code == CURLE_OK)
        code = set_scheme(easy, origin && origin->is_secure);
    if (code == CURLE_OK)
        code = set_wait(easy, origin && origin->is_secure && origin->protocol != ORIGIN_HTTP1);
    /* Few URLs need it, and it is copied. */
    if (code == CURLE_OK && !af_url_has_scheme(url))
        code = curl_easy_setopt(easy->curl, CURLOPT_DEFAULT_PROTOCOL, "http");
    return code;
}

static bool has_method(const af_request *request, const char *method)
{
    return request->method && strcmp(request->method, method) == 0;
}

/* The method if libcurl would not choose it by itself; NULL otherwise. */
static const char *own_method(const af_request *request)
{
    bool chosen = has_method(request, "HEAD") || has_method(request, "POST") ||
                  (has_method(request, "GET") && !request->content);
    return chosen ? NULL : request->method;
}

/* The content makes it a POST, whether there is one or not; so what it is comes last. */
static CURLcode set_method(CURL *curl, const af_request *request)
{
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->content ? request->content : "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->content_size);
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    if (request_has_content(request))
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
    else if (has_method(request, "HEAD"))
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    return curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, own_method(request));
}

/* A connection that was not used for some seconds may be dead, which shows only once the request is
 * sent; libcurl may use one that is known to be; and what libcurl says of its work may tell that
 * the server did not process it. */
static CURLcode set_sent_once(struct easy *easy, const struct origin *origin)
{
    static const long FRESH = 2;
    curl_easy_setopt(easy->curl, CURLOPT_MAXAGE_CONN, FRESH);
    if (origin && idle_sockets_has_ended(easy->sockets->idle, origin))
        curl_easy_setopt(easy->curl, CURLOPT_FRESH_CONNECT, 1L);
    return easy_be_verbose(easy, true);
}

static CURLcode set_progress(struct easy *easy)
{
    curl_easy_setopt(easy->curl, CURLOPT_XFERINFOFUNCTION, transfer_progress);
    curl_easy_setopt(easy->curl, CURLOPT_XFERINFODATA, easy);
    return curl_easy_setopt(easy->curl, CURLOPT_NOPROGRESS, 0L);
}

static CURLcode forget_credentials(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_USERPWD, NULL);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, NULL);
    curl_easy_setopt(curl, CURLOPT_COOKIE, NULL);
    return curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
}

/* Subtracts the time that was used before libcurl got the request. */
static CURLcode shorten_times(struct easy *easy, const struct transfer *transfer)
{
    const af_client_options *options = &easy->settings->options;
    double used = transfer->given - transfer->began + (double)transfer->before.time_total * 1e-6;
    CURLcode code = CURLE_OK;
    if (options->attempt_timeout > 0)
        code = curl_easy_setopt(easy->curl, CURLOPT_TIMEOUT_MS,
                                settings_milliseconds(options->attempt_timeout - used));
    if (options->connect_timeout > 0 && code == CURLE_OK)
        code =
            curl_easy_setopt(easy->curl, CURLOPT_CONNECTTIMEOUT_MS,
                             settings_milliseconds(options->connect_timeout - transfer->looked_up));
    return code;
}

/* Sets the options that few requests ask for. */
static CURLcode set_rest(struct easy *easy, const struct transfer *transfer)
{
    const af_request *request = &transfer->request;
    CURL *curl = easy->curl;
    CURLcode code = CURLE_OK;
    bool has_used_time = transfer->given > transfer->began || transfer->first;
    easy->altered |= request->method || request->content || transfer->has_own_headers ||
                     transfer->is_foreign || transfer->referer || transfer->resolve ||
                     has_used_time;
    if (!easy->altered)
        return CURLE_OK;
    if (request->method || request->content)
        code = set_method(curl, request);
    if (code == CURLE_OK && transfer->has_own_headers)
        code = curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->request_headers);
    if (code == CURLE_OK && transfer->cookies)
        code = curl_easy_setopt(curl, CURLOPT_COOKIE, transfer->cookies);
    if (code == CURLE_OK && (!transfer->is_idempotent || request->content_size > 0))
        code = set_progress(easy);
    if (code == CURLE_OK && request->content_size > 0)
        code = easy_be_verbose(easy, true); /* its stream may end before all is sent */
    if (code == CURLE_OK && !transfer->is_idempotent)
        code = set_sent_once(easy, transfer->origin);
    if (code == CURLE_OK && transfer->is_foreign)
        code = forget_credentials(curl);
    if (code == CURLE_OK && transfer->referer)
        code = curl_easy_setopt(curl, CURLOPT_REFERER, transfer->referer);
    if (code == CURLE_OK && transfer->resolve)
        code = curl_easy_setopt(curl, CURLOPT_RESOLVE, transfer->resolve);
    if (code == CURLE_OK && has_used_time)
        code = shorten_times(easy, transfer);
    return code;
}

int easy_prepare(struct easy *easy, struct transfer *transfer)
{
    easy->error_text[0] = '\0';
    easy->socket = CURL_SOCKET_BAD;
    easy->endpoints = (struct endpoints){0};
    CURLcode code = set_url(easy, transfer);
    if (code == CURLE_OK)
        code = easy_be_verbose(easy, transfer->origin && transfer->origin->omits_lengths);
    if (code == CURLE_OK)
        code = set_rest(easy, transfer);
    if (code != CURLE_OK)
        return -ENOMEM;
    easy->transfer = transfer;
    return 0;
}
