/* A c-ares channel on the loop: its servers, search domains, sockets and timeouts. */
#ifndef ASYNC_DNS_CHANNEL_H
#define ASYNC_DNS_CHANNEL_H

#include "async/loop.h"
#include "async/name_query.h"
#include "async/name_service.h"

struct dns_channel;

/* Receives the answer to a query. It is called from the poll of the loop or from within
 * dns_channel_ask(), and must not free the channel. */
typedef void dns_channel_done(struct name_query *query, const struct name_answer *answer);

/* Creates a channel configured by the resolv.conf at PATH and by SERVICE. SERVERS,
 * "127.0.0.1:5353,...", replaces the servers of the file unless NULL.
 * Errors: -ENOMEM; those of name_file_open() if the file cannot be read now; -ENOTSUP if c-ares
 * cannot be used.
 * Ownership: the caller owns the channel, and frees it before the loop. */
int dns_channel_new(af_loop *loop, const struct name_service *service, const char *path,
                    const char *servers, dns_channel_done *done, struct dns_channel **ret_channel);

/* Drops all queries, which are not answered any more. Accepts NULL. */
void dns_channel_free(struct dns_channel *channel);

/* Sends a query, which must stay valid until it is answered or the channel is freed. */
void dns_channel_ask(struct dns_channel *channel, struct name_query *query);

/* Return the number of queries sent, and of those without an answer yet. */
size_t dns_channel_asked(const struct dns_channel *channel);
size_t dns_channel_unanswered(const struct dns_channel *channel);

#endif
