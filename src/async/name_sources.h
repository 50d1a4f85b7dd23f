/* The sources of addresses, as the system is configured: /etc/hosts, then DNS; or getaddrinfo(),
 * for names and set-ups that these cannot serve. */
#ifndef ASYNC_NAME_SOURCES_H
#define ASYNC_NAME_SOURCES_H

#include "async/loop.h"
#include "async/name_query.h"
#include "async/name_service.h"
#include "async/system_resolver.h"

struct name_sources;

/* Replacements of the system's, all borrowed as long as the sources live. */
struct name_source_options {
    struct name_files files;
    const char *servers;     /* of DNS, in the place of resolv.conf's; or NULL */
    address_lookup *look_up; /* getaddrinfo() */
    size_t most_threads;     /* that run it */
};

/* Opens nothing before the first query. -ENOMEM. The caller owns the sources, and frees them before
 * the loop is closed. */
int name_sources_new(af_loop *loop, const struct name_source_options *options,
                     struct name_sources **ret_sources);

/* Drops all queries: they are not answered any more. Never blocks. NULL is fine. */
void name_sources_free(struct name_sources *sources);

/* Reads the system's files at first, and every few seconds again if they changed. Has to be called
 * before queries are asked. -ENOMEM, or the code of name_file_open(), as long as nothing was read;
 * later, files that cannot be read now stay as they were. */
int name_sources_update(struct name_sources *sources);

/* Asks for a query's name; its function is called at once or later. The query has to stay in place
 * until then or, while it waits in a list, until it is taken out of that. */
void name_sources_ask(struct name_sources *sources, struct name_query *query);

#endif
