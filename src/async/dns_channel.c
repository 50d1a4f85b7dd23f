#include "async/dns_channel.h"

#include <ares.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "async/name_file.h"
#include "base/error.h"

/* c-ares uses a UDP and a TCP socket for each server; systems have up to three servers. */
enum { MOST_SOCKETS = 16 };

/* Bytes, for responses that arrive at the same time. The system may grant less. */
enum { SOCKET_BUFFER = 1024 * 1024 };

/* Seconds between two checks for timeouts. ares_timeout() would return the time of the next one,
 * but before c-ares 1.20 it iterates over all queries. */
static const double TICK = 0.1;

struct dns_channel {
    af_loop *loop;
    ares_channel ares;
    dns_channel_done *done;
    enum ipv6_use ipv6;
    bool has_fallback; /* queries that time out are repeated by the system's resolver */
    bool freeing;
    size_t asked, unanswered;
    bool has_others;  /* more than one server */
    uint64_t answers; /* reads without an error; counted only if has_others */
    ev_timer tick;
    ev_io sockets[MOST_SOCKETS];
};

/* A query given to c-ares. */
struct question {
    struct dns_channel *channel;
    struct name_query *query;
    uint64_t answers; /* value of the channel's counter when the query was given to it */
    const int *next;  /* families to query one by one if there is no address; ends with 0 */
};

/* ----------------------------------------------------------------- library */

/* ares_library_init() counts its calls, but is not thread-safe. */
static pthread_mutex_t library_mutex = PTHREAD_MUTEX_INITIALIZER;

static int open_library(void)
{
    pthread_mutex_lock(&library_mutex);
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    pthread_mutex_unlock(&library_mutex);
    return status;
}

static void close_library(void)
{
    pthread_mutex_lock(&library_mutex);
    ares_library_cleanup();
    pthread_mutex_unlock(&library_mutex);
}

/* ----------------------------------------------------------------- sockets */

static void stop_socket(struct dns_channel *channel, ev_io *io)
{
    if (!ev_is_active(io))
        return;
    ev_io_stop(channel->loop->ev, io);
    channel->loop->watchers--;
}

static void start_socket(struct dns_channel *channel, ev_io *io)
{
    ev_io_start(channel->loop->ev, io);
    channel->loop->watchers++; /* a busy loop must poll from now on */
}

/* Returns the watcher of FD, or an idle one, or NULL. */
static ev_io *find_socket(struct dns_channel *channel, ares_socket_t fd)
{
    ev_io *idle = NULL;
    for (size_t i = 0; i < MOST_SOCKETS; i++) {
        ev_io *io = &channel->sockets[i];
        if (!ev_is_active(io))
            idle = io;
        else if (io->fd == fd)
            return io;
    }
    return idle;
}

static void on_socket_change(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct dns_channel *channel = arg;
    ev_io *io = find_socket(channel, fd);
    if (!io)
        return; /* queries to this server time out, and the next one is used */
    stop_socket(channel, io);
    if (!readable && !writable)
        return;
    ev_io_set(io, fd, (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));
    start_socket(channel, io);
}

static void update_tick(struct dns_channel *channel)
{
    if (channel->unanswered == 0)
        ev_timer_stop(channel->loop->ev, &channel->tick);
    else if (!ev_is_active(&channel->tick))
        ev_timer_again(channel->loop->ev, &channel->tick);
}

/* True if the socket has an error, such as that its server is unreachable: it is readable then,
 * too. Does not clear the error, which c-ares needs. */
static bool has_error(int fd)
{
    struct pollfd polled = {.fd = fd};
    return poll(&polled, 1, 0) > 0;
}

static void on_socket(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev;
    struct dns_channel *channel = io->data;
    if (channel->has_others && (events & EV_READ) && !has_error(io->fd))
        channel->answers++;
    ares_process_fd(channel->ares, events & EV_READ ? io->fd : ARES_SOCKET_BAD,
                    events & EV_WRITE ? io->fd : ARES_SOCKET_BAD);
    update_tick(channel);
}

static void on_tick(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev, (void)events;
    struct dns_channel *channel = container_of(timer, struct dns_channel, tick);
    ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    update_tick(channel);
}

/* ---------------------------------------------------------------- channels */

static size_t count_servers(const struct name_service *service, const char *servers)
{
    if (!servers)
        return service->servers;
    size_t count = 1;
    for (; *servers; servers++)
        count += *servers == ',';
    return count;
}

/* Without NOCHECKRESP, c-ares tries the next server after SERVFAIL and REFUSED; a single server
 * would get the same query again at once. */
static int flags_for(const struct name_service *service, const char *servers)
{
    return (service->tcp ? ARES_FLAG_USEVC : 0) |
           (count_servers(service, servers) < 2 ? ARES_FLAG_NOCHECKRESP : 0);
}

/* Since version 1.32 c-ares limits a query to five times the usual latency of the server, at least
 * 250 ms, and drops later responses. Slow names of a fast server would be lost. */
static bool drops_late_responses(void)
{
    enum { FIRST_DROPPING = 0x012000 };
    int version;
    ares_version(&version);
    return version >= FIRST_DROPPING;
}

/* Number of tries, and milliseconds of the first while there is no latency known, before such a
 * c-ares leaves a name to the system's resolver. */
enum { TRIES_BEFORE_FALLBACK = 1, TIMEOUT_BEFORE_FALLBACK = 1000 };

static int init_ares(struct dns_channel *channel, const struct name_service *service,
                     const char *path, const char *servers)
{
    char lookups[] = "b"; /* only DNS: see hosts_file.h */
    struct ares_options options = {
        .flags = flags_for(service, servers),
        .timeout = channel->has_fallback ? TIMEOUT_BEFORE_FALLBACK : service->timeout,
        .tries = channel->has_fallback ? TRIES_BEFORE_FALLBACK : service->tries,
        .sock_state_cb = on_socket_change,
        .sock_state_cb_data = channel,
        .socket_receive_buffer_size = SOCKET_BUFFER,
        .lookups = lookups,
        .resolvconf_path = (char *)path, /* c-ares copies it */
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
               ARES_OPT_SOCK_RCVBUF | ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF;
#ifdef ARES_OPT_QUERY_CACHE
    mask |= ARES_OPT_QUERY_CACHE; /* size 0: the resolver has its own cache */
#endif
    int status = ares_init_options(&channel->ares, &options, mask);
    if (status == ARES_SUCCESS && servers) {
        status = ares_set_servers_ports_csv(channel->ares, servers);
        if (status != ARES_SUCCESS)
            ares_destroy(channel->ares);
    }
    return status == ARES_SUCCESS ? 0 : status == ARES_ENOMEM ? -ENOMEM : -ENOTSUP;
}

static int open_ares(struct dns_channel *channel, const struct name_service *service,
                     const char *path, const char *servers)
{
    int r = name_file_check(path); /* c-ares may treat an unreadable file as missing */
    if (r < 0)
        return r;
    if (open_library() != ARES_SUCCESS)
        return -ENOTSUP;
    channel->has_fallback = !servers && drops_late_responses();
    r = init_ares(channel, service, path, servers);
    if (r < 0)
        close_library();
    return r;
}

int dns_channel_new(af_loop *loop, const struct name_service *service, const char *path,
                    const char *servers, dns_channel_done *done, struct dns_channel **ret_channel)
{
    struct dns_channel *channel = calloc(1, sizeof *channel);
    if (!channel)
        return -ENOMEM;
    channel->loop = loop;
    channel->done = done;
    channel->ipv6 = service->ipv6;
    channel->has_others = count_servers(service, servers) > 1;
    ev_init(&channel->tick, on_tick);
    channel->tick.repeat = TICK;
    for (size_t i = 0; i < MOST_SOCKETS; i++) {
        ev_init(&channel->sockets[i], on_socket);
        channel->sockets[i].data = channel;
    }
    int r = open_ares(channel, service, path, servers);
    if (r < 0) {
        free(channel);
        return r;
    }
    *ret_channel = channel;
    return 0;
}

void dns_channel_free(struct dns_channel *channel)
{
    if (!channel)
        return;
    channel->freeing = true;
    ares_destroy(channel->ares);
    for (size_t i = 0; i < MOST_SOCKETS; i++)
        stop_socket(channel, &channel->sockets[i]);
    ev_timer_stop(channel->loop->ev, &channel->tick);
    close_library();
    free(channel);
}

size_t dns_channel_asked(const struct dns_channel *channel)
{
    return channel->asked;
}

size_t dns_channel_unanswered(const struct dns_channel *channel)
{
    return channel->unanswered;
}

/* ----------------------------------------------------------------- queries */

/* Returns the most specific status. With several servers, c-ares reports that of the last one or,
 * before 1.20, that no server can be reached, even if others have answered with failures. */
static int refine_status(const struct question *question, int status)
{
    bool was_answered = question->channel->answers > question->answers;
    return status == ARES_ECONNREFUSED && was_answered ? ARES_ESERVFAIL : status;
}

static struct name_answer failure(int status)
{
    static const struct {
        int status;
        const char *reason; /* NULL: the name does not exist */
    } failures[] = {
        {ARES_ENOTFOUND, NULL},
        {ARES_ENODATA, NULL},
        {ARES_EBADNAME, NULL},
        {ARES_EBADQUERY, NULL},
        {ARES_ETIMEOUT, "DNS server timed out"},
        {ARES_ECONNREFUSED, "no DNS server can be reached"},
        {ARES_EREFUSED, "DNS server refused the query"},
        {ARES_ESERVFAIL, "DNS server failure"},
        {ARES_EBADRESP, "invalid DNS response"},
    };
    if (status == ARES_ENOMEM)
        return (struct name_answer){.code = -ENOMEM};
    const char *reason = ares_strerror(status);
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].status == status)
            reason = failures[i].reason;
    return (struct name_answer){.code = AF_RESOLVE_ERROR, .final = !reason, .reason = reason};
}

static struct name_answer success(const struct ares_addrinfo_node *node)
{
    struct address_text text = {.text = ""};
    for (; node; node = node->ai_next)
        address_text_add(&text, node->ai_addr);
    return name_answer_of(&text);
}

static void send_question(struct question *question, int family);

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
    struct question *question = arg;
    struct dns_channel *channel = question->channel;
    (void)timeouts;
    if (status == ARES_ENODATA && *question->next && !channel->freeing) {
        send_question(question, *question->next++);
        return;
    }
    channel->unanswered--;
    if (!channel->freeing) {
        struct name_answer answer = status == ARES_SUCCESS
                                        ? success(found->nodes)
                                        : failure(refine_status(question, status));
        if (status == ARES_ETIMEOUT && channel->has_fallback)
            answer.code = -ENOTSUP;
        channel->done(question->query, &answer);
    }
    ares_freeaddrinfo(found);
    free(question);
}

/* c-ares opens a socket for each address to sort it, even if there is only one. IPv4 addresses are
 * left in the order of the server, since the rules hardly distinguish them. */
static void send_question(struct question *question, int family)
{
    struct ares_addrinfo_hints hints = {
        .ai_family = family,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = family == AF_INET ? ARES_AI_NOSORT : 0,
    };
    ares_getaddrinfo(question->channel->ares, question->query->name, NULL, &hints, on_answer,
                     question);
}

/* Returns the families to query one by one after an answer without addresses. For a query of both
 * families, c-ares reports only the status of the last response. If that has no addresses, the
 * other may have been a failure. */
static const int *families_after(const struct dns_channel *channel, int family)
{
    static const int each[] = {AF_INET, AF_INET6, 0};
    if (family != AF_UNSPEC || channel->ipv6 == IPV6_NEVER)
        return &each[2];
    return channel->ipv6 == IPV6_WANTED ? each : &each[1];
}

void dns_channel_ask(struct dns_channel *channel, struct name_query *query)
{
    channel->asked++;
    struct question *question = malloc(sizeof *question);
    if (!question) {
        channel->done(query, &(struct name_answer){.code = -ENOMEM});
        return;
    }
    bool ipv4_first = query->family == AF_UNSPEC && channel->ipv6 != IPV6_WANTED;
    *question = (struct question){
        .channel = channel,
        .query = query,
        .answers = channel->answers,
        .next = families_after(channel, query->family),
    };
    channel->unanswered++;
    send_question(question, ipv4_first ? AF_INET : query->family);
    update_tick(channel);
}
