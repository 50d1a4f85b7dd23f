/* Sources of addresses, by the system's configuration: /etc/hosts, then DNS; or getaddrinfo(), for
 * names and configurations that these do not support. */
#ifndef ASYNC_NAME_SOURCES_H
#define ASYNC_NAME_SOURCES_H

#include "async/loop.h"
#include "async/name_query.h"
#include "async/name_service.h"
#include "async/system_resolver.h"

struct name_sources;

/* Files, servers and function of the sources.
 * Ownership: borrowed as long as the sources exist. */
struct name_source_options {
    struct name_files files;
    const char *servers;     /* DNS servers instead of those of resolv.conf; or NULL */
    address_lookup *look_up; /* getaddrinfo() */
    size_t most_threads;     /* maximum of threads that call it */
};

/* Creates the sources. Opens no files or sockets before the first update or query.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the sources, and frees them before the loop is closed. */
int name_sources_new(af_loop *loop, const struct name_source_options *options,
                     struct name_sources **ret_sources);

/* Drops all queries, which are not answered any more. Never blocks. Accepts NULL. */
void name_sources_free(struct name_sources *sources);

/* Reads the system's files the first time, and again if they changed, which is checked every few
 * seconds. Must be called before name_sources_ask(). If changed files cannot be read at the moment,
 * the previous configuration remains.
 * Errors: until the files have been read once, -ENOMEM and those of name_file_open(). */
int name_sources_update(struct name_sources *sources);

/* Looks up the name of a query. The answer comes from a callback of the loop or from within this
 * call. The query must stay valid until it is answered or, while it waits in a list, removed from
 * that list. */
void name_sources_ask(struct name_sources *sources, struct name_query *query);

#endif
