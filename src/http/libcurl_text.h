/* Reads libcurl's error texts: where several errors share a code, the text is the only sign.
 * The texts change from version to version, so this is the one place that reads them. */
#ifndef HTTP_LIBCURL_TEXT_H
#define HTTP_LIBCURL_TEXT_H

#include <curl/curl.h>
#include <stdbool.h>

enum libcurl_meaning {
    LIBCURL_MEANS_CODE,    /* no more than the code does */
    LIBCURL_MEANS_CHUNK,   /* the chunked coding is not valid */
    LIBCURL_MEANS_HEADERS, /* headers or trailers are over a limit of libcurl's own */
    LIBCURL_MEANS_UNRESOLVED,
    LIBCURL_MEANS_TIMEOUT,
};

/* Reads the text of an error; NULL is none. */
enum libcurl_meaning libcurl_text_meaning(const char *text);

/* False if the text of an error is that of another: libcurl keeps the first one it wrote, though it
 * went on to another connection. */
bool libcurl_text_suits(CURLcode code, const char *text);

#endif
