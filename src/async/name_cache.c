#include "async/name_cache.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *first, const void *second)
{
    const struct name_query *a = first, *b = second;
    return a->family != b->family ? a->family - b->family : strcmp(a->name, b->name);
}

void free_lookups(struct list *lookups)
{
    struct list *link;
    while ((link = list_pop(lookups)))
        free(container_of(link, struct resolver_lookup, link));
}

static void name_free(struct name *name)
{
    free_lookups(&name->lookups);
    addresses_unref(name->answer.addresses);
    addresses_unref(name_end_renewal(name));
    free(name);
}

static void free_node(void *query)
{
    name_free(container_of(query, struct name, query));
}

/* ------------------------------------------------------------------- cache */

void name_cache_init(struct name_cache *cache, af_loop *loop, size_t most)
{
    *cache = (struct name_cache){.loop = loop, .most = most};
    list_init(&cache->cached);
}

void name_cache_free(struct name_cache *cache)
{
    tdestroy(cache->tree, free_node);
}

struct name *name_cache_find(struct name_cache *cache, const char *text, int family)
{
    struct name_query key = {.name = text, .family = family};
    struct name_query **node = tfind(&key, &cache->tree, compare_names);
    return node ? container_of(*node, struct name, query) : NULL;
}

int name_cache_add(struct name_cache *cache, const char *text, int family, struct name **ret_name)
{
    size_t size = strlen(text) + 1;
    struct name *name = calloc(1, sizeof *name + size);
    if (!name)
        return -ENOMEM;
    memcpy(name->text, text, size);
    name->cache = cache;
    name->query.name = name->text;
    name->query.family = family;
    if (!tsearch(&name->query, &cache->tree, compare_names)) {
        free(name);
        return -ENOMEM;
    }
    list_init(&name->link);
    list_init(&name->lookups);
    list_init(&name->query.link);
    *ret_name = name;
    return 0;
}

void name_keep(struct name *name, double seconds)
{
    struct name_cache *cache = name->cache;
    name->expires = af_loop_time(cache->loop) + seconds;
    name->cached = true;
    list_append(&cache->cached, &name->link);
    if (++cache->count > cache->most)
        name_forget(container_of(cache->cached.next, struct name, link));
}

static void uncache(struct name *name)
{
    list_remove(&name->link);
    if (name->cached)
        name->cache->count--;
    name->cached = false;
}

void name_forget(struct name *name)
{
    tdelete(&name->query, &name->cache->tree, compare_names);
    list_remove(&name->query.link);
    uncache(name);
    name_free(name);
}

bool name_has_expired(const struct name *name)
{
    return name->cached && name->expires <= af_loop_time(name->cache->loop);
}

/* ----------------------------------------------------------------- renewal */

int name_begin_renewal(struct name *name, const struct handle_type *type, double seconds)
{
    af_loop *loop = name->cache->loop;
    struct renewal *renewal = malloc(sizeof *renewal);
    if (!renewal)
        return -ENOMEM;
    *renewal = (struct renewal){.name = name, .addresses = name->answer.addresses};
    timer_init(&renewal->timer, type);
    if (timers_add(&loop->timers, &renewal->timer, af_loop_time(loop) + seconds) < 0) {
        free(renewal);
        return -ENOMEM;
    }
    name->answer = (struct name_answer){0};
    name->renewal = renewal;
    uncache(name);
    return 0;
}

struct addresses *name_end_renewal(struct name *name)
{
    struct renewal *renewal = name->renewal;
    if (!renewal)
        return NULL;
    struct addresses *addresses = renewal->addresses;
    timer_stop(name->cache->loop, &renewal->timer);
    free(renewal);
    name->renewal = NULL;
    return addresses;
}

struct addresses *name_known_addresses(const struct name *name)
{
    if (name->renewal && name->renewal->is_late)
        return name->renewal->addresses;
    return name->cached ? name->answer.addresses : NULL;
}
