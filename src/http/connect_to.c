#include "http/connect_to.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Returns what follows "HOST1:PORT1:" in an entry that is for HOST and PORT; NULL if it is not.
 * Either may be empty, for any. */
static const char *match(const char *entry, const char *host, size_t host_length, const char *port)
{
    if (*entry != ':') {
        if (strncasecmp(entry, host, host_length) != 0)
            return NULL;
        entry += host_length;
    }
    if (*entry++ != ':')
        return NULL;
    if (*entry == ':')
        return entry + 1;
    char *end;
    long number = strtol(entry, &end, 10);
    return *end == ':' && number == strtol(port, NULL, 10) ? end + 1 : NULL;
}

/* The length of a host at the start of TEXT, with its brackets if it is an IPv6 address. */
static size_t host_length(const char *text)
{
    const char *end = *text == '[' ? strchr(text, ']') : NULL;
    return end ? (size_t)(end + 1 - text) : strcspn(text, ":");
}

bool connect_to_find(const struct curl_slist *list, const char *host, char ret_host[ORIGIN_SIZE])
{
    size_t length = host_length(host);
    const char *port = host + length + 1;
    for (; list; list = list->next) {
        const char *target = match(list->data, host, length, port);
        if (!target)
            continue;
        size_t target_length = host_length(target);
        const char *target_port = target[target_length] ? target + target_length + 1 : "";
        if (target_length == 0 && !*target_port)
            continue;
        if (!*target_port)
            target_port = port;
        if (target_length == 0)
            snprintf(ret_host, ORIGIN_SIZE, "%.*s:%s", (int)length, host, target_port);
        else
            snprintf(ret_host, ORIGIN_SIZE, "%.*s:%s", (int)target_length, target, target_port);
        return true;
    }
    return false;
}
