/* Parts of URLs that the client itself needs; parsing is libcurl's. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /* A scheme, the longest name that DNS has, a port and what separates them. */
    ORIGIN_SIZE = 300
};

/* Writes the origin of URL, "https://example.com:443" (RFC 6454, 4): in lower case, in punycode,
 * the port also where it is the scheme's own. -EINVAL where it is not an http or https URL or its
 * host is too long to be one, -ENOMEM. */
int url_origin(const char *url, char origin[ORIGIN_SIZE]);

/* True if HOST, "example.com:443" as in an origin, is a name to be looked up: libcurl knows numeric
 * addresses and localhost (RFC 6761) by itself. */
bool url_host_is_name(const char *host);

/* Writes the URL that LOCATION, a reference, stands for in a response from BASE, to *ret_url, which
 * the caller frees. -EINVAL with a text where it is no URL, -EPROTONOSUPPORT where its scheme is
 * neither http nor https, -ENOMEM. */
int url_resolve(const char *base, const char *location, char **ret_url);

/* Writes URL as libcurl reports it, with its scheme, to *ret_url, which the caller frees. -EINVAL,
 * -ENOMEM. */
int url_complete(const char *url, char **ret_url);

/* Gives *url, which is of the same origin as FROM, the user and password of FROM, where it names no
 * user itself; *url is then another block. -ENOMEM. */
int url_copy_user(const char *from, char **url);

/* Writes URL without its user, password and fragment, as a Referer has it, to *ret_url, which the
 * caller frees. -EINVAL, -ENOMEM. */
int url_as_referer(const char *url, char **ret_url);

#endif
