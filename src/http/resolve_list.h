/* The entries of --resolve: addresses that hosts are given instead of their own. */
#ifndef HTTP_RESOLVE_LIST_H
#define HTTP_RESOLVE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "async/addresses.h"

struct resolve_list {
    struct resolve_entry *entries; /* sorted by host and port */
    size_t count;
    bool has_wildcard; /* an entry is for the host "*" */
};

/* Parses TEXTS, each "[+]HOST:PORT:ADDRESS[,ADDRESS]..."; NULL is fine. Of several for one host and
 * port the last one holds. A '+' changes nothing: each request would renew what it lets expire.
 * -ENOMEM; the list, all zero before, may be freed all the same. */
int resolve_list_init(struct resolve_list *list, const char *const *texts);
void resolve_list_free(struct resolve_list *list);

/* Returns the addresses of HOST, "example.com:443", in any case, borrowed; NULL: it has none. Takes
 * the logarithm of the number of entries. */
struct addresses *resolve_list_find(const struct resolve_list *list, const char *host);

#endif
