#include "http/socks.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <afetch/http.h>

/* True if the proxy is given names, and looks them up itself. */
static bool looks_up_names(const char *proxy)
{
    return proxy && strncasecmp(proxy, "socks5h://", strlen("socks5h://")) == 0;
}

static bool any_looks_up_names(const char *proxy)
{
    static const char *const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                            "ALL_PROXY"};
    if (proxy)
        return looks_up_names(proxy);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (looks_up_names(getenv(variables[i])))
            return true;
    return false;
}

/* True if URL has a name in the place of its host, not an address. */
static bool has_name(const char *url)
{
    char *host;
    struct in_addr address;
    if (!url || af_url_host(url, &host) < 0)
        return false;
    *strrchr(host, ':') = '\0'; /* the port */
    bool is_name = host[0] != '[' && inet_pton(AF_INET, host, &address) != 1;
    free(host);
    return is_name;
}

bool socks_host_is_unknown(CURLproxycode refusal, const char *proxy, const char *url)
{
    if (refusal == CURLPX_RESOLVE_HOST)
        return true;
    return refusal == CURLPX_REPLY_HOST_UNREACHABLE && any_looks_up_names(proxy) && has_name(url);
}
