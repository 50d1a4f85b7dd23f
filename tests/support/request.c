#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ------------------------------------------------------------------------------------- fields */

static int add_field(struct fields *fields, char *name, char *value)
{
    if (fields->count == MAX_FIELDS)
        return REFUSED(431);
    fields->list[fields->count++] = (struct field){name, value};
    return 0;
}

static const char *find_field(const struct fields *fields, const char *name)
{
    for (size_t i = 0; i < fields->count; i++)
        if (strcasecmp(fields->list[i].name, name) == 0)
            return fields->list[i].value;
    return NULL;
}

const char *request_header(const struct request *request, const char *name)
{
    return find_field(&request->headers, name);
}

const char *request_arg(const struct request *request, const char *name)
{
    return find_field(&request->args, name);
}

/* Whether a header is a list that has the token. */
static bool header_has(const struct request *request, const char *name, const char *token)
{
    const char *list = request_header(request, name);
    size_t length = strlen(token);
    while (list && *list) {
        list += strspn(list, " \t,");
        size_t word = strcspn(list, " \t,");
        if (word == length && strncasecmp(list, token, length) == 0)
            return true;
        list += word;
    }
    return false;
}

/* ------------------------------------------------------------------------------------- the query */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; what is not a code stays as it is, and so does %00, which would end the string. */
static void percent_decode(char *text)
{
    char *end = text;
    for (char *at = text; *at; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
        if (low >= 0 && high + low > 0) {
            *end++ = (char)(high << 4 | low);
            at += 2;
        } else {
            *end++ = *at == '+' ? ' ' : *at;
        }
    }
    *end = '\0';
}

static int parse_query(struct request *request, const char *query)
{
    request->query = strdup(query);
    if (!request->query)
        return -ENOMEM;
    char *rest = request->query, *name;
    while ((name = strsep(&rest, "&"))) {
        if (!*name)
            continue;
        char *value = name;
        strsep(&value, "=");
        percent_decode(name);
        if (value)
            percent_decode(value);
        int r = add_field(&request->args, name, value ? value : name + strlen(name));
        if (r < 0)
            return r;
    }
    return 0;
}

/* ------------------------------------------------------------------------------------- the head */

/* The origin form, and the absolute one that is sent to proxies. */
static int parse_target(struct request *request, char *target)
{
    if (*target != '/') {
        char *authority = strstr(target, "://");
        if (!authority)
            return REFUSED(400);
        target = authority + 3;
        target += strcspn(target, "/?");
        if (*target != '/')
            target = "/";
    }
    request->target = target;
    request->path = strdup(target);
    return 0;
}
