/* getaddrinfo() in threads. They are created as they are needed, and never waited for: one that is
 * stuck ends by itself, or with the process. An executor would be waited for at its end. */
#ifndef ASYNC_SYSTEM_RESOLVER_H
#define ASYNC_SYSTEM_RESOLVER_H

#include <netdb.h>

#include "async/loop.h"
#include "async/name_query.h"

struct system_resolver;

/* getaddrinfo(), or a test's in its place. */
typedef int address_lookup(const char *host, const char *service, const struct addrinfo *hints,
                           struct addrinfo **ret_found);

/* Makes a resolver with at most THREADS of them. -ENOMEM. The caller owns it, and frees it before
 * the loop is closed. */
int system_resolver_new(af_loop *loop, size_t threads, address_lookup *look_up,
                        struct system_resolver **ret_system);

/* Drops all queries: they are not answered any more. Does not block. NULL is fine. */
void system_resolver_free(struct system_resolver *system);

/* Looks up a query's name in its turn. The answer comes from a callback of the loop, or at once if
 * the query cannot be made. It has to stay in place until it is answered or, while it waits in a
 * list, taken out of that. */
void system_resolver_ask(struct system_resolver *system, struct name_query *query);

#endif
