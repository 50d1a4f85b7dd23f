#include "http/settings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <afetch/error.h>

#include "http/cookie_line.h"
#include "http/decoder.h"
#include "http/tls_context.h"

/* The options that are strings, which libcurl takes as they are. */
static const struct {
    CURLoption option;
    size_t offset;
} strings[] = {
    {CURLOPT_USERAGENT, offsetof(af_client_options, user_agent)},
    {CURLOPT_REFERER, offsetof(af_client_options, referer)},
    {CURLOPT_USERPWD, offsetof(af_client_options, user)},
    {CURLOPT_XOAUTH2_BEARER, offsetof(af_client_options, bearer_token)},
    {CURLOPT_NETRC_FILE, offsetof(af_client_options, netrc_file)},
    {CURLOPT_SSLCERT, offsetof(af_client_options, certificate)},
    {CURLOPT_KEYPASSWD, offsetof(af_client_options, certificate_password)},
    {CURLOPT_SSLKEY, offsetof(af_client_options, key)},
    {CURLOPT_PROXY, offsetof(af_client_options, proxy)},
    {CURLOPT_PROXYUSERPWD, offsetof(af_client_options, proxy_user)},
};

enum { STRINGS = sizeof strings / sizeof strings[0] };

static const char **string_member(af_client_options *options, size_t i)
{
    return (const char **)((char *)options + strings[i].offset);
}

static int copy_strings(af_client_options *options)
{
    int r = 0;
    for (size_t i = 0; i < STRINGS; i++) {
        const char **member = string_member(options, i);
        if (*member && !(*member = strdup(*member)))
            r = -ENOMEM;
    }
    return r;
}

static int copy_list(struct curl_slist **place, const char *const *list)
{
    for (; list && *list; list++) {
        *place = curl_slist_append(NULL, *list); /* which goes through a list for each entry */
        if (!*place)
            return -ENOMEM;
        place = &(*place)->next;
    }
    return 0;
}

/* ------------------------------------------------------------------- names */

bool settings_leave_names(const struct settings *settings)
{
    return proxies_need_two_names(&settings->proxies) || settings->given.has_wildcard;
}

bool settings_redirect_names(const struct settings *settings)
{
    return proxies_exist(&settings->proxies) || settings->connect_to;
}

/* ------------------------------------------------------- files and cookies */

static int check_readable(const char *what, const char *file)
{
    if (!file || access(file, R_OK) == 0)
        return 0;
    return af_raise(-EINVAL, "%s %s: %s", what, file, strerror(errno));
}

/* Checks the files that libcurl would open only when a request needs them. */
static int check_files(const af_client_options *options)
{
    const struct {
        const char *what;
        const char *file;
    } files[] = {{"netrc file", options->netrc_file},
                 {"certificate", options->certificate},
                 {"key", options->key}};
    int r = 0;
    for (size_t i = 0; i < sizeof files / sizeof files[0] && r >= 0; i++)
        r = check_readable(files[i].what, files[i].file);
    return r;
}

/* Read once: libcurl would read them again at each request, over what servers have changed. */
static int load_cookies(CURLSH *share, const char *const *files)
{
    CURL *curl = curl_easy_init();
    int r = curl ? 0 : -ENOMEM;
    if (curl)
        curl_easy_setopt(curl, CURLOPT_SHARE, share);
    for (; r >= 0 && *files; files++) {
        if (**files)
            r = check_readable("cookie file", *files);
        if (r >= 0 && curl_easy_setopt(curl, CURLOPT_COOKIEFILE, *files) != CURLE_OK)
            r = -ENOMEM;
    }
    if (r >= 0 && curl_easy_setopt(curl, CURLOPT_COOKIELIST, "RELOAD") != CURLE_OK)
        r = -ENOMEM;
    curl_easy_cleanup(curl);
    return r;
}

/* -------------------------------------------------------------------- life */

static int open_share(struct settings *settings, const af_client_options *options)
{
    settings->share = curl_share_init();
    if (!settings->share)
        return -ENOMEM;
    /* Addresses that CURLOPT_RESOLVE gives would stay there for ever. */
    if (settings_leave_names(settings))
        curl_share_setopt(settings->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    curl_share_setopt(settings->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    if (!options->cookie_files)
        return 0;
    if (curl_share_setopt(settings->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK)
        return -ENOMEM;
    return load_cookies(settings->share, options->cookie_files);
}

int settings_init(struct settings *settings, const af_client_options *options)
{
    *settings = (struct settings){.options = *options};
    settings->options.ca_file = NULL; /* the store has it */
    if (!options->user_agent)
        settings->options.user_agent = "afetch/" AFETCH_VERSION;
    int proxy = proxies_init(&settings->proxies, options->proxy);
    if (proxy >= 0 && !proxies_exist(&settings->proxies))
        settings->options.proxy = ""; /* libcurl need not look for one at each request */
    int copied = copy_strings(&settings->options);
    int r = proxy < 0 ? proxy : copied;
    if (r >= 0)
        r = copy_list(&settings->headers, options->headers);
    if (r >= 0)
        r = cookie_line_take(&settings->headers, options->cookie_files, &settings->cookies);
    if (r >= 0)
        r = copy_list(&settings->connect_to, options->connect_to);
    if (r >= 0)
        r = resolve_list_init(&settings->given, options->resolve);
    if (r >= 0 && settings_leave_names(settings))
        r = copy_list(&settings->resolve, options->resolve);
    if (r >= 0)
        r = check_files(options);
    if (r >= 0 && !options->insecure)
        r = ca_store_new(options->ca_file, &settings->ca_store);
    return r < 0 ? r : open_share(settings, options);
}

void settings_free(struct settings *settings)
{
    curl_share_cleanup(settings->share);
    curl_slist_free_all(settings->headers);
    free(settings->cookies);
    curl_slist_free_all(settings->connect_to);
    resolve_list_free(&settings->given);
    curl_slist_free_all(settings->resolve);
    ca_store_free(settings->ca_store);
    for (size_t i = 0; i < STRINGS; i++)
        free((char *)*string_member(&settings->options, i));
}

/* ---------------------------------------------------------------- applying */

struct setter {
    CURL *curl;
    CURLcode result; /* the first failure */
};

#define SET(setter, option, value)                                              \
    do {                                                                        \
        if ((setter)->result == CURLE_OK)                                       \
            (setter)->result = curl_easy_setopt((setter)->curl, option, value); \
    } while (0)

long settings_milliseconds(double seconds)
{
    if (seconds >= (double)(1L << 30))
        return 0;
    return seconds > 1e-3 ? (long)ceil(seconds * 1e3) : 1;
}

static void set_times(struct setter *setter, const af_client_options *options)
{
    if (options->attempt_timeout > 0)
        SET(setter, CURLOPT_TIMEOUT_MS, settings_milliseconds(options->attempt_timeout));
    if (options->connect_timeout > 0)
        SET(setter, CURLOPT_CONNECTTIMEOUT_MS, settings_milliseconds(options->connect_timeout));
}

static void set_strings(struct setter *setter, const struct settings *settings)
{
    af_client_options options = settings->options;
    for (size_t i = 0; i < STRINGS; i++) {
        const char *string = *string_member(&options, i);
        if (string)
            SET(setter, strings[i].option, string);
    }
    if (options.proxy && !*options.proxy)
        SET(setter, CURLOPT_NOPROXY, "*");
}

static void set_lists(struct setter *setter, const struct settings *settings)
{
    if (settings->headers)
        SET(setter, CURLOPT_HTTPHEADER, settings->headers);
    if (settings->connect_to)
        SET(setter, CURLOPT_CONNECT_TO, settings->connect_to);
    if (settings->resolve)
        SET(setter, CURLOPT_RESOLVE, settings->resolve);
}

static void set_verification(struct setter *setter, const struct settings *settings)
{
    if (!settings->options.insecure) {
        if (setter->result == CURLE_OK)
            setter->result = ca_store_apply(settings->ca_store, setter->curl);
        return;
    }
    SET(setter, CURLOPT_SSL_VERIFYPEER, 0L);
    SET(setter, CURLOPT_SSL_VERIFYHOST, 0L);
    SET(setter, CURLOPT_PROXY_SSL_VERIFYPEER, 0L);
    SET(setter, CURLOPT_PROXY_SSL_VERIFYHOST, 0L);
    if (setter->result == CURLE_OK)
        setter->result = tls_context_apply(setter->curl);
}

/* HTTP/2 is agreed on in TLS only: after an upgrade of plain HTTP, libcurl 7.88 takes responses for
 * those of other requests. */
static void set_version(struct setter *setter, int version)
{
    if (version == 11)
        SET(setter, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (version == 20)
        SET(setter, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
}

static void set_credentials(struct setter *setter, const struct settings *settings)
{
    const af_client_options *options = &settings->options;
    if (options->bearer_token)
        SET(setter, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    if (options->netrc)
        SET(setter, CURLOPT_NETRC, (long)CURL_NETRC_REQUIRED);
    if (settings->cookies)
        SET(setter, CURLOPT_COOKIE, settings->cookies);
    if (options->cookie_files)
        SET(setter, CURLOPT_COOKIEFILE, ""); /* they are in the share */
}

/* libcurl takes one byte more, which a size of 16 KiB would make a block of 20 KiB. */
static const long BUFFER_SIZE = 16 * 1024 - 1;

/* With less, larger header blocks and bodies in HTTP/2 may wait for ever in libcurl 7.88. */
static const long HTTP2_BUFFER_SIZE = 96 * 1024 - 1;

CURLcode settings_apply(const struct settings *settings, CURL *curl)
{
    const af_client_options *options = &settings->options;
    struct setter all = {.curl = curl}, *setter = &all;
    SET(setter, CURLOPT_SHARE, settings->share);
    SET(setter, CURLOPT_NOSIGNAL, 1L);
    SET(setter, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(setter, CURLOPT_BUFFERSIZE, BUFFER_SIZE);
    SET(setter, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's are no response */
#if LIBCURL_VERSION_NUM >= 0x075700
    SET(setter, CURLOPT_QUICK_EXIT, 1L); /* a cancel must not wait for a resolver's thread */
#endif
    if (options->decompress) {
        SET(setter, CURLOPT_ACCEPT_ENCODING, decoder_accept_encoding());
        SET(setter, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    }
    if (options->ip_version != 0)
        SET(setter, CURLOPT_IPRESOLVE,
            (long)(options->ip_version == 4 ? CURL_IPRESOLVE_V4 : CURL_IPRESOLVE_V6));
    set_strings(setter, settings);
    if (proxies_exist(&settings->proxies)) /* it may be an HTTPS one */
        set_verification(setter, settings);
    /* The addresses in libcurl's cache are ours: it need not look for old ones. */
    if (!settings_leave_names(settings))
        SET(setter, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    set_lists(setter, settings);
    set_version(setter, options->http_version);
    set_credentials(setter, settings);
    set_times(setter, options);
    return setter->result;
}

CURLcode settings_apply_scheme(const struct settings *settings, CURL *curl, bool is_secure)
{
    struct setter all = {.curl = curl}, *setter = &all;
    bool may_be_http2 = is_secure && settings->options.http_version != 11;
    SET(setter, CURLOPT_BUFFERSIZE, may_be_http2 ? HTTP2_BUFFER_SIZE : BUFFER_SIZE);
    if (is_secure)
        set_verification(setter, settings);
    return setter->result;
}
