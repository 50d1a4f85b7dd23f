#include "async/lookup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/executor.h>

/* The argument of the thread, which outlives a cancelled lookup and therefore has a copy of the
 * name. */
struct lookup {
    struct addrinfo *found;
    char service[8];
    char host[];
};

static void lookup_free(void *arg)
{
    struct lookup *lookup = arg;
    if (lookup->found)
        freeaddrinfo(lookup->found);
    free(lookup);
}

/* Returns the node argument of getaddrinfo(). NULL returns the loopback addresses, which are those
 * of localhost (RFC 6761) even if /etc/hosts does not define it. */
static const char *node_of(const char *host)
{
    return strcasecmp(host, "localhost") == 0 ? NULL : host;
}

static int look_up(void *arg, void **ret_result)
{
    struct lookup *lookup = arg;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    const char *node = node_of(lookup->host);
    int error = getaddrinfo(node, lookup->service, &hints, &lookup->found);
    switch (error) {
    case 0:
        *ret_result = lookup->found;
        return 0;
    case EAI_MEMORY:
        return -ENOMEM;
    case EAI_SYSTEM:
        return af_raise(-errno, "%s: %s", lookup->host, strerror(errno));
    default:
        return af_raise(AF_RESOLVE_ERROR, "%s: %s", lookup->host, gai_strerror(error));
    }
}

int lookup_host(const char *host, uint16_t port, af_future **ret_lookup)
{
    size_t size = strlen(host) + 1;
    struct lookup *lookup = malloc(sizeof *lookup + size);
    if (!lookup)
        return -ENOMEM;
    lookup->found = NULL;
    snprintf(lookup->service, sizeof lookup->service, "%u", port);
    memcpy(lookup->host, host, size);
    int r = af_run_in_executor(NULL, look_up, lookup, lookup_free, ret_lookup);
    if (r < 0)
        lookup_free(lookup);
    return r;
}
