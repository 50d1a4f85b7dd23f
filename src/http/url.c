#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <afetch/http.h>

static int read_url(CURLU *parts, const char *url, char **ret_name, char **ret_port)
{
    /* Of a URL without a scheme libcurl guesses it by the name; the client takes it for http. */
    CURLUcode code = curl_url_set(parts, CURLUPART_URL, url, CURLU_GUESS_SCHEME);
    if (code == CURLUE_OK && !strstr(url, "://"))
        code = curl_url_set(parts, CURLUPART_SCHEME, "http", 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_HOST, ret_name, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_PORT, ret_port, CURLU_DEFAULT_PORT);
    return code == CURLUE_OK ? 0 : code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
}

int af_url_host(const char *url, char **ret_host)
{
    CURLU *parts = curl_url();
    char *name = NULL, *port = NULL, *host;
    int r = parts ? read_url(parts, url, &name, &port) : -ENOMEM;
    if (r >= 0 && asprintf(&host, "%s:%s", name, port) < 0)
        r = -ENOMEM;
    if (r >= 0) {
        for (char *c = host; *c; c++)
            *c = (char)tolower((unsigned char)*c);
        *ret_host = host;
    }
    curl_free(name);
    curl_free(port);
    curl_url_cleanup(parts);
    return r;
}
