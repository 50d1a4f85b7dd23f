#include "http/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/time_limits.h"

/* Puts ENTRY in front: the order of those to forget does not matter. */
static void forget_in_pump(af_client *client, size_t pump, const char *entry)
{
    struct curl_slist *first = curl_slist_append(NULL, entry);
    if (!first)
        return; /* libcurl remembers it */
    first->next = client->stale[pump];
    client->stale[pump] = first;
}

/* True if the addresses of an origin may be in this pump. */
static bool is_given(const struct origin *origin, size_t pump)
{
    return origin && origin->given && (pump == origin->pump || origin->loads);
}

/* http://h:443 and https://h:443 share an entry in libcurl, which goes with the last one of them.
 */
void names_forget(const struct origin *origin, void *arg)
{
    af_client *client = arg;
    char host[ORIGIN_SIZE], entry[ORIGIN_SIZE + 1];
    if (!origin->given || !client->stale)
        return;
    const struct origin *other = origins_find_other_scheme(&client->origins, origin);
    origin_write_host_and_port(origin, host);
    snprintf(entry, sizeof entry, "-%s", host);
    for (size_t i = 0; i < client->pump_limit; i++)
        if (is_given(origin, i) && !is_given(other, i))
            forget_in_pump(client, i, entry);
}

int names_list(af_client *client, struct transfer *transfer)
{
    struct origin *origin = transfer->origin;
    if (!transfer->addresses)
        return 0;
    bool is_first = transfer->pump_index == origin->pump;
    if (is_first && origin->given == transfer->addresses)
        return 0;
    char host[ORIGIN_SIZE], *entry;
    origin_write_host_and_port(origin, host);
    if (asprintf(&entry, "%s:%s", host, transfer->addresses->text) < 0)
        return -ENOMEM;
    struct curl_slist **stale = &client->stale[transfer->pump_index];
    struct curl_slist *longer = curl_slist_append(*stale, entry);
    free(entry);
    if (!longer)
        return -ENOMEM;
    transfer->resolve = longer;
    *stale = NULL;
    if (is_first) {
        addresses_unref(origin->given);
        origin->given = addresses_ref(transfer->addresses);
    }
    return 0;
}

void names_unlist(struct transfer *transfer)
{
    struct origin *origin = transfer->origin;
    bool was_read = transfer->sent || transfer->connecting;
    if (transfer->resolve && !was_read && origin->given == transfer->addresses) {
        addresses_unref(origin->given);
        origin->given = NULL;
    }
    curl_slist_free_all(transfer->resolve);
    transfer->resolve = NULL;
}

/* The addresses that --resolve gives an origin, borrowed; NULL: none. */
static struct addresses *find_given(const af_client *client, const struct origin *origin)
{
    char host[ORIGIN_SIZE];
    if (client->settings.given.count == 0)
        return NULL;
    origin_write_host_and_port(origin, host);
    return resolve_list_find(&client->settings.given, host);
}

int names_look_up(af_client *client, struct transfer *transfer, resolver_done *found)
{
    static const int families[] = {[0] = AF_UNSPEC, [4] = AF_INET, [6] = AF_INET6};
    char host[ORIGIN_SIZE];
    if (!client->resolver || !transfer->origin)
        return 1;
    struct addresses *given = find_given(client, transfer->origin);
    if (given)
        transfer->addresses = addresses_ref(given);
    if (given || !transfer->origin->has_name)
        return 1;
    origin_write_host(transfer->origin, host);
    int r = resolver_lookup(client->resolver, host, families[client->settings.options.ip_version],
                            found, transfer, &transfer->addresses, &transfer->lookup);
    if (r != 0)
        return r;
    list_append(&client->active, &transfer->link);
    return time_limits_lookup(transfer);
}
