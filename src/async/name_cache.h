/* Names of a resolver: those that are being looked up, and those whose answers are cached. */
#ifndef ASYNC_NAME_CACHE_H
#define ASYNC_NAME_CACHE_H

#include "async/loop.h"
#include "async/name_query.h"

struct resolver;

/* A query for a name whose addresses have expired. They are kept, and are called stale then. */
struct renewal {
    struct timer timer; /* after which the stale addresses are used */
    struct name *name;
    struct addresses *addresses;
    bool is_late; /* the timer has run */
};

/* A name that is being looked up or cached. */
struct name {
    struct list link; /* in a list of the cache or the resolver; unlinked while it is queried */
    struct name_cache *cache;
    struct resolver *resolver;
    struct list lookups; /* that wait for the answer */
    struct name_query query;
    bool cached;
    struct name_answer answer;
    double expires;
    struct renewal *renewal; /* or NULL */
    double found;            /* time of the latest answer with addresses */
    char text[];
};

struct resolver_lookup {
    struct list link;
    struct name *name; /* NULL while its answer is delivered */
    void (*done)(void *arg, int result, struct addresses *addresses); /* a resolver_done */
    void *arg;
};

struct name_cache {
    af_loop *loop;
    size_t most;
    void *tree;         /* of tsearch(), with the name_query of all names */
    struct list cached; /* the oldest first */
    size_t count;       /* of cached names */
};

/* Initializes a cache of at most MOST names. */
void name_cache_init(struct name_cache *cache, af_loop *loop, size_t most);

/* Frees all names and their lookups, without calling the callbacks. */
void name_cache_free(struct name_cache *cache);

/* Returns the name, or NULL if it is not there. */
struct name *name_cache_find(struct name_cache *cache, const char *text, int family);

/* Adds a name that is not there yet. It is in no list.
 * Errors: -ENOMEM.
 * Ownership: the cache owns the name. */
int name_cache_add(struct name_cache *cache, const char *text, int family, struct name **ret_name);

/* Caches a name with its answer for SECONDS. If the cache is full, removes the name that was cached
 * first. */
void name_keep(struct name *name, double seconds);

/* Removes a name from the cache and frees it and its lookups, without calling the callbacks. */
void name_forget(struct name *name);

/* True if the name is cached and has expired. */
bool name_has_expired(const struct name *name);

/* Starts the renewal of a cached name: moves its addresses to the renewal, removes it from its
 * list, and starts a timer of TYPE for SECONDS. Errors: -ENOMEM. */
int name_begin_renewal(struct name *name, const struct handle_type *type, double seconds);

/* Ends the renewal of a name and returns the stale addresses; NULL if there is no renewal.
 * Ownership: the caller owns the reference. */
struct addresses *name_end_renewal(struct name *name);

/* Returns the addresses that can be used without waiting, or NULL.
 * Ownership: borrowed. */
struct addresses *name_known_addresses(const struct name *name);

/* Frees lookups without calling them. */
void free_lookups(struct list *lookups);

#endif
