#include "http/response.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "http/libcurl_text.h"
#include "http/socks.h"

struct info {
    CURLINFO info;
    size_t offset; /* in af_response */
};

static const struct info longs[] = {
    {CURLINFO_RESPONSE_CODE, offsetof(af_response, status)},
    {CURLINFO_NUM_CONNECTS, offsetof(af_response, connects)},
    {CURLINFO_PRIMARY_PORT, offsetof(af_response, remote_port)},
    {CURLINFO_LOCAL_PORT, offsetof(af_response, local_port)},
};

static const struct info numbers[] = {
    {CURLINFO_SIZE_DOWNLOAD_T, offsetof(af_response, size_download)},
    {CURLINFO_NAMELOOKUP_TIME_T, offsetof(af_response, time_namelookup)},
    {CURLINFO_CONNECT_TIME_T, offsetof(af_response, time_connect)},
    {CURLINFO_PRETRANSFER_TIME_T, offsetof(af_response, time_pretransfer)},
    {CURLINFO_STARTTRANSFER_TIME_T, offsetof(af_response, time_starttransfer)},
    {CURLINFO_TOTAL_TIME_T, offsetof(af_response, time_total)},
};

static const struct info strings[] = {
    {CURLINFO_EFFECTIVE_METHOD, offsetof(af_response, method)},
    {CURLINFO_EFFECTIVE_URL, offsetof(af_response, url)},
    {CURLINFO_CONTENT_TYPE, offsetof(af_response, content_type)},
    {CURLINFO_PRIMARY_IP, offsetof(af_response, remote_ip)},
    {CURLINFO_LOCAL_IP, offsetof(af_response, local_ip)},
    {CURLINFO_REDIRECT_URL, offsetof(af_response, redirect_url)},
};

static_assert(sizeof(curl_off_t) == sizeof(int64_t), "libcurl writes into our numbers");

enum {
    LONGS = sizeof longs / sizeof longs[0],
    NUMBERS = sizeof numbers / sizeof numbers[0],
    STRINGS = sizeof strings / sizeof strings[0],
};

static void *member(af_response *response, size_t offset)
{
    return (char *)response + offset;
}

static int version_number(long version)
{
    switch (version) {
    case CURL_HTTP_VERSION_1_0:
        return 10;
    case CURL_HTTP_VERSION_1_1:
        return 11;
    case CURL_HTTP_VERSION_2_0:
        return 20;
    case CURL_HTTP_VERSION_3:
        return 30;
    default:
        return 0;
    }
}

/* libcurl completes a URL that came without its scheme. */
static const char *scheme_of(const char *url)
{
    static const char *const schemes[] = {"http", "https"};
    size_t length = url ? strcspn(url, ":") : 0;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strlen(schemes[i]) == length && strncasecmp(url, schemes[i], length) == 0)
            return schemes[i];
    return NULL;
}

static long get_long(CURL *easy, CURLINFO info)
{
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}

/* A number too large for libcurl is none for it; it is as large as can be. */
static int64_t find_retry_after(CURL *easy)
{
    curl_off_t seconds = 0;
    struct curl_header *header;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds != 0 ||
        curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return seconds;
    bool is_number = header->value[strspn(header->value, "0123456789")] == '\0';
    return is_number ? strtoll(header->value, NULL, 10) : 0;
}

/* Asking costs time, so what can only be nothing is not asked for. */
static void fill_numbers(af_response *response, CURL *easy, const struct endpoints *endpoints)
{
    for (size_t i = 0; i < LONGS; i++)
        curl_easy_getinfo(easy, longs[i].info, member(response, longs[i].offset));
    for (size_t i = 0; i < NUMBERS; i++)
        curl_easy_getinfo(easy, numbers[i].info, member(response, numbers[i].offset));
    /* libcurl 8 has -1 where there was no connection. */
    if (response->remote_port <= 0)
        response->remote_port = endpoints->remote.port;
    if (response->local_port <= 0)
        response->local_port = endpoints->local.port;
    response->size_header = get_long(easy, CURLINFO_HEADER_SIZE);
    response->size_request = get_long(easy, CURLINFO_REQUEST_SIZE);
    response->http_version = version_number(get_long(easy, CURLINFO_HTTP_VERSION));
    if (response->status != 200)
        response->retry_after = find_retry_after(easy);
    if (response->connects > 0)
        curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &response->time_appconnect);
}

static char *copy(char **end, const char *string, size_t size)
{
    char *place = *end;
    memcpy(place, string, size);
    *end += size;
    return place;
}

/* The string of INFO; NULL or empty where there is none. */
static const char *find_string(CURL *easy, CURLINFO info, const struct endpoints *endpoints)
{
    const char *value = NULL;
    curl_easy_getinfo(easy, info, &value);
    if (value && *value)
        return value;
    return info == CURLINFO_PRIMARY_IP ? endpoints->remote.ip
           : info == CURLINFO_LOCAL_IP ? endpoints->local.ip
                                       : NULL;
}

int response_fill(af_response *response, CURL *easy, const struct endpoints *endpoints,
                  const char *error_text, char *room, size_t room_size, char **ret_block)
{
    fill_numbers(response, easy, endpoints);

    size_t size = 0;
    const char *values[STRINGS];
    size_t sizes[STRINGS];
    size_t count = response->status / 100 == 3 ? STRINGS : STRINGS - 1; /* a redirect_url or not */
    for (size_t i = 0; i < count; i++) {
        values[i] = find_string(easy, strings[i].info, endpoints);
        sizes[i] = values[i] && values[i][0] ? strlen(values[i]) + 1 : 0;
        size += sizes[i];
    }
    size_t error_size = error_text[0] ? strlen(error_text) + 1 : 0;

    size += error_size;
    *ret_block = size > room_size ? malloc(size) : NULL;
    if (size > room_size && !*ret_block)
        return -ENOMEM;
    char *end = *ret_block ? *ret_block : room;
    for (size_t i = 0; i < count; i++)
        if (sizes[i] > 0)
            *(char **)member(response, strings[i].offset) = copy(&end, values[i], sizes[i]);
    response->scheme = scheme_of(response->url);
    if (error_size > 0)
        response->error_text = copy(&end, error_text, error_size);
    return 0;
}

/* ------------------------------------------------------------------ errors */

enum {
    TOO_LARGE = 100,              /* CURLE_TOO_LARGE */
    TOO_LARGE_VERSION = 0x080600, /* the first libcurl that has it */
};

/* Before it had a code for it, libcurl said "out of memory" of a line of headers, or of a status,
 * that it took to be too long. */
static bool has_long_line(const af_response *response)
{
    return curl_version_info(CURLVERSION_NOW)->version_num < TOO_LARGE_VERSION &&
           response->size_request > 0 && response->size_download == 0;
}

/* The code stands for two things: the scheme of the URL, or an answer that is not HTTP/1. */
static enum af_http_error unsupported_protocol(const af_response *response)
{
    return scheme_of(response->url) ? AF_HTTP_PROTOCOL : AF_HTTP_URL;
}

static enum af_http_error lost_connection(const af_response *response)
{
    switch (libcurl_text_meaning(response->error_text)) {
    case LIBCURL_MEANS_CHUNK:
        return AF_HTTP_PROTOCOL;
    case LIBCURL_MEANS_HEADERS:
        return AF_HTTP_TOO_LARGE;
    default:
        return AF_HTTP_RESET;
    }
}

/* An invalid header of an answer, or, from libcurl 8.22 on, an unusable private key. */
static enum af_http_error bad_argument(const af_response *response)
{
    return response->status > 0 ? AF_HTTP_PROTOCOL : AF_HTTP_TLS;
}

enum af_http_error response_error(CURLcode code, const af_response *response)
{
    static const enum af_http_error errors[CURL_LAST] = {
        [CURLE_URL_MALFORMAT] = AF_HTTP_URL,
        [CURLE_COULDNT_RESOLVE_HOST] = AF_HTTP_RESOLVE,
        [CURLE_COULDNT_RESOLVE_PROXY] = AF_HTTP_RESOLVE,
        [CURLE_COULDNT_CONNECT] = AF_HTTP_CONNECT,
        [CURLE_PROXY] = AF_HTTP_CONNECT,
        [CURLE_INTERFACE_FAILED] = AF_HTTP_CONNECT,
        [CURLE_SSL_CONNECT_ERROR] = AF_HTTP_TLS,
        [CURLE_SSL_CERTPROBLEM] = AF_HTTP_TLS,
        [CURLE_SSL_CIPHER] = AF_HTTP_TLS,
        [CURLE_PEER_FAILED_VERIFICATION] = AF_HTTP_TLS,
        [CURLE_USE_SSL_FAILED] = AF_HTTP_TLS,
        [CURLE_SSL_CACERT_BADFILE] = AF_HTTP_TLS,
        [CURLE_SSL_CRL_BADFILE] = AF_HTTP_TLS,
        [CURLE_SSL_ISSUER_ERROR] = AF_HTTP_TLS,
        [CURLE_SSL_PINNEDPUBKEYNOTMATCH] = AF_HTTP_TLS,
        [CURLE_SSL_INVALIDCERTSTATUS] = AF_HTTP_TLS,
        [CURLE_SSL_CLIENTCERT] = AF_HTTP_TLS,
        [CURLE_SSL_ENGINE_NOTFOUND] = AF_HTTP_TLS,
        [CURLE_SSL_ENGINE_SETFAILED] = AF_HTTP_TLS,
        [CURLE_SSL_ENGINE_INITFAILED] = AF_HTTP_TLS,
        [CURLE_OPERATION_TIMEDOUT] = AF_HTTP_TIMEOUT,
        [CURLE_SEND_ERROR] = AF_HTTP_RESET,
        [CURLE_GOT_NOTHING] = AF_HTTP_RESET,
        [CURLE_PARTIAL_FILE] = AF_HTTP_RESET,
        [CURLE_SSL_SHUTDOWN_FAILED] = AF_HTTP_RESET,
        [CURLE_WEIRD_SERVER_REPLY] = AF_HTTP_PROTOCOL,
        [CURLE_HTTP2_STREAM] = AF_HTTP_RESET,
        [CURLE_HTTP3] = AF_HTTP_PROTOCOL,
        [CURLE_QUIC_CONNECT_ERROR] = AF_HTTP_PROTOCOL,
        [CURLE_BAD_CONTENT_ENCODING] = AF_HTTP_PROTOCOL,
        [CURLE_CHUNK_FAILED] = AF_HTTP_PROTOCOL,
        [CURLE_RANGE_ERROR] = AF_HTTP_PROTOCOL,
        [CURLE_FILESIZE_EXCEEDED] = AF_HTTP_TOO_LARGE,
        [CURLE_WRITE_ERROR] = AF_HTTP_PROTOCOL, /* libcurl's decoders */
        [CURLE_SEND_FAIL_REWIND] = AF_HTTP_RESET,
        [CURLE_ABORTED_BY_CALLBACK] = AF_HTTP_CANCELLED,
    };
    switch ((int)code) {
    case CURLE_OK:
        return AF_HTTP_OK;
    case CURLE_UNSUPPORTED_PROTOCOL:
        return unsupported_protocol(response);
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return bad_argument(response);
    case CURLE_HTTP2: /* without a text, the connection ended */
        return response->error_text ? AF_HTTP_PROTOCOL : AF_HTTP_RESET;
    case CURLE_RECV_ERROR:
        return lost_connection(response);
    case TOO_LARGE:
        return response->size_request > 0 ? AF_HTTP_TOO_LARGE : AF_HTTP_OTHER;
    case CURLE_OUT_OF_MEMORY:
        return has_long_line(response) ? AF_HTTP_TOO_LARGE : AF_HTTP_OTHER;
    default:
        return code < CURL_LAST && errors[code] != AF_HTTP_OK ? errors[code] : AF_HTTP_OTHER;
    }
}

/* The code is the same for each time limit. */
static enum af_http_limit time_limit(const af_response *response, const af_client_options *options)
{
    double seconds = (double)response->time_total * 1e-6;
    bool in_attempt = options->attempt_timeout > 0 && seconds >= options->attempt_timeout;
    return in_attempt ? AF_HTTP_LIMIT_ATTEMPT : AF_HTTP_LIMIT_CONNECT;
}

static enum af_http_limit find_limit(const af_response *response, const af_client_options *options)
{
    if (response->error == AF_HTTP_TIMEOUT)
        return time_limit(response, options);
    if (response->error != AF_HTTP_TOO_LARGE)
        return AF_HTTP_LIMIT_NONE;
    return response->curl_code == CURLE_FILESIZE_EXCEEDED ? AF_HTTP_LIMIT_BODY
                                                          : AF_HTTP_LIMIT_HEADERS;
}

/* Of a tunnel that a proxy refuses, libcurl says that nothing was received. */
static bool is_refused_by_proxy(CURL *easy)
{
    return get_long(easy, CURLINFO_HTTP_CONNECTCODE) >= 300;
}

/* Chooses libcurl's text if it belongs to this error and says enough. */
static const char *choose_text(const af_response *response, CURLcode code)
{
    const char *text = response->error_text;
    if (code == CURLE_OK)
        return NULL;
    if (response->limit == AF_HTTP_LIMIT_HEADERS)
        return "response headers exceed a limit of libcurl: 100 KiB a line (4 of a trailer), "
               "300 KiB or 5,000 in all";
    if (text && libcurl_text_suits(code, text))
        return text;
    if (code == CURLE_UNSUPPORTED_PROTOCOL && response->error == AF_HTTP_PROTOCOL)
        return "the response is not valid HTTP/1.1";
    return curl_easy_strerror(code);
}

/* Tells a host that is unknown behind a proxy from other refusals of the proxy. */
static void explain_proxy(af_response *response, CURL *easy, const char *proxy)
{
    CURLproxycode refusal = (CURLproxycode)get_long(easy, CURLINFO_PROXY_ERROR);
    if (!socks_host_is_unknown(refusal, proxy, response->url))
        return;
    response->error = AF_HTTP_RESOLVE;
    response->error_text = refusal == CURLPX_RESOLVE_HOST
                               ? "Could not resolve host; with socks5h:// the proxy looks it up"
                               : "the proxy cannot resolve or reach the host";
}

void response_explain(af_response *response, CURL *easy, CURLcode code,
                      const af_client_options *options)
{
    response->curl_code = (int)code;
    response->error = response_error(code, response);
    if (code == CURLE_PROXY)
        explain_proxy(response, easy, options->proxy);
    if (response->error == AF_HTTP_RESET && is_refused_by_proxy(easy))
        response->error = AF_HTTP_CONNECT;
    response->limit = find_limit(response, options);
    response->error_text = choose_text(response, code);
}

int af_http_curl_code(enum af_http_error error)
{
    static const CURLcode codes[] = {
        [AF_HTTP_OK] = CURLE_OK,
        [AF_HTTP_URL] = CURLE_URL_MALFORMAT,
        [AF_HTTP_RESOLVE] = CURLE_COULDNT_RESOLVE_HOST,
        [AF_HTTP_CONNECT] = CURLE_COULDNT_CONNECT,
        [AF_HTTP_TLS] = CURLE_SSL_CONNECT_ERROR,
        [AF_HTTP_TIMEOUT] = CURLE_OPERATION_TIMEDOUT,
        [AF_HTTP_RESET] = CURLE_RECV_ERROR,
        [AF_HTTP_PROTOCOL] = CURLE_WEIRD_SERVER_REPLY,
        [AF_HTTP_REDIRECT] = CURLE_TOO_MANY_REDIRECTS,
        [AF_HTTP_TOO_LARGE] = CURLE_FILESIZE_EXCEEDED,
        [AF_HTTP_IO] = CURLE_WRITE_ERROR,
        [AF_HTTP_CANCELLED] = CURLE_ABORTED_BY_CALLBACK,
        [AF_HTTP_OTHER] = CURLE_FAILED_INIT,
    };
    return (int)codes[error];
}
