/* getaddrinfo() in threads, which are created when needed and never waited for: a thread that is
 * stuck ends by itself or with the process. An executor would wait for it at the end. */
#ifndef ASYNC_SYSTEM_RESOLVER_H
#define ASYNC_SYSTEM_RESOLVER_H

#include <netdb.h>

#include "async/loop.h"
#include "async/name_query.h"

struct system_resolver;

/* getaddrinfo(), or its replacement in a test. */
typedef int address_lookup(const char *host, const char *service, const struct addrinfo *hints,
                           struct addrinfo **ret_found);

/* Creates a resolver with at most THREADS threads.
 * Errors: -ENOMEM.
 * Ownership: the caller owns it, and frees it before the loop is closed. */
int system_resolver_new(af_loop *loop, size_t threads, address_lookup *look_up,
                        struct system_resolver **ret_system);

/* Drops all queries, which are not answered any more. Does not block. Accepts NULL. */
void system_resolver_free(struct system_resolver *system);

/* Looks up the name of a query when a thread is free. The answer comes from a callback of the loop,
 * or from within this call if the lookup cannot be started. The query must stay valid until it is
 * answered or, while it waits in a list, removed from that list. */
void system_resolver_ask(struct system_resolver *system, struct name_query *query);

#endif
