#include "async/resolver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "async/name_cache.h"
#include "async/name_sources.h"
#include "base/error.h"

/* Seconds. Addresses are cached as long as libcurl caches them. */
static const double CACHE_ADDRESSES = 60, CACHE_FAILURE = 5;

/* Maximum age, in seconds, of addresses used while no server answers (RFC 8767, section 5). */
static const double OLDEST_ADDRESSES = 24 * 60 * 60;

/* Seconds that lookups wait for the answer before they get stale addresses: the client response
 * timer of RFC 8767, section 5. */
static const double PATIENCE = 1.8;

/* Bytes of a DNS name that ends with a dot. */
enum { LONGEST_NAME = 254 };

struct resolver {
    af_loop *loop;
    struct name_cache names;
    struct list unasked;
    struct list answered; /* names whose answer is not delivered yet */

    struct list called; /* lookups of the name whose answer is being delivered */
    struct handle handle;
    bool running, freed;
    struct name_sources *sources;
};

static void on_answer(struct name_query *query, const struct name_answer *answer);
static int run_late(struct handle *handle);
static const struct handle_type late_type = {.run = run_late};

/* ------------------------------------------------------------------- names */

static void schedule(struct resolver *resolver)
{
    if (list_empty(&resolver->handle.link))
        loop_ready(resolver->loop, &resolver->handle);
}

static void ask(struct name *name)
{
    list_append(&name->resolver->unasked, &name->link);
    schedule(name->resolver);
}

/* Starts the renewal of an expired name: queries it again and keeps its addresses, if they are not
 * too old, as stale ones. False if there are none, or on a lack of memory. */
static bool renew(struct name *name)
{
    bool is_old = af_loop_time(name->resolver->loop) > name->found + OLDEST_ADDRESSES;
    if (name->answer.code < 0 || is_old || name_begin_renewal(name, &late_type, PATIENCE) < 0)
        return false;
    ask(name);
    return true;
}

/* Finds a name; NULL if it is unknown, or if it has expired and cannot be renewed. */
static struct name *find_name(struct resolver *resolver, const char *text, int family)
{
    struct name *name = name_cache_find(&resolver->names, text, family);
    if (!name || !name_has_expired(name) || renew(name))
        return name;
    name_forget(name);
    return NULL;
}

/* ----------------------------------------------------------------- answers */

/* Uses stale addresses instead of a failure (RFC 8767): the request may reuse a connection, for
 * which libcurl itself would not have looked up the name. */
static void on_answer(struct name_query *query, const struct name_answer *answer)
{
    struct name *name = container_of(query, struct name, query);
    bool has_failed = answer->code == AF_RESOLVE_ERROR && answer->reason;
    struct addresses *known = name_end_renewal(name);
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

/* Raises the error of an answer. */
static int raise_failure(const char *name, const struct name_answer *answer)
{
    if (answer->code != AF_RESOLVE_ERROR)
        return error_raise_code(answer->code);
    if (answer->reason)
        return af_raise(AF_RESOLVE_ERROR, "Could not resolve host: %s (%s)", name, answer->reason);
    return af_raise(AF_RESOLVE_ERROR, "Could not resolve host: %s", name);
}

/* Calls the lookups in `called`. Each call may cancel others or free the resolver. */
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

/* Moves the lookups of a name to `called`. */
static void take_lookups(struct name *name)
{
    list_for_each (link, &name->lookups)
        container_of(link, struct resolver_lookup, link)->name = NULL;
    list_append_all(&name->resolver->called, &name->lookups);
}

/* Caches or removes the name before the callbacks: a lookup that they start is then a new query. */
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
        name_keep(name, answer.code == 0 ? CACHE_ADDRESSES : CACHE_FAILURE);
    else
        name_forget(name);
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

/* Frees the memory if a callback has called resolver_free(). */
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

/* Passes the stale addresses to all lookups that wait for a renewal, which continues. */
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
        return af_raise(-ENOTSUP, "a loop with its own poll does not support name lookups");
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (!resolver)
        return -ENOMEM;
    resolver->loop = loop;
    list_init(&resolver->unasked);
    list_init(&resolver->answered);
    name_cache_init(&resolver->names, loop, options->most_cached ?: 10000);
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
    name_cache_free(&resolver->names);
    resolver->freed = true;
    if (!resolver->running)
        free(resolver);
}

/* ----------------------------------------------------------------- lookups */

/* Copies a name in lower case, independent of the locale. False if it is empty or too long for a
 * name. */
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
        int r = name_cache_add(&resolver->names, text, family, &name);
        if (r < 0)
            return r;
        name->resolver = resolver;
        name->query.answered = on_answer;
        ask(name);
    }
    lookup->name = name;
    list_append(&name->lookups, &lookup->link);
    return 0;
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
    struct addresses *known = name ? name_known_addresses(name) : NULL;
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

/* Cancels the renewal of a name, which stays cached and expired. */
static void cancel_renewal(struct name *name)
{
    list_remove(&name->link);
    list_remove(&name->query.link);
    name->answer.addresses = name_end_renewal(name);
    name_keep(name, 0);
}

/* Withdraws the query for a name without lookups, unless it was sent already. */
static void withdraw(struct name *name)
{
    if (list_empty(&name->link) && list_empty(&name->query.link))
        return;
    if (name->renewal)
        cancel_renewal(name);
    else
        name_forget(name);
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
