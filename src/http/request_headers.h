/* The header lines of a request, as libcurl takes them. */
#ifndef HTTP_REQUEST_HEADERS_H
#define HTTP_REQUEST_HEADERS_H

#include <curl/curl.h>

#include <afetch/http.h>

/* The headers that a redirect drops. */
enum {
    DROP_CREDENTIALS = 1, /* Authorization and Cookie */
    DROP_HOST = 2,
    DROP_CONTENT = 4, /* what describes a content (RFC 9110, 15.4) */
};

/* The headers of a request that has some of its own or a content: those of DEFAULTS whose names it
 * does not have, and its own. NULL where the defaults do as they are. The caller frees the list.
 * -ENOMEM. */
int request_headers_make(const struct curl_slist *defaults, const af_request *request,
                         struct curl_slist **ret_headers);

/* A copy of HEADERS for REQUEST without what DROPPED says, which may be empty. The caller frees it.
 * -ENOMEM. */
int request_headers_keep(const struct curl_slist *headers, const af_request *request,
                         unsigned dropped, struct curl_slist **ret_headers);

/* True if the request has a content, which a POST has always, if an empty one. */
bool request_has_content(const af_request *request);

#endif
