/* A channel of c-ares on the loop: its servers, search domains, sockets and time-outs. */
#ifndef ASYNC_DNS_CHANNEL_H
#define ASYNC_DNS_CHANNEL_H

#include "async/loop.h"
#include "async/name_query.h"
#include "async/name_service.h"

struct dns_channel;

/* The answer of a query. Called from the poll of the loop or from within dns_channel_ask(); must
 * not free the channel. */
typedef void dns_channel_done(struct name_query *query, const struct name_answer *answer);

/* Makes a channel as the resolv.conf at PATH says, with what SERVICE says beyond that. SERVERS may
 * be NULL; otherwise they replace those of the file: "127.0.0.1:5353,...". -ENOMEM, the code
 * of name_file_open() if the file cannot be read now, or -ENOTSUP if c-ares cannot be used. The
 * caller owns the channel, and frees it before the loop. */
int dns_channel_new(af_loop *loop, const struct name_service *service, const char *path,
                    const char *servers, dns_channel_done *done, struct dns_channel **ret_channel);

/* Drops all queries: they are not answered any more. NULL is fine. */
void dns_channel_free(struct dns_channel *channel);

/* Sends a query, which has to stay in place until it is answered or the channel is freed. */
void dns_channel_ask(struct dns_channel *channel, struct name_query *query);

/* Counts the queries that it was asked, and those of them that are unanswered. */
size_t dns_channel_asked(const struct dns_channel *channel);
size_t dns_channel_unanswered(const struct dns_channel *channel);

#endif
