#include "http/watchdog.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The time between two looks at the thread. A stopped process has one look for all of the time that
 * it stood, and not one for each half a second. */
enum { LOOK_MILLISECONDS = 500 };

/* Looks at one call, each with bytes read since the look before, until its connection is shut down.
 * There are two more before them: the one that finds the call, and the one that the bytes are
 * counted from. */
enum { LIMIT_FIRST = 3, LIMIT_AFTER_THE_FIRST = 1 };

struct connection {
    bool open;
    int64_t read; /* bytes that were taken from the socket, at the last look */
};

/* A call of libcurl that has lasted since an earlier look. */
struct call {
    size_t number;
    bool is_counted; /* the bytes of the connections are those of a look at this call */
    int reads;       /* looks with bytes read */
};

struct watchdog {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ends;
    struct connection *connections; /* by their sockets */
    size_t room;
    atomic_size_t calls; /* odd within one; each begin, end and progress makes it another */
};

/* --------------------------------------------------------------- the thread */

/* Waits for the next look; false where there is none. Holds the mutex before and after. */
static bool wait_for_look(struct watchdog *watchdog)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MILLISECONDS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int error = 0;
    while (!watchdog->ends && error == 0)
        error = pthread_cond_timedwait(&watchdog->changed, &watchdog->mutex, &until);
    return !watchdog->ends;
}

/* Bytes that were received and are no longer in the socket's buffer. */
static int64_t count_read(int socket)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    int unread = 0;
    if (ioctl(socket, FIONREAD, &unread) < 0 ||
        getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return 0;
    return (int64_t)info.tcpi_bytes_received - unread;
}

/* The socket from which most was read since the last look, -1 if nothing was read from any. */
static int find_busiest(struct watchdog *watchdog)
{
    int busiest = -1;
    int64_t most = 0;
    for (size_t i = 0; i < watchdog->room; i++) {
        struct connection *connection = &watchdog->connections[i];
        if (!connection->open)
            continue;
        int64_t read = count_read((int)i), more = read - connection->read;
        connection->read = read;
        if (more <= most)
            continue;
        most = more;
        busiest = (int)i;
    }
    return busiest;
}

/* One look: the socket to be shut down, -1 for none. */
static int look(struct watchdog *watchdog, struct call *call, int limit)
{
    size_t number = atomic_load(&watchdog->calls);
    if (number % 2 == 0 || number != call->number) {
        *call = (struct call){.number = number};
        return -1;
    }
    int socket = find_busiest(watchdog);
    if (call->is_counted && socket >= 0)
        call->reads++;
    call->is_counted = true;
    return call->reads < limit ? -1 : socket;
}

static void *watch(void *arg)
{
    struct watchdog *watchdog = arg;
    struct call call = {0};
    int limit = LIMIT_FIRST;
    pthread_mutex_lock(&watchdog->mutex);
    while (wait_for_look(watchdog)) {
        int socket = look(watchdog, &call, limit);
        if (socket < 0)
            continue;
        shutdown(socket, SHUT_RDWR);
        limit = LIMIT_AFTER_THE_FIRST; /* one hostile server is seldom alone */
        call.reads = 0;
    }
    pthread_mutex_unlock(&watchdog->mutex);
    return NULL;
}

/* Signals are for the thread of the loop, so this one is born with all of them blocked. */
static int begin_thread(struct watchdog *watchdog)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&watchdog->thread, NULL, watch, watchdog);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static void destroy(struct watchdog *watchdog)
{
    pthread_cond_destroy(&watchdog->changed);
    pthread_mutex_destroy(&watchdog->mutex);
    free(watchdog->connections);
    free(watchdog);
}

int watchdog_new(struct watchdog **ret_watchdog)
{
    struct watchdog *watchdog = calloc(1, sizeof *watchdog);
    if (!watchdog)
        return -ENOMEM;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&watchdog->mutex, NULL);
    int r = begin_thread(watchdog);
    if (r < 0) {
        destroy(watchdog);
        return r;
    }
    *ret_watchdog = watchdog;
    return 0;
}

void watchdog_free(struct watchdog *watchdog)
{
    if (!watchdog)
        return;
    pthread_mutex_lock(&watchdog->mutex);
    watchdog->ends = true;
    pthread_cond_signal(&watchdog->changed);
    pthread_mutex_unlock(&watchdog->mutex);
    pthread_join(watchdog->thread, NULL);
    destroy(watchdog);
}

/* ----------------------------------------------------- the thread it watches */

/* Only the watched thread changes it. */
static void add_calls(struct watchdog *watchdog, size_t count)
{
    if (watchdog)
        atomic_fetch_add_explicit(&watchdog->calls, count, memory_order_relaxed);
}

void watchdog_begin(struct watchdog *watchdog)
{
    add_calls(watchdog, 1);
}

void watchdog_end(struct watchdog *watchdog)
{
    add_calls(watchdog, 1);
}

void watchdog_progress(struct watchdog *watchdog)
{
    add_calls(watchdog, 2);
}

static bool make_room(struct watchdog *watchdog, size_t room)
{
    if (room <= watchdog->room)
        return true;
    if (room < watchdog->room * 2)
        room = watchdog->room * 2;
    struct connection *connections =
        realloc(watchdog->connections, room * sizeof *watchdog->connections);
    if (!connections)
        return false;
    for (size_t i = watchdog->room; i < room; i++)
        connections[i] = (struct connection){0};
    watchdog->connections = connections;
    watchdog->room = room;
    return true;
}

void watchdog_add(struct watchdog *watchdog, int socket)
{
    if (!watchdog || socket < 0)
        return;
    pthread_mutex_lock(&watchdog->mutex);
    if (make_room(watchdog, (size_t)socket + 1))
        watchdog->connections[socket] = (struct connection){.open = true};
    pthread_mutex_unlock(&watchdog->mutex);
}

int watchdog_close(struct watchdog *watchdog, int socket)
{
    if (!watchdog)
        return close(socket);
    pthread_mutex_lock(&watchdog->mutex);
    if ((size_t)socket < watchdog->room)
        watchdog->connections[socket].open = false;
    int r = close(socket);
    pthread_mutex_unlock(&watchdog->mutex);
    return r;
}
