/* What the program knows of each host while something goes on there. */
#ifndef CLI_FETCH_HOST_LIMITS_H
#define CLI_FETCH_HOST_LIMITS_H

#include <afetch/afetch.h>

#include "base/list.h"
#include "cli/options/options.h"

struct host {
    struct list link;         /* in its bucket */
    size_t users;             /* how many borrowed it */
    af_lock *line;            /* held by the first of those that wait for it to let them in */
    size_t in_line;           /* these, and who holds the line */
    af_semaphore *places;     /* --per-host; NULL: no limit */
    af_rate_limiter *limiter; /* --rate-per-host, and what Retry-After holds back */
    char name[];              /* with its port */
};

/* By name. A host that nobody uses stays as long as its limiter remembers something; those that
 * could be made anew with no difference go when room is needed. */
struct hosts {
    const struct options *options;
    struct list *buckets; /* NULL before the first host */
    size_t bucket_count;
    size_t count;
};

void hosts_init(struct hosts *hosts, const struct options *options);
void hosts_free(struct hosts *hosts);

/* Borrows the host of URL, which is made if it is not there. -EINVAL where it is no URL, -ENOMEM.
 */
int hosts_borrow(struct hosts *hosts, const char *url, struct host **ret_host);
void host_give_back(struct host *host);

#endif
