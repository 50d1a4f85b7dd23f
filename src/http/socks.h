/* Reads the refusal of a SOCKS proxy. */
#ifndef HTTP_SOCKS_H
#define HTTP_SOCKS_H

#include <curl/curl.h>
#include <stdbool.h>

/* True if a refusal means that the host of URL has no address: it was not found here, or the proxy,
 * which was given its name, says that it is unreachable. SOCKS has no reply for unknown names.
 * PROXY is the client's option, NULL the environment's. */
bool socks_host_is_unknown(CURLproxycode refusal, const char *proxy, const char *url);

#endif
