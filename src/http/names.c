#include "http/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/connect_to.h"
#include "http/time_limits.h"
#include "http/transfer.h"

/* --------------------------------------------------------------- which name */

/* Writes the host and port that libcurl looks up for an origin, "example.com:443". */
static void write_host_and_port(const struct origin *origin, char host[ORIGIN_SIZE])
{
    if (origin->connected)
        strcpy(host, origin->connected); /* route_to() bounds it */
    else
        origin_write_host_and_port(origin, host);
}

/* Lets the origin's connections go to HOST, "proxy.example:3128", in any case. -ENOMEM. */
static int route_to(struct origin *origin, const char *host)
{
    char url[ORIGIN_SIZE + 8], other[ORIGIN_SIZE];
    snprintf(url, sizeof url, "http://%s", host);
    int r = url_origin(url, other);
    if (r == -EINVAL) {
        origin->has_name = false; /* libcurl refuses it, or knows better */
        return 0;
    }
    if (r < 0)
        return r;
    origin->connected = strdup(strstr(other, "://") + strlen("://"));
    if (!origin->connected)
        return -ENOMEM;
    origin->has_name = url_host_is_name(origin->connected);
    return 0;
}

/* Finds out once which name an origin's requests need. A proxy's alone, which is given the name of
 * the target; but SOCKS proxies with an address of their own may need the target's. */
static int find_route(const struct settings *settings, struct origin *origin)
{
    char own[ORIGIN_SIZE], host[ORIGIN_SIZE];
    const struct proxy *proxy;
    if (origin->is_routed || !settings_redirect_names(settings))
        return 0;
    int r = proxies_find(&settings->proxies, origin->name, &proxy);
    if (r < 0)
        return r;
    origin_write_host_and_port(origin, own);
    origin->by_proxy = proxy && !proxy->is_local_socks;
    if (origin->by_proxy)
        r = route_to(origin, proxy->host);
    else if (connect_to_find(settings->connect_to, own, host))
        r = route_to(origin, host);
    origin->is_routed = r >= 0;
    return r;
}

/* --------------------------------------------------------------- forgetting */

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

/* True if libcurl's entry is for another host, which it shares with other origins; there are as few
 * as options name. */
static bool is_shared(const struct origin *origin)
{
    char host[ORIGIN_SIZE];
    origin_write_host(origin, host);
    size_t length = strlen(host);
    return origin->connected &&
           (strncmp(origin->connected, host, length) != 0 || origin->connected[length] != ':');
}

/* http://h:443 and https://h:443 share an entry in libcurl, which goes with the last one of them.
 */
void names_forget(const struct origin *origin, void *arg)
{
    af_client *client = arg;
    char host[ORIGIN_SIZE], entry[ORIGIN_SIZE + 1];
    if (!origin->given || !client->stale || is_shared(origin))
        return;
    const struct origin *other = origins_find_other_scheme(&client->origins, origin);
    write_host_and_port(origin, host);
    snprintf(entry, sizeof entry, "-%s", host);
    for (size_t i = 0; i < client->pump_limit; i++)
        if (is_given(origin, i) && !is_given(other, i))
            forget_in_pump(client, i, entry);
}

/* ------------------------------------------------------------------ giving */

int names_list(af_client *client, struct transfer *transfer)
{
    struct origin *origin = transfer->origin;
    if (!transfer->addresses)
        return 0;
    bool is_first = transfer->pump_index == origin->pump;
    if (is_first && origin->given == transfer->addresses)
        return 0;
    char host[ORIGIN_SIZE], *entry;
    write_host_and_port(origin, host);
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

/* --------------------------------------------------------------- looking up */

/* The addresses that --resolve gives an origin, borrowed; NULL: none. */
static struct addresses *find_given(const af_client *client, const struct origin *origin)
{
    char host[ORIGIN_SIZE];
    if (client->settings.given.count == 0)
        return NULL;
    write_host_and_port(origin, host);
    return resolve_list_find(&client->settings.given, host);
}

int names_look_up(af_client *client, struct transfer *transfer, resolver_done *found)
{
    static const int families[] = {[0] = AF_UNSPEC, [4] = AF_INET, [6] = AF_INET6};
    char host[ORIGIN_SIZE];
    if (!client->resolver || !transfer->origin)
        return 1;
    int r = find_route(&client->settings, transfer->origin);
    if (r < 0)
        return r;
    struct addresses *given = find_given(client, transfer->origin);
    if (given)
        transfer->addresses = addresses_ref(given);
    if (given || !transfer->origin->has_name)
        return 1;
    write_host_and_port(transfer->origin, host);
    *strrchr(host, ':') = '\0';
    r = resolver_lookup(client->resolver, host, families[client->settings.options.ip_version],
                        found, transfer, &transfer->addresses, &transfer->lookup);
    if (r != 0)
        return r;
    list_append(&client->active, &transfer->link);
    return time_limits_lookup(transfer);
}

CURLcode names_explain(const struct transfer *transfer, int r)
{
    if (!transfer->origin->by_proxy)
        return CURLE_COULDNT_RESOLVE_HOST;
    const char *text = af_error_text(af_raised(r)), *host = strstr(text, ": ");
    if (host)
        af_raise(r, "Could not resolve proxy%s", host);
    return CURLE_COULDNT_RESOLVE_PROXY;
}
