/* Queries to DNS, at a pace that no buffer on the way overflows: a packet that is lost costs
 * seconds. */
#ifndef ASYNC_DNS_CLIENT_H
#define ASYNC_DNS_CLIENT_H

#include "async/loop.h"
#include "async/name_query.h"
#include "async/name_service.h"

struct dns_client;

/* Makes a client. SERVICE, PATH and SERVERS, which dns_channel_new() has, are borrowed as long as
 * the client lives. -ENOMEM. The caller owns the client, and frees it before the loop. */
int dns_client_new(af_loop *loop, const struct name_service *service, const char *path,
                   const char *servers, struct dns_client **ret_client);

/* Drops all queries: they are not answered any more. NULL is fine. */
void dns_client_free(struct dns_client *client);

/* Sends new queries as SERVICE says now. Those that were sent stay with the servers they have. Must
 * not be called from the end of a query. */
void dns_client_reset(struct dns_client *client);

/* Sends a query, now or in its turn; the answer may come at once. It has to stay in place until it
 * is answered or, while it waits in a list, taken out of that. */
void dns_client_ask(struct dns_client *client, struct name_query *query);

#endif
