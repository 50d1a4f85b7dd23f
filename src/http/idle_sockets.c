#include "http/idle_sockets.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

/* An idle socket. */
struct idle_socket {
    ev_io io;
    struct idle_sockets *sockets;
    struct list link; /* among those that ended */
    const void *origin;
};

/* A socket of libcurl's. */
struct entry {
    const void *origin;       /* NULL: no socket of ours */
    struct idle_socket *idle; /* NULL while it is used */
};

struct idle_sockets {
    af_loop *loop;
    struct entry *entries; /* by descriptor */
    size_t room;
    struct list ended;
};

int idle_sockets_new(af_loop *loop, struct idle_sockets **ret_sockets)
{
    struct idle_sockets *sockets = calloc(1, sizeof *sockets);
    if (!sockets)
        return -ENOMEM;
    sockets->loop = loop;
    list_init(&sockets->ended);
    *ret_sockets = sockets;
    return 0;
}

void idle_sockets_free(struct idle_sockets *sockets)
{
    if (!sockets)
        return;
    for (size_t i = 0; i < sockets->room; i++)
        idle_sockets_remove(sockets, (int)i);
    free(sockets->entries);
    free(sockets);
}

/* ------------------------------------------------------------------ the table */

static int make_room(struct idle_sockets *sockets, size_t count)
{
    if (count <= sockets->room)
        return 0;
    size_t room = count > 2 * sockets->room ? count : 2 * sockets->room;
    struct entry *entries = realloc(sockets->entries, room * sizeof *entries);
    if (!entries)
        return -ENOMEM;
    for (size_t i = sockets->room; i < room; i++)
        entries[i] = (struct entry){0};
    sockets->entries = entries;
    sockets->room = room;
    return 0;
}

/* NULL where the socket was not added. */
static struct entry *find(struct idle_sockets *sockets, int socket)
{
    bool is_there = socket >= 0 && (size_t)socket < sockets->room;
    return is_there && sockets->entries[socket].origin ? &sockets->entries[socket] : NULL;
}

void idle_sockets_add(struct idle_sockets *sockets, int socket, const void *origin)
{
    if (socket >= 0 && make_room(sockets, (size_t)socket + 1) >= 0)
        sockets->entries[socket] = (struct entry){.origin = origin};
}

void idle_sockets_remove(struct idle_sockets *sockets, int socket)
{
    struct entry *entry = find(sockets, socket);
    idle_sockets_unwatch(sockets, socket);
    if (entry)
        entry->origin = NULL;
}

/* -------------------------------------------------------------------- watching */

static bool has_ended(int socket)
{
    struct pollfd end = {.fd = socket, .events = POLLRDHUP};
    return poll(&end, 1, 0) > 0;
}

/* Reads a close_notify, so that libcurl sees the end behind it. Longer data is left unread. */
static void read_rest(int socket)
{
    char rest[256];
    ssize_t size = recv(socket, rest, sizeof rest, MSG_PEEK | MSG_DONTWAIT);
    if (size > 0 && (size_t)size < sizeof rest)
        recv(socket, rest, (size_t)size, MSG_DONTWAIT);
}

static void stop(struct idle_socket *idle)
{
    af_loop *loop = idle->sockets->loop;
    loop->watchers -= (size_t)ev_is_active(&idle->io);
    ev_io_stop(loop->ev, &idle->io);
}

/* Once is enough: what a server says on an idle connection is for libcurl to read. */
static void on_readable(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev, (void)events;
    struct idle_socket *idle = container_of(io, struct idle_socket, io);
    stop(idle);
    if (!has_ended(io->fd))
        return;
    read_rest(io->fd);
    list_append(&idle->sockets->ended, &idle->link);
}

void idle_sockets_watch(struct idle_sockets *sockets, int socket)
{
    struct entry *entry = find(sockets, socket);
    if (!entry || entry->idle || !(entry->idle = malloc(sizeof *entry->idle)))
        return;
    struct idle_socket *idle = entry->idle;
    idle->sockets = sockets;
    idle->origin = entry->origin;
    list_init(&idle->link);
    ev_io_init(&idle->io, on_readable, socket, EV_READ);
    ev_io_start(sockets->loop->ev, &idle->io);
    sockets->loop->watchers++; /* a busy loop must poll before the next request */
}

void idle_sockets_unwatch(struct idle_sockets *sockets, int socket)
{
    struct entry *entry = find(sockets, socket);
    if (!entry || !entry->idle)
        return;
    stop(entry->idle);
    list_remove(&entry->idle->link);
    free(entry->idle);
    entry->idle = NULL;
}

bool idle_sockets_has_ended(const struct idle_sockets *sockets, const void *origin)
{
    for (const struct list *link = sockets->ended.next; link != &sockets->ended; link = link->next)
        if (container_of(link, struct idle_socket, link)->origin == origin)
            return true;
    return false;
}
