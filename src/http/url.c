#include "http/url.h"

#include <arpa/inet.h>
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
        code = curl_url_get(parts, CURLUPART_PORT, ret_port, CURLU_DEFAULT_PORT);
    return error_of(code);
}

/* The host and port, with the dot behind a name only where it matters. */
static int find_host(const char *url, bool keeps_dot, char **ret_host)
{
    CURLU *parts = curl_url();
    char *name = NULL, *port = NULL, *host;
    int r = parts ? read_url(parts, url, &name, &port) : -ENOMEM;
    if (r >= 0 && !keeps_dot)
        drop_dot(name);
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

int af_url_host(const char *url, char **ret_host)
{
    return find_host(url, false, ret_host);
}

/* Setting the host removes the zone of an address. */
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

/* ------------------------------------------------------------------ origins */

/* True if no resolver or parser would read NAME as anything but a name or a plain IPv4 address, of
 * which there are other forms: 0x7f.1 is 127.0.0.1. */
static bool is_plain_host(const char *name)
{
    struct in_addr address;
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;
    if (!*last || *name == '.' || *name == '-')
        return false;
    return !isdigit((unsigned char)*last) || inet_pton(AF_INET, name, &address) == 1;
}

/* Most URLs are written plainly, and libcurl's parser costs some percent of a request. False where
 * this one must be left to it. */
static bool read_plain_origin(const char *url, char origin[ORIGIN_SIZE])
{
    static const char http[] = "http://", https[] = "https://";
    bool is_secure = strncmp(url, https, strlen(https)) == 0;
    size_t scheme = is_secure ? strlen(https) : strlen(http);
    if (!is_secure && strncmp(url, http, strlen(http)) != 0)
        return false;
    size_t length = strspn(url + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-");
    const char *port = url + scheme + length;
    if (length == 0 || scheme + length + sizeof ":65535" > ORIGIN_SIZE)
        return false;
    size_t digits = *port == ':' ? strspn(port + 1, "0123456789") : 0;
    const char *end = *port == ':' ? port + 1 + digits : port;
    if (*port == ':' && (digits == 0 || digits > 5 || port[1] == '0' || atoi(port + 1) > 65535))
        return false;
    if (*end && !strchr("/?#", *end))
        return false;
    memcpy(origin, url, (size_t)(end - url));
    origin[scheme + length] = '\0';
    if (!is_plain_host(origin + scheme))
        return false;
    if (digits > 0)
        memcpy(origin + scheme + length, port, digits + 1);
    strcpy(origin + scheme + length + (digits > 0 ? digits + 1 : 0), digits > 0  ? ""
                                                                     : is_secure ? ":443"
                                                                                 : ":80");
    return true;
}

static int read_scheme(const char *url, char **ret_scheme)
{
    CURLU *parts = curl_url();
    CURLUcode code = parts ? parse_url(parts, url) : CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OK)
        code = curl_url_get(parts, CURLUPART_SCHEME, ret_scheme, 0);
    curl_url_cleanup(parts);
    return error_of(code);
}

int url_origin(const char *url, char origin[ORIGIN_SIZE])
{
    if (read_plain_origin(url, origin))
        return 0;
    char *scheme = NULL, *host = NULL;
    int r = read_scheme(url, &scheme);
    if (r >= 0 && !is_fetched(scheme))
        r = -EINVAL;
    /* For libcurl, and where names are searched, a name with a dot is another. */
    if (r >= 0)
        r = find_host(url, true, &host);
    if (r >= 0 && snprintf(origin, ORIGIN_SIZE, "%s://%s", scheme, host) >= ORIGIN_SIZE)
        r = -EINVAL;
    curl_free(scheme);
    free(host);
    return r;
}

bool url_host_is_name(const char *host)
{
    static const char localhost[] = "localhost";
    char name[ORIGIN_SIZE];
    struct in_addr address;
    snprintf(name, sizeof name, "%s", host);
    char *port = strrchr(name, ':');
    if (port)
        *port = '\0';
    size_t length = strlen(name), tail = strlen(localhost);
    if (length == 0 || *name == '[' || inet_aton(name, &address))
        return false;
    if (name[length - 1] == '.')
        name[--length] = '\0';
    bool ends_so = length >= tail && strcmp(name + length - tail, localhost) == 0;
    return !ends_so || (length > tail && name[length - tail - 1] != '.');
}

/* ------------------------------------------------------------------ others */

/* As "mailto:somebody" has. */
static bool has_other_scheme(const char *url)
{
    size_t length =
        strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    if (length == 0 || url[length] != ':' || !isalpha((unsigned char)*url))
        return false;
    return !(length == 4 && strncasecmp(url, "http", 4) == 0) &&
           !(length == 5 && strncasecmp(url, "https", 5) == 0);
}

/* libcurl may have an allocator of its own. */
static int copy_url(CURLU *parts, char **ret_url)
{
    char *url = NULL;
    int r = error_of(curl_url_get(parts, CURLUPART_URL, &url, 0));
    if (r >= 0 && !(*ret_url = strdup(url)))
        r = -ENOMEM;
    curl_free(url);
    return r;
}

int url_resolve(const char *base, const char *location, char **ret_url)
{
    if (has_other_scheme(location))
        return -EPROTONOSUPPORT;
    CURLU *parts = curl_url();
    CURLUcode code = parts ? parse_url(parts, base) : CURLUE_OUT_OF_MEMORY;
    /* libcurl 7.88 takes a query behind a fragment for a part of that. */
    if (code == CURLUE_OK)
        code = curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
    if (code == CURLUE_OK)
        code = curl_url_set(parts, CURLUPART_URL, location, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    int r = error_of(code);
    if (r >= 0)
        r = copy_url(parts, ret_url);
    else if (r == -EINVAL)
        r = af_raise(r, "%s", curl_url_strerror(code));
    curl_url_cleanup(parts);
    return r;
}

int url_complete(const char *url, char **ret_url)
{
    CURLU *parts = curl_url();
    int r = error_of(parts ? parse_url(parts, url) : CURLUE_OUT_OF_MEMORY);
    if (r >= 0)
        r = copy_url(parts, ret_url);
    curl_url_cleanup(parts);
    return r;
}

/* Sets one part as it is in another URL; a part that is not there is no error. */
static CURLUcode copy_part(CURLU *from, CURLUPart part, CURLU *to)
{
    char *value = NULL;
    CURLUcode code = CURLUE_OK;
    if (curl_url_get(from, part, &value, 0) == CURLUE_OK)
        code = curl_url_set(to, part, value, 0);
    curl_free(value);
    return code;
}

static bool has_part(CURLU *parts, CURLUPart part)
{
    char *value = NULL;
    bool has = curl_url_get(parts, part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return has;
}

int url_copy_user(const char *from, char **url)
{
    CURLU *source = curl_url(), *parts = curl_url();
    char *copy = NULL;
    CURLUcode code = source && parts ? parse_url(source, from) : CURLUE_OUT_OF_MEMORY;
    if (code == CURLUE_OK)
        code = parse_url(parts, *url);
    bool copies =
        code == CURLUE_OK && has_part(source, CURLUPART_USER) && !has_part(parts, CURLUPART_USER);
    if (copies)
        code = copy_part(source, CURLUPART_USER, parts);
    if (copies && code == CURLUE_OK)
        code = copy_part(source, CURLUPART_PASSWORD, parts);
    int r = error_of(code);
    if (copies && r >= 0)
        r = copy_url(parts, &copy);
    if (copies && r >= 0) {
        free(*url);
        *url = copy;
    }
    curl_url_cleanup(source);
    curl_url_cleanup(parts);
    return r;
}

int url_as_referer(const char *url, char **ret_url)
{
    static const CURLUPart dropped[] = {CURLUPART_FRAGMENT, CURLUPART_USER, CURLUPART_PASSWORD};
    CURLU *parts = curl_url();
    CURLUcode code = parts ? parse_url(parts, url) : CURLUE_OUT_OF_MEMORY;
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0] && code == CURLUE_OK; i++)
        code = curl_url_set(parts, dropped[i], NULL, 0);
    int r = error_of(code);
    if (r >= 0)
        r = copy_url(parts, ret_url);
    curl_url_cleanup(parts);
    return r;
}
