#include "http/cookie_line.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"

static const char name[] = "Cookie";

/* True if LINE names the header Cookie, whether it sends one or none. */
static bool is_cookie_line(const char *line)
{
    size_t length = strlen(name);
    return strncasecmp(line, name, length) == 0 && (line[length] == ':' || line[length] == ';');
}

/* The value of a Cookie line; NULL where LINE is another, or has none. */
static const char *find_value(const char *line)
{
    if (!is_cookie_line(line) || line[strlen(name)] != ':')
        return NULL;
    const char *value = line + strlen(name) + 1;
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

/* libcurl sends no cookies of CURLOPT_COOKIE beside a Cookie line, not even beside one that has
 * none. */
static void remove_lines(struct curl_slist **place)
{
    while (*place) {
        struct curl_slist *line = *place;
        if (!is_cookie_line(line->data)) {
            place = &line->next;
            continue;
        }
        *place = line->next;
        line->next = NULL;
        curl_slist_free_all(line);
    }
}

/* Makes of the lines "Cookie;", which send an empty header, some that send none. */
static void send_no_empty_line(struct curl_slist *line)
{
    for (; line; line = line->next)
        if (is_cookie_line(line->data))
            line->data[strlen(name)] = ':';
}

int cookie_line_take(struct curl_slist **headers, bool keeps_cookies, char **ret_cookies)
{
    struct buffer cookies;
    buffer_init(&cookies, SIZE_MAX);
    int r = join(*headers, &cookies);
    if (r < 0) {
        buffer_free(&cookies);
        return r;
    }
    if (cookies.data)
        remove_lines(headers);
    else if (keeps_cookies)
        send_no_empty_line(*headers);
    *ret_cookies = cookies.data;
    return 0;
}
