#include "async/resolver.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "async/name_sources.h"
#include "base/error.h"

/* Seconds. Addresses are cached as long as libcurl does it. */
static const double CACHE_ADDRESSES = 60, CACHE_FAILURE = 5;

/* Seconds for which addresses may be used while no server answers (RFC 8767, 5). */
static const double OLDEST_ADDRESSES = 24 * 60 * 60;

/* Seconds after which they are used while the answer is waited for (RFC 8767, 5). */
static const double PATIENCE = 1.8;

/* Of a name in DNS, with a dot at its end. */
enum { LONGEST_NAME = 254 };

struct resolver {
    af_loop *loop;
    size_t most_cached;

    void *names; /* tsearch()'s tree of name_query: all that follow */
    struct list unasked;
    struct list answered; /* not delivered */
    struct list cached;   /* the oldest first */
    size_t cached_count;

    struct list called; /* the lookups of a name whose answer is being delivered */
    struct handle handle;
    bool running, freed;
    struct name_sources *sources;
};

/* The query for a name that had addresses. */
struct renewal {
    struct timer timer; /* of PATIENCE */
    struct name *name;
    struct addresses *addresses;
    bool is_late; /* they are used */
};

/* A name that is looked up or cached. */
struct name {
    struct list link; /* in one of the resolver's lists, or in none while it is asked for */
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
    resolver_done *done;
    void *arg;
};

static void on_answer(struct name_query *query, const struct name_answer *answer);
static int run_late(struct handle *handle);
static const struct handle_type late_type = {.run = run_late};

/* ------------------------------------------------------------------- names */

static int compare_names(const void *first, const void *second)
{
    const struct name_query *a = first, *b = second;
    return a->family != b->family ? a->family - b->family : strcmp(a->name, b->name);
}

static int name_new(struct resolver *resolver, const char *text, int family, struct name **ret_name)
{
    size_t size = strlen(text) + 1;
    struct name *name = calloc(1, sizeof *name + size);
    if (!name)
        return -ENOMEM;
    memcpy(name->text, text, size);
    name->resolver = resolver;
    name->query.name = name->text;
    name->query.family = family;
    name->query.answered = on_answer;
    if (!tsearch(&name->query, &resolver->names, compare_names)) {
        free(name);
        return -ENOMEM;
    }
    list_init(&name->link);
    list_init(&name->lookups);
    list_init(&name->query.link);
    *ret_name = name;
    return 0;
}

static void free_lookups(struct list *lookups)
{
    struct list *link;
    while ((link = list_pop(lookups)))
        free(container_of(link, struct resolver_lookup, link));
}

/* Returns the addresses that the name had, which are the caller's. */
static struct addresses *end_renewal(struct name *name)
{
    struct renewal *renewal = name->renewal;
    if (!renewal)
        return NULL;
    struct addresses *addresses = renewal->addresses;
    timer_stop(name->resolver->loop, &renewal->timer);
    free(renewal);
    name->renewal = NULL;
    return addresses;
}

static void name_free(struct name *name)
{
    free_lookups(&name->lookups);
    addresses_unref(name->answer.addresses);
    addresses_unref(end_renewal(name));
    free(name);
}

static void free_node(void *query)
{
    name_free(container_of(query, struct name, query));
}

static void forget(struct name *name)
{
    struct resolver *resolver = name->resolver;
    tdelete(&name->query, &resolver->names, compare_names);
    list_remove(&name->link);
    list_remove(&name->query.link);
    if (name->cached)
        resolver->cached_count--;
    name_free(name);
}

static void cache(struct name *name, double seconds)
{
    struct resolver *resolver = name->resolver;
    name->expires = af_loop_time(resolver->loop) + seconds;
    name->cached = true;
    list_append(&resolver->cached, &name->link);
    if (++resolver->cached_count > resolver->most_cached)
        forget(container_of(resolver->cached.next, struct name, link));
}

static void schedule(struct resolver *resolver)
{
    if (list_empty(&resolver->handle.link))
        loop_ready(resolver->loop, &resolver->handle);
}

/* Moves the addresses of a name to its renewal. -ENOMEM. */
static int begin_renewal(struct name *name)
{
    af_loop *loop = name->resolver->loop;
    struct renewal *renewal = malloc(sizeof *renewal);
    if (!renewal)
        return -ENOMEM;
    *renewal = (struct renewal){.name = name};
    timer_init(&renewal->timer, &late_type);
    if (timers_add(&loop->timers, &renewal->timer, af_loop_time(loop) + PATIENCE) < 0) {
        free(renewal);
        return -ENOMEM;
    }
    renewal->addresses = name->answer.addresses;
    name->answer = (struct name_answer){0};
    name->renewal = renewal;
    return 0;
}

/* Asks again for a name whose addresses were cached too long ago. -ENOMEM. */
static int renew(struct name *name)
{
    struct resolver *resolver = name->resolver;
    int r = begin_renewal(name);
    if (r < 0)
        return r;
    list_remove(&name->link);
    name->cached = false;
    resolver->cached_count--;
    list_append(&resolver->unasked, &name->link);
    schedule(resolver);
    return 0;
}

/* The name, or NULL if nothing is known of it. */
static struct name *find_name(struct resolver *resolver, const char *text, int family)
{
    struct name_query key = {.name = text, .family = family};
    struct name_query **node = tfind(&key, &resolver->names, compare_names);
    if (!node)
        return NULL;
    struct name *name = container_of(*node, struct name, query);
    if (!name->cached || name->expires > af_loop_time(resolver->loop))
        return name;
    bool is_old = af_loop_time(resolver->loop) > name->found + OLDEST_ADDRESSES;
    if (name->answer.code == 0 && !is_old && renew(name) >= 0)
        return name;
    forget(name);
    return NULL;
}

/* ----------------------------------------------------------------- answers */

/* Addresses that the name had are better than a failure (RFC 8767): a request may go over a
 * connection that stands, for which libcurl would not have asked. */
static void on_answer(struct name_query *query, const struct name_answer *answer)
{
    struct name *name = container_of(query, struct name, query);
    bool has_failed = answer->code == AF_RESOLVE_ERROR && answer->reason;
    struct addresses *known = end_renewal(name);
    name->answer = *answer;
    if (answer->code == 0)
        name->found = af_loop_time(name->resolver->loop);
    if (has_failed && known)
        name->answer = (struct name_answer){.addresses = known};
    else
        addresses_unref(known);
    list_append(&name->resolver->answered, &name->link);
    schedule(name->resolver);
}

/* Raises the failure of an answer. */
static int raise_failure(const char *name, const struct name_answer *answer)
{
    if (answer->code != AF_RESOLVE_ERROR)
        return error_raise_code(answer->code);
    if (answer->reason)
        return af_raise(AF_RESOLVE_ERROR, "Could not resolve host: %s (%s)", name, answer->reason);
    return af_raise(AF_RESOLVE_ERROR, "Could not resolve host: %s", name);
}

/* Calls those that wait, each of which may cancel others or free the resolver. */
static void call_lookups(struct resolver *resolver, const char *name,
                         const struct name_answer *answer)
{
    struct list *link;
    while ((link = list_pop(&resolver->called))) {
        struct resolver_lookup lookup = *container_of(link, struct resolver_lookup, link);
        free(container_of(link, struct resolver_lookup, link));
        int r = answer->code < 0 ? raise_failure(name, answer) : 0;
        lookup.done(lookup.arg, r, answer->addresses);
    }
}

/* Takes the lookups of a name, which are called next. */
static void take_lookups(struct name *name)
{
    list_for_each (link, &name->lookups)
        container_of(link, struct resolver_lookup, link)->name = NULL;
    list_append_all(&name->resolver->called, &name->lookups);
}

/* Caches the answer or forgets it before anybody is called: a new lookup is a new query then. */
static void deliver(struct name *name)
{
    struct resolver *resolver = name->resolver;
    struct name_answer answer = name->answer;
    char text[LONGEST_NAME + 1];
    strcpy(text, name->text);
    take_lookups(name);
    if (answer.addresses)
        addresses_ref(answer.addresses);
    if (answer.code == 0 || answer.final)
        cache(name, answer.code == 0 ? CACHE_ADDRESSES : CACHE_FAILURE);
    else
        forget(name);
    call_lookups(resolver, text, &answer);
    addresses_unref(answer.addresses);
}

/* ----------------------------------------------------------------- queries */

static void ask_all(struct resolver *resolver)
{
    if (list_empty(&resolver->unasked))
        return;
    int r = name_sources_update(resolver->sources);
    struct name_answer failure = name_answer_of_error(r);
    struct list *link;
    while ((link = list_pop(&resolver->unasked))) {
        struct name *name = container_of(link, struct name, link);
        if (r >= 0)
            name_sources_ask(resolver->sources, &name->query);
        else
            on_answer(&name->query, &failure);
    }
}

/* The resolver may have been freed by those that were called. */
static void end_running(struct resolver *resolver)
{
    resolver->running = false;
    if (resolver->freed)
        free(resolver);
}

static int run(struct handle *handle)
{
    struct resolver *resolver = container_of(handle, struct resolver, handle);
    struct list *link;
    resolver->running = true;
    ask_all(resolver);
    while (!resolver->freed && (link = list_pop(&resolver->answered)))
        deliver(container_of(link, struct name, link));
    end_running(resolver);
    return 0;
}

/* Gives the addresses that a name had to all that wait for its renewal, which goes on. */
static int run_late(struct handle *handle)
{
    struct renewal *renewal =
        container_of(container_of(handle, struct timer, handle), struct renewal, timer);
    struct resolver *resolver = renewal->name->resolver;
    struct name_answer answer = {.addresses = addresses_ref(renewal->addresses)};
    renewal->is_late = true;
    resolver->running = true;
    take_lookups(renewal->name);
    call_lookups(resolver, "", &answer);
    addresses_unref(answer.addresses);
    end_running(resolver);
    return 0;
}

static const struct handle_type run_type = {.run = run};

/* ---------------------------------------------------------------- resolver */

static int open_sources(struct resolver *resolver, const struct resolver_options *options)
{
    const struct name_source_options ours = {
        .files = {.hosts = options->files.hosts ?: "/etc/hosts",
                  .nsswitch = options->files.nsswitch ?: "/etc/nsswitch.conf",
                  .resolv_conf = options->files.resolv_conf ?: "/etc/resolv.conf",
                  .gai_conf = options->files.gai_conf ?: "/etc/gai.conf"},
        .servers = options->servers,
        .look_up = options->look_up ?: getaddrinfo,
        .most_threads = options->most_threads ?: 64,
    };
    return name_sources_new(resolver->loop, &ours, &resolver->sources);
}

int resolver_new(af_loop *loop, const struct resolver_options *options,
                 struct resolver **ret_resolver)
{
    static const struct resolver_options defaults;
    if (!options)
        options = &defaults;
    if (!loop->ev)
        return af_raise(-ENOTSUP, "a loop with its own poll looks up no names");
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver)
        return -ENOMEM;
    resolver->loop = loop;
    resolver->most_cached = options->most_cached ?: 10000;
    list_init(&resolver->unasked);
    list_init(&resolver->answered);
    list_init(&resolver->cached);
    list_init(&resolver->called);
    handle_init(&resolver->handle, &run_type);
    int r = open_sources(resolver, options);
    if (r < 0) {
        resolver_free(resolver);
        return r;
    }
    *ret_resolver = resolver;
    return 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    handle_cancel(&resolver->handle);
    name_sources_free(resolver->sources);
    free_lookups(&resolver->called);
    tdestroy(resolver->names, free_node);
    resolver->freed = true;
    if (!resolver->running)
        free(resolver);
}

/* ----------------------------------------------------------------- lookups */

/* Copies a name in lower case, whatever the locale. False if its length is none of a name. */
static bool to_lower(const char *text, char lower[LONGEST_NAME + 1])
{
    size_t length = strlen(text);
    if (length == 0 || length > LONGEST_NAME)
        return false;
    for (size_t i = 0; i <= length; i++)
        lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 'a' - 'A') : text[i];
    return true;
}

static int add_lookup(struct resolver *resolver, const char *text, int family,
                      struct resolver_lookup *lookup)
{
    struct name *name = find_name(resolver, text, family);
    if (!name) {
        int r = name_new(resolver, text, family, &name);
        if (r < 0)
            return r;
        list_append(&resolver->unasked, &name->link);
        schedule(resolver);
    }
    lookup->name = name;
    list_append(&name->lookups, &lookup->link);
    return 0;
}

/* The addresses that can be used without waiting, borrowed, or NULL. */
static struct addresses *find_known(const struct name *name)
{
    if (name->renewal && name->renewal->is_late)
        return name->renewal->addresses;
    return name->cached ? name->answer.addresses : NULL;
}

int resolver_lookup(struct resolver *resolver, const char *host, int family, resolver_done *done,
                    void *arg, struct addresses **ret_addresses,
                    struct resolver_lookup **ret_lookup)
{
    char text[LONGEST_NAME + 1];
    if (!to_lower(host, text))
        return af_raise(AF_RESOLVE_ERROR, "Could not resolve host: %.300s", host);
    struct name *name = find_name(resolver, text, family);
    if (name && name->cached && name->answer.code < 0)
        return raise_failure(text, &name->answer);
    struct addresses *known = name ? find_known(name) : NULL;
    if (known) {
        *ret_addresses = addresses_ref(known);
        return 1;
    }
    struct resolver_lookup *lookup = malloc(sizeof *lookup);
    if (!lookup)
        return -ENOMEM;
    *lookup = (struct resolver_lookup){.done = done, .arg = arg};
    int r = add_lookup(resolver, text, family, lookup);
    if (r < 0) {
        free(lookup);
        return r;
    }
    *ret_lookup = lookup;
    return 0;
}

/* Takes back the renewal of a name, which stays expired. */
static void cancel_renewal(struct name *name)
{
    list_remove(&name->link);
    list_remove(&name->query.link);
    name->answer.addresses = end_renewal(name);
    cache(name, 0);
}

/* A name that nobody waits for is not asked for, unless it was already. */
static void withdraw(struct name *name)
{
    if (list_empty(&name->link) && list_empty(&name->query.link))
        return;
    if (name->renewal)
        cancel_renewal(name);
    else
        forget(name);
}

void resolver_lookup_cancel(struct resolver_lookup *lookup)
{
    if (!lookup)
        return;
    struct name *name = lookup->name;
    list_remove(&lookup->link);
    free(lookup);
    if (name && list_empty(&name->lookups))
        withdraw(name);
}
