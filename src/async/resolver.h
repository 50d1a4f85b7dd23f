/* Resolver: looks up host names with DNS queries on the loop instead of a thread per name, and
 * caches the results. Concurrent lookups of a name share one query.
 *
 * The results are those of getaddrinfo(): /etc/hosts, then DNS with the search domains, sorted by
 * RFC 6724. If the system is configured for other sources (nsswitch.conf), getaddrinfo() itself is
 * called, in threads that are never waited for. `localhost` and numeric addresses are left to
 * libcurl.
 *
 * Suspends: never; that applies to all functions here.
 * Threads: only the thread of the loop. Resolvers share no state. */
#ifndef ASYNC_RESOLVER_H
#define ASYNC_RESOLVER_H

#include "async/addresses.h"
#include "async/loop.h"
#include "async/name_service.h"
#include "async/system_resolver.h"

struct resolver;

/* A pending lookup. */
struct resolver_lookup;

/* Receives the result of a lookup. RESULT is 0 and ADDRESSES are borrowed, or RESULT is a negative
 * code, raised with its text, and ADDRESSES is NULL: AF_RESOLVE_ERROR, "Could not resolve host:
 * NAME", followed by a reason in parentheses unless the name does not exist, or -ENOMEM. It is
 * called by the loop on the thread's stack, never from within a function of the resolver, and may
 * start and cancel lookups and free the resolver. The lookup is freed already. */
typedef void resolver_done(void *arg, int result, struct addresses *addresses);

/* Replacements of the system's files, for tests. NULL and 0: the system's, and the defaults.
 * Ownership: borrowed as long as the resolver exists. */
struct resolver_options {
    struct name_files files;
    const char *servers;     /* DNS servers instead of those of resolv.conf: "127.0.0.1:5353,..." */
    address_lookup *look_up; /* instead of getaddrinfo() */
    size_t most_threads;     /* maximum of threads that call it; 64 */
    size_t most_cached;      /* maximum of names in the cache; 10,000 */
};

/* Creates a resolver; options may be NULL. Opens no files or sockets before the first lookup.
 * Errors: -ENOMEM; -ENOTSUP on a loop with its own poll.
 * Ownership: the caller owns the resolver, and frees it before the loop is closed. */
int resolver_new(af_loop *loop, const struct resolver_options *options,
                 struct resolver **ret_resolver);

/* Cancels all lookups and frees the resolver. Never blocks. Accepts NULL. */
void resolver_free(struct resolver *resolver);

/* Looks up HOST; a dot at its end disables the search domains. FAMILY is AF_INET, AF_INET6, or
 * AF_UNSPEC for those that the machine can use. Returns 1 and *ret_addresses if they are cached; or
 * 0, and DONE will be called unless *ret_lookup is cancelled before. Addresses are cached for 60 s,
 * names that do not exist for 5 s, and other failures not. While no server answers, addresses that
 * are at most a day old are used for another 60 s. Queries are sent by the loop, so that a
 * coroutine's stack is large enough.
 * Errors: AF_RESOLVE_ERROR, raised with its text, if the name is cached as not existing; -ENOMEM.
 * Ownership: the caller owns the reference to *ret_addresses. */
int resolver_lookup(struct resolver *resolver, const char *host, int family, resolver_done *done,
                    void *arg, struct addresses **ret_addresses,
                    struct resolver_lookup **ret_lookup);

/* Cancels and frees a lookup, whose callback is not called. The query may continue, for the cache.
 * Accepts NULL. */
void resolver_lookup_cancel(struct resolver_lookup *lookup);

#endif
