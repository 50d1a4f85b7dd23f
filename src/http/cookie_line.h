/* The cookies of a request in one line (RFC 6265, 5.4): those that a client keeps, and those that
 * were given with headers. libcurl joins what it keeps with CURLOPT_COOKIE, but not with a header
 * line. */
#ifndef HTTP_COOKIE_LINE_H
#define HTTP_COOKIE_LINE_H

#include <curl/curl.h>
#include <stdbool.h>

/* Takes the lines "Cookie: VALUE" out of HEADERS, which may be left empty, and joins their values
 * with "; " for CURLOPT_COOKIE: *ret_cookies, which the caller frees, NULL where there are none.
 * Then lines that send no Cookie ("Cookie:"), or an empty one ("Cookie;"), stay; but where
 * KEEPS_COOKIES, the latter send none, since libcurl would send the kept ones in a second line. On
 * -ENOMEM nothing has changed. */
int cookie_line_take(struct curl_slist **headers, bool keeps_cookies, char **ret_cookies);

#endif
