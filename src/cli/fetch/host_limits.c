#include "cli/fetch/host_limits.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fingerprint_set.h"

enum { FIRST_BUCKETS = 64 };

void hosts_init(struct hosts *hosts, const struct options *options)
{
    *hosts = (struct hosts){.options = options};
}

static void host_free(struct host *host)
{
    list_remove(&host->link);
    af_lock_free(host->queue);
    af_semaphore_free(host->slots);
    af_rate_limiter_free(host->limiter);
    free(host);
}

static int host_new(const struct options *options, const char *name, struct host **ret_host)
{
    size_t size = strlen(name) + 1;
    struct host *host = calloc(1, sizeof *host + size);
    if (!host)
        return -ENOMEM;
    list_init(&host->link);
    memcpy(host->name, name, size);
    const struct rate *rate = &options->rate_per_host;
    int r = af_lock_new(&host->queue);
    if (r >= 0 && options->per_host > 0)
        r = af_semaphore_new((size_t)options->per_host, &host->slots);
    if (r >= 0)
        r = rate->count > 0 ? af_rate_limiter_new(rate->count, rate->period, &host->limiter)
                            : af_rate_limiter_new(AF_FOREVER, 1, &host->limiter);
    if (r < 0) {
        host_free(host);
        return r;
    }
    *ret_host = host;
    return 0;
}

static struct list *find_bucket(const struct hosts *hosts, const char *name)
{
    struct fingerprint fingerprint = fingerprint_add(fingerprint_begin(), name, strlen(name));
    return &hosts->buckets[fingerprint.hash.halves[0] & (hosts->bucket_count - 1)];
}

static void drop_idle(struct hosts *hosts)
{
    for (size_t i = 0; i < hosts->bucket_count; i++)
        list_for_each (link, &hosts->buckets[i]) {
            struct host *host = container_of(link, struct host, link);
            if (host->users > 0 || af_rate_limiter_locked(host->limiter))
                continue;
            host_free(host);
            hosts->count--;
        }
}

static int grow(struct hosts *hosts)
{
    struct list *old = hosts->buckets;
    size_t old_count = hosts->bucket_count, count = old ? old_count * 2 : FIRST_BUCKETS;
    struct list *buckets = malloc(count * sizeof *buckets);
    if (!buckets)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        list_init(&buckets[i]);
    hosts->buckets = buckets;
    hosts->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        struct list *link;
        while ((link = list_pop(&old[i])))
            list_append(find_bucket(hosts, container_of(link, struct host, link)->name), link);
    }
    free(old);
    return 0;
}

/* Makes room for one more host. A full table first drops idle hosts, and grows if it is still half
 * full, so that the search costs little per host. */
static int make_room(struct hosts *hosts)
{
    if (hosts->count < hosts->bucket_count)
        return 0;
    drop_idle(hosts);
    return hosts->count >= hosts->bucket_count / 2 ? grow(hosts) : 0;
}

static int add(struct hosts *hosts, const char *name, struct host **ret_host)
{
    int r = make_room(hosts);
    if (r >= 0)
        r = host_new(hosts->options, name, ret_host);
    if (r < 0)
        return r;
    list_append(find_bucket(hosts, name), &(*ret_host)->link);
    hosts->count++;
    return 0;
}

static struct host *find(const struct hosts *hosts, const char *name)
{
    if (!hosts->buckets)
        return NULL;
    list_for_each (link, find_bucket(hosts, name)) {
        struct host *host = container_of(link, struct host, link);
        if (strcmp(host->name, name) == 0)
            return host;
    }
    return NULL;
}

int hosts_acquire(struct hosts *hosts, const char *url, struct host **ret_host)
{
    char *name;
    int r = af_url_host(url, &name);
    if (r < 0)
        return r;
    struct host *host = find(hosts, name);
    if (!host)
        r = add(hosts, name, &host);
    free(name);
    if (r < 0)
        return r;
    host->users++;
    *ret_host = host;
    return 0;
}

void host_release(struct host *host)
{
    host->users--;
}

void hosts_free(struct hosts *hosts)
{
    for (size_t i = 0; i < hosts->bucket_count; i++)
        list_for_each (link, &hosts->buckets[i])
            host_free(container_of(link, struct host, link));
    free(hosts->buckets);
}
