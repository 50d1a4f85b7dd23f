#include "cli/redact.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What follows the scheme and its slashes, of which curl takes any number. */
static const char *authority_start(const char *url)
{
    size_t scheme =
        strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    const char *start = url[scheme] == ':' && url[scheme + 1] == '/' ? url + scheme + 1 : url;
    return start + strspn(start, "/");
}

static bool is_port(const char *text)
{
    text += strspn(text, "0123456789");
    return !*text || strchr("/?#", *text);
}

/* The '@' behind the password; NULL where there is none. */
static const char *find_at(const char *start)
{
    size_t length = strcspn(start, "/?#");
    /* The last, so that one inside a password does not show the rest of it. */
    const char *at = memrchr(start, '@', length);
    const char *colon = memchr(start, ':', length);
    if (at || !colon || *start == '[' || is_port(colon + 1))
        return at;
    /* No port is like that, but a password that should have been encoded. */
    return strrchr(colon, '@');
}

int url_without_password(const char *url, char **ret_url)
{
    /* Nearly every URL ends here. */
    if (!strchr(url, '@'))
        return 0;
    const char *start = authority_start(url);
    const char *at = find_at(start);
    const char *colon = at ? memchr(start, ':', (size_t)(at - start)) : NULL;
    if (!colon)
        return 0;

    char *copy;
    if (asprintf(&copy, "%.*s***%s", (int)(colon + 1 - url), url, at) < 0)
        return -ENOMEM;
    *ret_url = copy;
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
