/* The limits of each host, and the requests that wait for them. */
#ifndef CLI_FETCH_HOST_LIMITS_H
#define CLI_FETCH_HOST_LIMITS_H

#include <afetch/afetch.h>

#include "base/list.h"
#include "cli/options/options.h"

struct host {
    struct list link;         /* in its bucket */
    size_t users;             /* acquired and not released */
    af_lock *queue;           /* held by the head of the queue */
    size_t queued;            /* waiting, and the head */
    af_semaphore *slots;      /* --per-host; NULL: no limit */
    af_rate_limiter *limiter; /* --rate-per-host and Retry-After */
    char name[];              /* and port */
};

/* A hash table by name. A host that is not in use is kept while its limiter has state; the others
 * are removed when the table is full. */
struct hosts {
    const struct options *options;
    struct list *buckets; /* NULL before the first host */
    size_t bucket_count;
    size_t count;
};

void hosts_init(struct hosts *hosts, const struct options *options);
void hosts_free(struct hosts *hosts);

/* Finds or adds the host of URL. Release it when done. Errors: -EINVAL if URL is not valid,
 * -ENOMEM. */
int hosts_acquire(struct hosts *hosts, const char *url, struct host **ret_host);
void host_release(struct host *host);

#endif
