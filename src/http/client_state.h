/* The state of a client: its pumps, origins, easy handles and transfers. */
#ifndef HTTP_CLIENT_STATE_H
#define HTTP_CLIENT_STATE_H

#include "async/resolver.h"
#include "http/origin.h"
#include "http/pump.h"
#include "http/settings.h"
#include "http/sockets.h"

struct af_client {
    af_loop *loop;
    struct settings settings;
    struct sockets sockets;
    struct pump **pumps; /* NULL where not needed yet */
    size_t pump_limit;
    size_t pump_count;   /* made so far */
    size_t pump_room;    /* of each, for one origin */
    size_t pump_streams; /* the same, where the origin may speak HTTP/2 */
    struct origins origins;
    struct resolver *resolver; /* NULL: libcurl looks names up */
    struct curl_slist **stale; /* by pump: what libcurl is to forget, for CURLOPT_RESOLVE */
    size_t idle_maximum;       /* idle connections of all pumps */
    bool has_secure;           /* some connections are TLS */
    struct list handles;       /* easy handles that are not in use */
    bool reuses_handles;
    struct list queued; /* transfers that wait until others have their connections */
    struct list active;
    size_t starting;
    size_t starting_maximum;
    uint64_t received;
    struct handle start_more;
};

#endif
