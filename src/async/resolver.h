/* Looks up the addresses of host names: asks DNS on the loop instead of in a thread for each name,
 * and caches the results. Lookups of the same name at the same time share one query.
 *
 * The results are those of getaddrinfo(): /etc/hosts, then DNS with the search domains, sorted
 * (RFC 6724). If the system is set up for other sources (nsswitch.conf), the name is looked up by
 * getaddrinfo() itself, in threads that are never waited for. `localhost` and numeric addresses are
 * libcurl's business.
 *
 * Belongs to the thread of its loop. Nothing here suspends, and nothing is shared with other
 * resolvers. */
#ifndef ASYNC_RESOLVER_H
#define ASYNC_RESOLVER_H

#include "async/addresses.h"
#include "async/loop.h"
#include "async/name_service.h"
#include "async/system_resolver.h"

struct resolver;

/* A lookup that has not ended. */
struct resolver_lookup;

/* The end of a lookup. RESULT is 0, and ADDRESSES are borrowed; or it is a negative code, raised
 * with its text, and ADDRESSES is NULL: AF_RESOLVE_ERROR, "Could not resolve host: NAME" (followed
 * by a reason in parentheses unless there is no such name), or -ENOMEM. Called from the loop on the
 * thread's stack, never from within a function of the resolver. It may start and cancel lookups and
 * free the resolver. The lookup is gone. */
typedef void resolver_done(void *arg, int result, struct addresses *addresses);

/* Replacements of the system's files, for tests. NULL and 0 are the system's and the default. All
 * is borrowed as long as the resolver lives. */
struct resolver_options {
    struct name_files files;
    const char *servers;     /* of DNS, in the place of resolv.conf's: "127.0.0.1:5353,..." */
    address_lookup *look_up; /* in the place of getaddrinfo() */
    size_t most_threads;     /* that run it; 64 */
    size_t most_cached;      /* names; 10,000 */
};

/* Makes a resolver; options may be NULL. Opens nothing before the first lookup. -ENOMEM, or
 * -ENOTSUP on a loop with its own poll. The caller owns the resolver, and frees it before the loop
 * is closed. */
int resolver_new(af_loop *loop, const struct resolver_options *options,
                 struct resolver **ret_resolver);

/* Cancels all lookups. Never blocks. NULL is fine. */
void resolver_free(struct resolver *resolver);

/* Looks up HOST, which may end with a dot (no search domains). FAMILY is AF_INET, AF_INET6, or
 * AF_UNSPEC for both as far as the machine can use them.
 * 1: known already; *ret_addresses has a reference of the caller's. 0: DONE will be called, unless
 * *ret_lookup is cancelled before. AF_RESOLVE_ERROR, raised with its text, if there is known to be
 * no such name; -ENOMEM. Addresses are cached for 60 s and names that do not exist for 5 s; other
 * failures are not. While no server answers, addresses of the last day are used for another 60 s.
 * Asking is left to the loop, so that a small stack is enough. */
int resolver_lookup(struct resolver *resolver, const char *host, int family, resolver_done *done,
                    void *arg, struct addresses **ret_addresses,
                    struct resolver_lookup **ret_lookup);

/* DONE is not called, and the lookup is gone. The query may go on, for the cache. NULL is fine. */
void resolver_lookup_cancel(struct resolver_lookup *lookup);

#endif
