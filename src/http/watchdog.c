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
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How long a call may take: so many looks, and so many seconds of work. */
struct patience {
    int looks;
    double work;
};

enum { LOOK_MILLISECONDS = 500 };

static const struct patience AT_FIRST = {6, 1.5};

/* Where one server is hostile, there may be more. */
static const struct patience ONCE_BITTEN = {2, 0.5};

struct connection {
    bool open;
    uint64_t received; /* bytes, at the last look */
};

struct watchdog {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ends;
    struct connection *connections; /* by their sockets */
    size_t room;
    clockid_t clock;     /* of the thread that is watched */
    atomic_size_t calls; /* begun and ended: odd within one */
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

static uint64_t count_received(int socket)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return 0;
    return info.tcpi_bytes_received;
}

/* The socket that received the most since the last look: those from which nobody reads get no more
 * once they are full. -1 where none received anything. */
static int find_busiest(struct watchdog *watchdog)
{
    int busiest = -1;
    uint64_t most = 0;
    for (size_t i = 0; i < watchdog->room; i++) {
        struct connection *connection = &watchdog->connections[i];
        if (!connection->open)
            continue;
        uint64_t received = count_received((int)i), more = received - connection->received;
        connection->received = received;
        if (more <= most)
            continue;
        most = more;
        busiest = (int)i;
    }
    return busiest;
}

/* Seconds that the thread has worked. */
static double worked(const struct watchdog *watchdog)
{
    struct timespec time;
    if (clock_gettime(watchdog->clock, &time) < 0)
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *watch(void *arg)
{
    struct watchdog *watchdog = arg;
    struct patience patience = AT_FIRST;
    size_t seen = 0;
    int looks = 0;
    double began = 0;
    pthread_mutex_lock(&watchdog->mutex);
    while (wait_for_look(watchdog)) {
        size_t calls = atomic_load(&watchdog->calls);
        looks = calls % 2 == 1 && calls == seen ? looks + 1 : 0;
        seen = calls;
        if (looks == 0)
            continue;
        if (looks == 1)
            began = worked(watchdog);
        int socket = find_busiest(watchdog);
        if (looks < patience.looks || worked(watchdog) - began < patience.work || socket < 0)
            continue;
        shutdown(socket, SHUT_RDWR);
        patience = ONCE_BITTEN;
        looks = 0;
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
    int r = -pthread_getcpuclockid(pthread_self(), &watchdog->clock);
    if (r >= 0)
        r = begin_thread(watchdog);
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

void watchdog_begin(struct watchdog *watchdog)
{
    if (watchdog)
        atomic_fetch_add_explicit(&watchdog->calls, 1, memory_order_relaxed);
}

void watchdog_end(struct watchdog *watchdog)
{
    if (watchdog)
        atomic_fetch_add_explicit(&watchdog->calls, 1, memory_order_relaxed);
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
