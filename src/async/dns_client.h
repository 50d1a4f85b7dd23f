/* DNS client: limits the rate of queries so that no buffer overflows on the way. A lost packet
 * costs a timeout of seconds. */
#ifndef ASYNC_DNS_CLIENT_H
#define ASYNC_DNS_CLIENT_H

#include "async/loop.h"
#include "async/name_query.h"
#include "async/name_service.h"

struct dns_client;

/* Creates a client. SERVICE, PATH and SERVERS are those of dns_channel_new().
 * Errors: -ENOMEM.
 * Ownership: the caller owns the client, and frees it before the loop. The arguments are borrowed
 * as long as the client exists. */
int dns_client_new(af_loop *loop, const struct name_service *service, const char *path,
                   const char *servers, struct dns_client **ret_client);

/* Drops all queries, which are not answered any more. Accepts NULL. */
void dns_client_free(struct dns_client *client);

/* Applies a changed SERVICE to new queries. Queries that were sent keep their servers. Must not be
 * called from the done callback of a query. */
void dns_client_reset(struct dns_client *client);

/* Sends a query, at once or when the rate allows it; the answer may come from within this call. The
 * query must stay valid until it is answered or, while it waits in a list, removed from that list.
 */
void dns_client_ask(struct dns_client *client, struct name_query *query);

#endif
