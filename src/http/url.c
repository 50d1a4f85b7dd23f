#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>

static int error_of(CURLUcode code)
{
    return code == CURLUE_OK ? 0 : code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
}

bool af_url_has_scheme(const char *url)
{
    const char *end = strstr(url, "://");
    return end && url + strcspn(url, "/?#") == end + 1;
}

/* Of a URL without a scheme libcurl guesses it by the name; the client takes it for http. */
static CURLUcode parse_url(CURLU *parts, const char *url)
{
    CURLUcode code = curl_url_set(parts, CURLUPART_URL, url, CURLU_GUESS_SCHEME);
    if (code == CURLUE_OK && !af_url_has_scheme(url))
        code = curl_url_set(parts, CURLUPART_SCHEME, "http", 0);
    return code;
}

static bool is_fetched(const char *scheme)
{
    return strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
}

int af_url_check(const char *url)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    CURLUcode code = parts ? parse_url(parts, url) : CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
    int r = error_of(code);
    if (code == CURLUE_UNSUPPORTED_SCHEME || (scheme && !is_fetched(scheme)))
        r = af_raise(-EINVAL, "the scheme is neither http nor https");
    else if (r == -EINVAL)
        r = af_raise(r, "not a URL: %s", curl_url_strerror(code));
    curl_free(scheme);
    curl_url_cleanup(parts);
    return r;
}

static void make_lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* The host as it goes to the resolver, where libcurl tells that. It is called out of memory as well
 * where a name cannot be encoded. */
static CURLUcode read_host(CURLU *parts, char **ret_name)
{
    CURLUcode code = curl_url_get(parts, CURLUPART_HOST, ret_name, 0);
#if LIBCURL_VERSION_NUM >= 0x075800
    if (code != CURLUE_OK)
        return code;
    curl_free(*ret_name);
    *ret_name = NULL;
    if (curl_url_get(parts, CURLUPART_HOST, ret_name, CURLU_PUNYCODE) != CURLUE_OK)
        return CURLUE_MALFORMED_INPUT;
#endif
    return code;
}

/* A name with a dot behind it is the same name. */
static void drop_dot(char *name)
{
    size_t length = strlen(name);
    if (length > 1 && name[length - 1] == '.')
        name[length - 1] = '\0';
}

static int read_url(CURLU *parts, const char *url, char **ret_name, char **ret_port)
{
    CURLUcode code = parse_url(parts, url);
    if (code == CURLUE_OK)
        code = read_host(parts, ret_name);
    if (code == CURLUE_OK)
        drop_dot(*ret_name);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_PORT, ret_port, CURLU_DEFAULT_PORT);
    return error_of(code);
}

int af_url_host(const char *url, char **ret_host)
{
    CURLU *parts = curl_url();
    char *name = NULL, *port = NULL, *host;
    int r = parts ? read_url(parts, url, &name, &port) : -ENOMEM;
    if (r >= 0 && asprintf(&host, "%s:%s", name, port) < 0)
        r = -ENOMEM;
    if (r >= 0) {
        make_lower(host);
        *ret_host = host;
    }
    curl_free(name);
    curl_free(port);
    curl_url_cleanup(parts);
    return r;
}

/* Where the host is set, an address loses its zone. */
static CURLUcode lower_host(CURLU *parts)
{
    char *name = NULL, *zone = NULL;
    CURLUcode code = curl_url_get(parts, CURLUPART_HOST, &name, 0);
    if (code == CURLUE_OK) {
        curl_url_get(parts, CURLUPART_ZONEID, &zone, 0);
        make_lower(name);
        code = curl_url_set(parts, CURLUPART_HOST, name, 0);
    }
    if (code == CURLUE_OK && zone)
        code = curl_url_set(parts, CURLUPART_ZONEID, zone, 0);
    curl_free(name);
    curl_free(zone);
    return code;
}

int af_url_normalize(const char *url, char **ret_url)
{
    CURLU *parts = curl_url();
    char *normal = NULL;
    CURLUcode code = parts ? parse_url(parts, url) : CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OK)
        code = lower_host(parts);
    if (code == CURLUE_OK)
        code = curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_URL, &normal, CURLU_NO_DEFAULT_PORT);
    int r = error_of(code);
    if (r >= 0) {
        *ret_url = strdup(normal); /* libcurl may have an allocator of its own */
        r = *ret_url ? 0 : -ENOMEM;
    }
    curl_free(normal);
    curl_url_cleanup(parts);
    return r;
}
