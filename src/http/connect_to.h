/* The entries of --connect-to: hosts and ports to connect to in the place of others. */
#ifndef HTTP_CONNECT_TO_H
#define HTTP_CONNECT_TO_H

#include <curl/curl.h>
#include <stdbool.h>

#include "http/url.h"

/* Writes to RET_HOST what libcurl connects to for HOST, "example.com:443", by the first entry of
 * LIST, each "HOST1:PORT1:HOST2:PORT2", that matches and names a host or a port. False if none
 * does; NULL is an empty list. An entry that libcurl refuses may be copied as it is. */
bool connect_to_find(const struct curl_slist *list, const char *host, char ret_host[ORIGIN_SIZE]);

#endif
