#include "http/proxies.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

/* ----------------------------------------------------------- asking libcurl */

/* A reserved address, to which no request goes. */
#define PROBE_HOST "240.0.0.1"
static const in_addr_t PROBE_ADDRESS = 0xf0000001;

/* Notes the port of the proxy if libcurl connects to it, and lets libcurl open no socket. */
static curl_socket_t note_address(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    int *port = arg;
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&address->addr;
    bool is_proxy = address->family == AF_INET && ipv4->sin_addr.s_addr == htonl(PROBE_ADDRESS);
    *port = is_proxy ? ntohs(ipv4->sin_port) : 0;
    return CURL_SOCKET_BAD;
}

/* Lets libcurl begin a request to HOST, "example.com:443", which is given an address so that no
 * name is looked up. For an address of IPv6 libcurl takes none. NO_PROXY NULL is the environment's.
 * -ENOMEM. */
static int begin_request(CURL *curl, const char *host, const char *proxy, const char *no_proxy)
{
    char url[ORIGIN_SIZE + 8], entry[ORIGIN_SIZE + 16];
    bool needs_entry = *host != '[';
    snprintf(url, sizeof url, "http://%s", host);
    snprintf(entry, sizeof entry, "%s:240.0.0.2", host);
    struct curl_slist *resolve = needs_entry ? curl_slist_append(NULL, entry) : NULL;
    CURLcode code = needs_entry && !resolve ? CURLE_OUT_OF_MEMORY : CURLE_OK;
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PROXY, proxy);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_NOPROXY, no_proxy);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
    if (code == CURLE_OK)
        code = curl_easy_perform(curl); /* it cannot connect */
    curl_slist_free_all(resolve);
    return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : 0;
}

/* Finds the port at which libcurl would connect to PROXY for HOST; 0: to none. -ENOMEM. */
static int probe(const char *host, const char *proxy, const char *no_proxy, int *ret_port)
{
    *ret_port = 0;
    CURL *curl = curl_easy_init();
    if (!curl)
        return -ENOMEM;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, note_address);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, ret_port);
    int r = begin_request(curl, host, proxy, no_proxy);
    curl_easy_cleanup(curl);
    return r;
}

/* Finds the port of a proxy that names none, which is not that of its scheme in all libcurls. */
static int find_default_port(const char *scheme, int *ret_port)
{
    char proxy[64];
    snprintf(proxy, sizeof proxy, "%s://" PROBE_HOST, scheme);
    return probe("example.com:80", proxy, "", ret_port);
}

static int find_exception(const char *host, bool *ret_is_exempt)
{
    int port;
    int r = probe(host, "http://" PROBE_HOST ":1", NULL, &port);
    *ret_is_exempt = port == 0;
    return r;
}

/* ----------------------------------------------------------------- reading */

static bool is_proxy_scheme(const char *scheme)
{
    static const char *const schemes[] = {"http",    "https",  "socks",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strcmp(schemes[i], scheme) == 0)
            return true;
    return false;
}

static bool is_local_socks(const char *scheme)
{
    return strcmp(scheme, "socks") == 0 || strcmp(scheme, "socks4") == 0 ||
           strcmp(scheme, "socks5") == 0;
}

/* The port of a proxy's URL, by what libcurl gives it. -ENOMEM. */
static int find_port(CURLU *url, const char *scheme, int *ret_port)
{
    char *port = NULL;
    CURLUcode code = curl_url_get(url, CURLUPART_PORT, &port, 0);
    if (code == CURLUE_NO_PORT)
        return find_default_port(scheme, ret_port);
    *ret_port = port ? atoi(port) : 0;
    curl_free(port);
    return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : 0;
}

/* Writes the host and port of a proxy as those of an origin are written: in punycode. -ENOMEM. */
static int write_host(const char *host, int port, char ret_host[ORIGIN_SIZE])
{
    char *url, origin[ORIGIN_SIZE];
    if (asprintf(&url, "http://%s:%d", host, port) < 0)
        return -ENOMEM;
    int r = url_origin(url, origin);
    if (r >= 0)
        strcpy(ret_host, strstr(origin, "://") + strlen("://"));
    free(url);
    return r == -ENOMEM ? r : 0;
}

static int read_host(CURLU *url, const char *scheme, char ret_host[ORIGIN_SIZE])
{
    char *host = NULL;
    int port;
    CURLUcode code = curl_url_get(url, CURLUPART_HOST, &host, CURLU_URLDECODE);
    int r = code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : find_port(url, scheme, &port);
    if (r >= 0 && host && port > 0)
        r = write_host(host, port, ret_host);
    curl_free(host);
    return r;
}

/* Parses the URL of a proxy; *ret_scheme is what the caller frees with curl_free(). -EINVAL where
 * it is none, -ENOMEM. */
static int parse_proxy(CURLU *url, const char *text, char **ret_scheme)
{
    CURLUcode code =
        curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME);
    if (code == CURLUE_OK)
        code = curl_url_get(url, CURLUPART_SCHEME, ret_scheme, 0);
    if (code != CURLUE_OK)
        return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
    return strstr(text, "://") && !is_proxy_scheme(*ret_scheme) ? -EINVAL : 0;
}

/* Reads a proxy, which libcurl would refuse at each request, with a text that has its password.
 * NAME is that of the option or variable. */
static int read_proxy(const char *name, const char *text, struct proxy *ret_proxy)
{
    CURLU *url = curl_url();
    char *scheme = NULL;
    int r = url ? parse_proxy(url, text, &scheme) : -ENOMEM;
    *ret_proxy = (struct proxy){.exists = true};
    if (r >= 0) {
        /* libcurl uses a proxy as http whose scheme it guesses by the name of the host. */
        const char *used = strstr(text, "://") ? scheme : "http";
        ret_proxy->is_local_socks = is_local_socks(used);
        r = read_host(url, used, ret_proxy->host);
    }
    curl_free(scheme);
    curl_url_cleanup(url);
    if (r != -EINVAL)
        return r;
    return af_raise(r, "%s: no URL of a proxy, such as http://HOST:PORT or socks5://HOST:PORT",
                    name);
}

/* As libcurl does, the first variable that is not empty names the proxy of a scheme; all that are
 * set are checked. */
static int read_variables(const char *const *names, struct proxy *ret_proxy)
{
    for (; *names; names++) {
        const char *text = getenv(*names);
        struct proxy proxy = {0};
        int r = text && *text ? read_proxy(*names, text, &proxy) : 0;
        if (r < 0)
            return r;
        if (!ret_proxy->exists)
            *ret_proxy = proxy;
    }
    return 0;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

int proxies_init(struct proxies *proxies, const char *option)
{
    static const char *const http[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
    static const char *const https[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                        NULL};
    *proxies = (struct proxies){.has_exceptions = is_set("no_proxy") || is_set("NO_PROXY")};
    int r = 0;
    if (!option) {
        r = read_variables(http, &proxies->http);
        if (r >= 0)
            r = read_variables(https, &proxies->https);
    } else if (*option) {
        r = read_proxy("proxy", option, &proxies->http);
        proxies->https = proxies->http;
    }
    return r;
}

bool proxies_exist(const struct proxies *proxies)
{
    return proxies->http.exists || proxies->https.exists;
}

/* ------------------------------------------------------------------ finding */

static bool needs_two_names(const struct proxy *proxy)
{
    return proxy->is_local_socks && url_host_is_name(proxy->host);
}

bool proxies_need_two_names(const struct proxies *proxies)
{
    return needs_two_names(&proxies->http) || needs_two_names(&proxies->https);
}

int proxies_find(const struct proxies *proxies, const char *origin, const struct proxy **ret_proxy)
{
    bool is_secure = strncmp(origin, "https:", 6) == 0;
    const struct proxy *proxy = is_secure ? &proxies->https : &proxies->http;
    bool is_exempt = false;
    int r = 0;
    if (proxy->exists && proxies->has_exceptions)
        r = find_exception(strstr(origin, "://") + strlen("://"), &is_exempt);
    *ret_proxy = proxy->exists && !is_exempt ? proxy : NULL;
    return r;
}
