/* A query for the addresses of a name, which the resolver passes to DNS or to the system. */
#ifndef ASYNC_NAME_QUERY_H
#define ASYNC_NAME_QUERY_H

#include <stdint.h>

#include "async/addresses.h"
#include "base/list.h"

/* The answer to a query. */
struct name_answer {
    int code;           /* 0, AF_RESOLVE_ERROR, -ENOMEM; -ENOTSUP: use another source */
    bool final;         /* for AF_RESOLVE_ERROR: may be cached */
    const char *reason; /* for AF_RESOLVE_ERROR: a static string; NULL: no such name or address */
    struct addresses *addresses; /* owned by the receiver; NULL unless code is 0 */
};

struct name_query {
    struct list link; /* in a list while it waits to be sent; removing it withdraws the query */
    const char *name; /* in lower case */
    int family;       /* AF_INET, AF_INET6, AF_UNSPEC */

    /* Called once, in the thread of the loop. Must not call functions of the sources. */
    void (*answered)(struct name_query *query, const struct name_answer *answer);

    /* Private to the sources: called instead of `answered`; and the resolver to which the query is
     * passed if the DNS client cannot answer it. */
    void (*done)(struct name_query *query, const struct name_answer *answer);
    struct system_resolver *system;

    /* Private to the DNS client. */
    struct dns_client *client;
    uint64_t number; /* of its last packet, counted from 1 */
    double sent;     /* time on the loop's clock */
};

/* Returns an answer with the addresses of TEXT, or with AF_RESOLVE_ERROR if there are none. */
struct name_answer name_answer_of(const struct address_text *text);

/* Returns the answer to a query that cannot be sent because of CODE: -ENOMEM and -ENOTSUP are kept,
 * other codes are the reason of an AF_RESOLVE_ERROR. */
struct name_answer name_answer_of_error(int code);

#endif
