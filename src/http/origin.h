/* The origins (scheme, host and port) that a client sends requests to: the pump that has the
 * connections of each, the number of its requests, and its protocol. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include <stdint.h>

#include "async/addresses.h"
#include "base/list.h"
#include "http/url.h"

enum origin_protocol {
    ORIGIN_UNKNOWN, /* no response yet */
    ORIGIN_HTTP1,
    ORIGIN_HTTP2,
};

struct origin {
    struct list link; /* among the unused ones */
    size_t users;
    bool is_secure; /* https */
    bool has_name;  /* the host to connect to is a name that the resolver can look up */
    enum origin_protocol protocol;
    bool omits_lengths;         /* over HTTP/2 */
    unsigned long reset_stream; /* that its last HTTP/2 frame reset; 0: it reset none */
    uint64_t answers;           /* responses that came from it */
    size_t pump;                /* where its first requests go */
    size_t load;                /* requests in all pumps */
    size_t *loads;              /* by pump; NULL while one pump has room for all */
    size_t pump_count;
    bool is_routed;  /* the next two are known */
    bool by_proxy;   /* requests go through a proxy, whose name is the one to look up */
    char *connected; /* "proxy:3128", to connect to in the place of its own; NULL: its own */
    struct addresses *given; /* what libcurl has in the first pump; NULL: nothing */
    char name[];             /* "https://example.com:443" */
};

struct origins {
    void *tree;         /* by name (tsearch) */
    struct list unused; /* the longest unused first */
    size_t unused_count;
    size_t pump_count;
    size_t next_pump;
    void (*forgotten)(const struct origin *origin, void *arg);
    void *arg;
};

/* FORGOTTEN is called with ARG before an origin that is not in use is freed. */
void origins_init(struct origins *origins, size_t pump_count,
                  void (*forgotten)(const struct origin *origin, void *arg), void *arg);

/* None may be in use. */
void origins_free(struct origins *origins);

/* The origin of URL, made if it is not there; the caller gives it back. -EINVAL where URL has none,
 * -ENOMEM. */
int origins_take(struct origins *origins, const char *url, struct origin **ret_origin);

/* The origin of the same host and port over http in the place of https, or the reverse, borrowed;
 * NULL if it is not known. */
const struct origin *origins_find_other_scheme(const struct origins *origins,
                                               const struct origin *origin);

/* NULL is fine. The origin is remembered for a while. */
void origins_give_back(struct origins *origins, struct origin *origin);

/* Writes "example.com" or "example.com:443". */
void origin_write_host(const struct origin *origin, char host[ORIGIN_SIZE]);
void origin_write_host_and_port(const struct origin *origin, char host[ORIGIN_SIZE]);

/* The pump for one more request: the origin's first one, and beyond ROOM requests there the next.
 * -ENOMEM. */
int origin_choose_pump(struct origin *origin, size_t room, size_t *ret_pump);
void origin_leave_pump(struct origin *origin, size_t pump);

#endif
