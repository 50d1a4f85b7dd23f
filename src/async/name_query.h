/* One query for the addresses of a name, as the resolver hands it to DNS or to the system. */
#ifndef ASYNC_NAME_QUERY_H
#define ASYNC_NAME_QUERY_H

#include <stdint.h>

#include "async/addresses.h"
#include "base/list.h"

/* The result of a query. */
struct name_answer {
    int code;           /* 0, AF_RESOLVE_ERROR, -ENOMEM; -ENOTSUP: the source cannot be used */
    bool final;         /* of AF_RESOLVE_ERROR: may be cached */
    const char *reason; /* of AF_RESOLVE_ERROR: a static string; NULL: no such name or address */
    struct addresses *addresses; /* the receiver's; NULL unless code is 0 */
};

struct name_query {
    struct list link; /* while it waits for its turn: who takes it out withdraws the query */
    const char *name; /* in lower case */
    int family;       /* AF_INET, AF_INET6, AF_UNSPEC */

    /* Called once, in the loop's thread. Must not call the sources. */
    void (*answered)(struct name_query *query, const struct name_answer *answer);

    /* The sources' own: in the place of the above, and the system's resolver that may be next. */
    void (*done)(struct name_query *query, const struct name_answer *answer);
    struct system_resolver *system;

    /* The DNS client's own. */
    struct dns_client *client;
    uint64_t number; /* of its last packet */
    double sent;     /* time on the loop's clock */
};

/* The answer with the addresses of TEXT; without any, that there are none. */
struct name_answer name_answer_of(const struct address_text *text);

/* The answer where a query cannot be made: -ENOMEM and -ENOTSUP are codes of their own. */
struct name_answer name_answer_of_error(int code);

#endif
