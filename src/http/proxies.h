/* The proxies of a client: of its option, or of the environment (http_proxy and its like).
 *
 * libcurl decides which request goes through one. To know before which name a request needs, the
 * choice by scheme is made here as libcurl makes it; the rules of no_proxy, which are many, are
 * left to libcurl, which is asked. If a decision here is wrong, libcurl looks the name up itself.
 */
#ifndef HTTP_PROXIES_H
#define HTTP_PROXIES_H

#include <stdbool.h>

#include "http/url.h"

struct proxy {
    bool exists;
    bool is_local_socks;    /* socks5:// and socks4:// get addresses of the target, not its name */
    char host[ORIGIN_SIZE]; /* "proxy.example:3128"; "": libcurl alone knows */
};

struct proxies {
    struct proxy http, https; /* of URLs of these schemes */
    bool has_exceptions;      /* no_proxy is set */
};

/* Finds the proxies: OPTION is the client's, NULL for the environment's, "" for none. -EINVAL with
 * a text where one of them is no URL of a proxy, -ENOMEM. */
int proxies_init(struct proxies *proxies, const char *option);

/* True if any request may go through a proxy. */
bool proxies_exist(const struct proxies *proxies);

/* True if a request may need two names at once, as with a SOCKS proxy that has a name itself. */
bool proxies_need_two_names(const struct proxies *proxies);

/* Finds the proxy of an origin, "https://example.com:443"; *ret_proxy, borrowed, is NULL if it has
 * none. If no_proxy is set, libcurl takes some 20 us for the decision. -ENOMEM. */
int proxies_find(const struct proxies *proxies, const char *origin, const struct proxy **ret_proxy);

#endif
