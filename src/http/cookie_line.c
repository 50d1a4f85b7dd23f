#include "http/cookie_line.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"

/* The value of a Cookie line; NULL where LINE is another, or has none. */
static const char *find_value(const char *line)
{
    static const char name[] = "Cookie:";
    if (strncasecmp(line, name, strlen(name)) != 0)
        return NULL;
    const char *value = line + strlen(name);
    value += strspn(value, " \t");
    return *value ? value : NULL;
}

/* Joins the values, with a NUL behind them; nothing where there are none. */
static int join(const struct curl_slist *headers, struct buffer *cookies)
{
    int r = 0;
    for (; headers && r >= 0; headers = headers->next) {
        const char *value = find_value(headers->data);
        if (!value)
            continue;
        if (cookies->length > 0)
            r = buffer_append_string(cookies, "; ");
        if (r >= 0)
            r = buffer_append_string(cookies, value);
    }
    if (r >= 0 && cookies->length > 0)
        r = buffer_append_char(cookies, '\0');
    return r;
}

static void remove_lines(struct curl_slist **place)
{
    while (*place) {
        struct curl_slist *line = *place;
        if (!find_value(line->data)) {
            place = &line->next;
            continue;
        }
        *place = line->next;
        line->next = NULL;
        curl_slist_free_all(line);
    }
}

int cookie_line_take(struct curl_slist **headers, char **ret_cookies)
{
    struct buffer cookies;
    buffer_init(&cookies, SIZE_MAX);
    int r = join(*headers, &cookies);
    if (r < 0) {
        buffer_free(&cookies);
        return r;
    }
    remove_lines(headers);
    *ret_cookies = cookies.data;
    return 0;
}
