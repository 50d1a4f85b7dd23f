#include "cli/text/redact.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "cli/text/http_syntax.h"

/* Skips the scheme and its slashes, of which curl accepts any number. */
static const char *authority_start(const char *url)
{
    size_t scheme =
        strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    const char *start = url[scheme] == ':' && url[scheme + 1] == '/' ? url + scheme + 1 : url;
    return start + strspn(start, "/");
}

/* The '@' after the password, or NULL. */
static const char *find_at(const char *start)
{
    size_t length = strcspn(start, "/?#");
    /* The last one: a password may contain '@'. */
    const char *at = memrchr(start, '@', length);
    const char *colon = memchr(start, ':', length);
    bool is_address = *start == '[' && memchr(start, ']', length);
    if (at || !colon || is_address)
        return at;
    /* "://" does not follow a host. */
    if (http_is_port(colon + 1) && strncmp(colon + 1, "//", 2) != 0)
        return NULL;
    /* Neither a host nor a port: it may be an unescaped password. */
    return strrchr(colon, '@');
}

/* The colon before the password, and the '@' after it; or NULL. */
static const char *find_password(const char *url, const char **ret_at)
{
    /* Nearly every URL returns here. */
    if (!strchr(url, '@'))
        return NULL;
    const char *start = authority_start(url);
    *ret_at = find_at(start);
    return *ret_at ? memchr(start, ':', (size_t)(*ret_at - start)) : NULL;
}

bool url_has_password(const char *url)
{
    const char *at;
    return find_password(url, &at);
}

int url_without_password(const char *url, char **ret_url)
{
    const char *at, *colon = find_password(url, &at);
    if (!colon)
        return 0;
    char *copy;
    if (asprintf(&copy, "%.*s***%s", (int)(colon + 1 - url), url, at) < 0)
        return -ENOMEM;
    *ret_url = copy;
    return 1;
}

/* The start of the first URL in TEXT, or NULL. */
static const char *find_url(const char *text)
{
    const char *start = strstr(text, "://");
    while (start && start > text && isalnum((unsigned char)start[-1]))
        start--;
    return start;
}

/* Appends a URL without its password. Returns 1 if it had one. */
static int append_shown(struct buffer *buffer, const char *url, size_t length)
{
    char *copy = strndup(url, length), *shown = NULL;
    int had = copy ? url_without_password(copy, &shown) : -ENOMEM;
    int r = had < 0 ? had : buffer_append_string(buffer, had > 0 ? shown : copy);
    free(copy);
    free(shown);
    return r < 0 ? r : had;
}

int text_without_passwords(const char *text, char **ret_text)
{
    struct buffer buffer;
    const char *url;
    bool found = false;
    int r = 0;
    buffer_init(&buffer, SIZE_MAX);
    while (r >= 0 && (url = find_url(text))) {
        size_t length = url > text && url[-1] == '<' ? strcspn(url, ">") : strlen(url);
        r = buffer_append(&buffer, text, (size_t)(url - text));
        if (r >= 0)
            r = append_shown(&buffer, url, length);
        found |= r > 0;
        text = url + length;
    }
    if (r >= 0)
        r = buffer_append(&buffer, text, strlen(text) + 1);
    if (r < 0 || !found) {
        buffer_free(&buffer);
        return r < 0 ? r : 0;
    }
    *ret_text = buffer.data;
    return 1;
}

const char *url_behind_login(const char *url)
{
    const char *start = authority_start(url);
    const char *at = find_at(start);
    if (at)
        return at + 1;
    bool plain = strncasecmp(url, "http://", strlen("http://")) == 0 && *start;
    return plain ? start : url;
}
