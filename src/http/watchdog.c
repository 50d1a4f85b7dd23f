#include "http/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* It looks so often, and bites whom it has seen in the same call so many times. */
enum { LOOK_MILLISECONDS = 500, PATIENCE = 6 };

/* Seconds of work between the first of these looks and the last. */
static const double LONGEST_WORK = 1.5;

/* What is no socket. */
enum { NOBODY = -1, BITTEN = -2 };

struct watchdog {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool ends;
    clockid_t clock;   /* of the thread that is watched */
    atomic_int socket; /* of the call that is under way */
    atomic_size_t calls;
};

/* Waits for the next look; false where there is none. */
static bool wait_for_look(struct watchdog *watchdog)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MILLISECONDS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int error = 0;
    pthread_mutex_lock(&watchdog->mutex);
    while (!watchdog->ends && error == 0)
        error = pthread_cond_timedwait(&watchdog->changed, &watchdog->mutex, &until);
    bool ends = watchdog->ends;
    pthread_mutex_unlock(&watchdog->mutex);
    return !ends;
}

/* Whoever comes out of the call meanwhile waits, so that the number stays this socket's. */
static void bite(struct watchdog *watchdog, int socket)
{
    int expected = socket;
    if (!atomic_compare_exchange_strong(&watchdog->socket, &expected, BITTEN))
        return;
    shutdown(socket, SHUT_RDWR);
    atomic_store(&watchdog->socket, socket);
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
    size_t seen = 0;
    int looks = 0;
    double began = 0;
    while (wait_for_look(watchdog)) {
        size_t calls = atomic_load(&watchdog->calls);
        int socket = atomic_load(&watchdog->socket);
        looks = socket >= 0 && calls == seen ? looks + 1 : 0;
        seen = calls;
        if (looks == 1)
            began = worked(watchdog);
        if (looks < PATIENCE)
            continue;
        looks = 0;
        if (worked(watchdog) - began > LONGEST_WORK)
            bite(watchdog, socket);
    }
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
    watchdog->socket = NOBODY;
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

void watchdog_begin(struct watchdog *watchdog, int socket)
{
    if (!watchdog)
        return;
    atomic_fetch_add_explicit(&watchdog->calls, 1, memory_order_relaxed);
    atomic_store_explicit(&watchdog->socket, socket, memory_order_release);
}

void watchdog_end(struct watchdog *watchdog, int socket)
{
    if (!watchdog)
        return;
    int expected = socket;
    while (!atomic_compare_exchange_weak(&watchdog->socket, &expected, NOBODY)) {
        expected = socket;
        sched_yield();
    }
}
