#include "async/dns_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "async/dns_channel.h"

/* Maximum of packets in the receive buffer of the server. The default buffer of a socket holds
 * about 250 small packets. A server reads its packets in order, so those sent before an answered
 * one have left the buffer. Responses need no limit: they are spread over the sockets of many
 * channels. */
enum { MOST_PACKETS = 120 };

/* Seconds after which all packets count as read, answered or not: servers read packets at once, and
 * may answer them much later. The scheduler of a busy machine may delay a server by about 10 ms; a
 * longer period would allow few queries per second to a server that answers slowly. */
static const double PERIOD = 0.02;

/* Seconds without that assumption after a server answered within a period: if it is silent then, it
 * may be stopped, and while it answers, its answers alone permit as many queries. */
static const double STANDSTILL = 0.2;

/* Maximum of queries per channel. A channel sends all its queries from one port while any of them
 * is unanswered; the next channel uses another port, as a protection against forged responses.
 * Creating a channel takes as long as a few queries. */
enum { QUERIES_OF_A_CHANNEL = 64 };

/* Each channel has a socket for each server that it uses. */
enum { MOST_CHANNELS = 32 };

struct dns_client {
    af_loop *loop;
    const struct name_service *service;
    const char *path;
    const char *servers;
    struct list waiting;              /* queries */
    uint64_t sent;                    /* number of packets */
    uint64_t read;                    /* packets that count as read by a server */
    double stands_until;              /* end of the STANDSTILL */
    const struct name_query *sending; /* or NULL */
    ev_timer timer;                   /* of the period, while queries wait */
    struct handle handle;             /* sends waiting queries */
    bool outdated;                    /* replace the first channel before the next query */
    struct dns_channel *channels[MOST_CHANNELS]; /* the first is in use; NULL if there is none */
};

static size_t count_packets(const struct dns_client *client, const struct name_query *query)
{
    return query->family == AF_UNSPEC && client->service->ipv6 == IPV6_WANTED ? 2 : 1;
}

static void schedule(struct dns_client *client)
{
    if (list_empty(&client->handle.link))
        loop_ready(client->loop, &client->handle);
}

static void note_read(struct dns_client *client, const struct name_query *query)
{
    double now = af_loop_time(client->loop);
    if (now < query->sent + PERIOD)
        client->stands_until = now + STANDSTILL;
    if (query->number > client->read)
        client->read = query->number;
}

static void on_answer(struct name_query *query, const struct name_answer *answer)
{
    struct dns_client *client = query->client;
    if (client->sending == query)
        client->sent -= count_packets(client, query); /* it could not be sent */
    else if (!client->sending)
        note_read(client, query);
    if (!list_empty(&client->waiting))
        schedule(client);
    query->done(query, answer);
}

/* ---------------------------------------------------------------- channels */

/* Returns the index of the first channel without unanswered queries, or of the first free place;
 * MOST_CHANNELS if all channels have unanswered queries. */
static size_t find_idle(const struct dns_client *client)
{
    struct dns_channel *const *channels = client->channels;
    size_t i = 0;
    while (i < MOST_CHANNELS && channels[i] && dns_channel_unanswered(channels[i]) > 0)
        i++;
    return i;
}

/* Frees the channel at INDEX, and inserts a channel at the front. */
static void put_in_front(struct dns_client *client, struct dns_channel *channel, size_t index)
{
    struct dns_channel **channels = client->channels;
    dns_channel_free(channels[index]);
    memmove(channels + 1, channels, index * sizeof *channels);
    channels[0] = channel;
}

/* Replaces the first channel if it is outdated or has sent its maximum of queries. If that is
 * not possible now, it stays in use. */
static int prepare_channel(struct dns_client *client)
{
    struct dns_channel *first = client->channels[0], *fresh;
    if (first && !client->outdated && dns_channel_asked(first) < QUERIES_OF_A_CHANNEL)
        return 0;
    size_t idle = find_idle(client);
    if (idle == MOST_CHANNELS)
        return 0;
    int r = dns_channel_new(client->loop, client->service, client->path, client->servers, on_answer,
                            &fresh);
    if (r < 0)
        return first && r != -ENOTSUP ? 0 : r;
    put_in_front(client, fresh, idle);
    client->outdated = false;
    return 0;
}

/* ----------------------------------------------------------------- queries */

static void send_query(struct dns_client *client, struct name_query *query)
{
    int r = prepare_channel(client);
    if (r < 0) {
        struct name_answer answer = name_answer_of_error(r);
        query->done(query, &answer);
        return;
    }
    client->sent += count_packets(client, query);
    query->number = client->sent;
    query->sent = af_loop_time(client->loop);
    client->sending = query;
    dns_channel_ask(client->channels[0], query);
    client->sending = NULL;
}

static void send_waiting(struct dns_client *client)
{
    struct list *link;
    while (client->sent - client->read < MOST_PACKETS && (link = list_pop(&client->waiting)))
        send_query(client, container_of(link, struct name_query, link));
    if (list_empty(&client->waiting))
        ev_timer_stop(client->loop->ev, &client->timer);
    else if (!ev_is_active(&client->timer))
        ev_timer_again(client->loop->ev, &client->timer);
}

static int run(struct handle *handle)
{
    send_waiting(container_of(handle, struct dns_client, handle));
    return 0;
}

static const struct handle_type run_type = {.run = run};

static void on_period(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev, (void)events;
    struct dns_client *client = container_of(timer, struct dns_client, timer);
    if (af_loop_time(client->loop) < client->stands_until)
        return;
    client->read = client->sent;
    schedule(client);
}

void dns_client_ask(struct dns_client *client, struct name_query *query)
{
    query->client = client;
    list_append(&client->waiting, &query->link);
    send_waiting(client);
}

/* ------------------------------------------------------------------ client */

int dns_client_new(af_loop *loop, const struct name_service *service, const char *path,
                   const char *servers, struct dns_client **ret_client)
{
    struct dns_client *client = calloc(1, sizeof *client);
    if (!client)
        return -ENOMEM;
    client->loop = loop;
    client->service = service;
    client->path = path;
    client->servers = servers;
    list_init(&client->waiting);
    handle_init(&client->handle, &run_type);
    ev_init(&client->timer, on_period);
    client->timer.repeat = PERIOD;
    *ret_client = client;
    return 0;
}

void dns_client_free(struct dns_client *client)
{
    if (!client)
        return;
    handle_cancel(&client->handle);
    ev_timer_stop(client->loop->ev, &client->timer);
    while (list_pop(&client->waiting))
        ;
    for (size_t i = 0; i < MOST_CHANNELS; i++)
        dns_channel_free(client->channels[i]);
    free(client);
}

void dns_client_reset(struct dns_client *client)
{
    client->outdated = true;
}
