/* The names of a resolver: those that are looked up, and those whose answers are cached. */
#ifndef ASYNC_NAME_CACHE_H
#define ASYNC_NAME_CACHE_H

#include "async/loop.h"
#include "async/name_query.h"

struct resolver;

/* The query for a name that had addresses. */
struct renewal {
    struct timer timer; /* after which they are used */
    struct name *name;
    struct addresses *addresses;
    bool is_late; /* the timer has run */
};

struct name {
    struct list link; /* in a list of the cache or the resolver, or in none while it is asked for */
    struct name_cache *cache;
    struct resolver *resolver;
    struct list lookups; /* that wait for its answer */
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
    struct name *name; /* NULL once its answer is being delivered */
    void (*done)(void *arg, int result, struct addresses *addresses); /* a resolver_done */
    void *arg;
};

struct name_cache {
    af_loop *loop;
    size_t most;
    void *tree;         /* tsearch()'s, of name_query: all names */
    struct list cached; /* the oldest first */
    size_t count;       /* of those */
};

/* At most MOST names are cached. */
void name_cache_init(struct name_cache *cache, af_loop *loop, size_t most);

/* Frees all names with their lookups, which are not called. */
void name_cache_free(struct name_cache *cache);

/* The name, or NULL if nothing is known of it. */
struct name *name_cache_find(struct name_cache *cache, const char *text, int family);

/* Adds a name that is not there, and in no list. -ENOMEM. */
int name_cache_add(struct name_cache *cache, const char *text, int family, struct name **ret_name);

/* Keeps a name with its answer, and may forget the oldest. */
void name_keep(struct name *name, double seconds);

/* Frees a name. */
void name_forget(struct name *name);

/* True if the name is cached and its time is over. */
bool name_has_expired(const struct name *name);

/* Moves the addresses of a cached name to its renewal; it is in no list then. Runs a timer of TYPE
 * after SECONDS. -ENOMEM. */
int name_begin_renewal(struct name *name, const struct handle_type *type, double seconds);

/* Returns the addresses that the name had, which are the caller's; NULL: it is not renewed. */
struct addresses *name_end_renewal(struct name *name);

/* The addresses that can be used without waiting, borrowed, or NULL. */
struct addresses *name_known_addresses(const struct name *name);

/* Frees lookups that are not called any more. */
void free_lookups(struct list *lookups);

#endif
