/* Descriptors and signals that libev watches for the loop. Each queues a handle. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "async/loop.h"
#include "base/error.h"

struct signal_watch {
    struct list link;
    ev_signal signal;
    unsigned seen; /* number of signals handled so far */
    struct handle handle;
    af_loop *loop;
    af_callback *callback;
    void *arg;
};

struct callback_watch {
    struct watch watch;
    af_callback *callback;
    void *arg;
};

/* True if WATCH must run after FIRST: for the same descriptor, the reader runs before the writer.
 */
static bool is_writer_behind(const struct watch *watch, const struct watch *first)
{
    return first->io.fd == watch->io.fd && watch->io.events & EV_WRITE;
}

/* libev reports ready descriptors in reverse order. */
static void on_descriptor(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev, (void)events;
    struct watch *watch = container_of(io, struct watch, io);
    struct list *polled = &watch->loop->polled;
    if (!list_empty(&watch->handle.link))
        return;
    struct list *place = polled;
    if (!list_empty(polled) &&
        is_writer_behind(watch, container_of(polled->next, struct watch, handle.link)))
        place = polled->next;
    list_prepend(place, &watch->handle.link);
}

void watch_init(struct watch *watch, af_loop *loop, int fd, int events,
                const struct handle_type *type)
{
    ev_io_init(&watch->io, on_descriptor, fd, events);
    handle_init(&watch->handle, type);
    watch->loop = loop;
}

int watch_start(struct watch *watch)
{
    if (!watch->loop->ev)
        return af_raise(-ENOTSUP, "a loop with its own poll does not support descriptors");
    if (ev_is_active(&watch->io))
        return 0;
    /* libev would abort the process. */
    if (fcntl(watch->io.fd, F_GETFD) < 0)
        return error_raise_code(-errno);
    ev_io_start(watch->loop->ev, &watch->io);
    watch->loop->watchers++;
    return 0;
}

void watch_stop(struct watch *watch)
{
    handle_cancel(&watch->handle);
    if (ev_is_active(&watch->io)) {
        ev_io_stop(watch->loop->ev, &watch->io);
        watch->loop->watchers--;
    }
}

static int run_watch_callback(struct handle *handle)
{
    struct callback_watch *watch = container_of(handle, struct callback_watch, watch.handle);
    return watch->callback(watch->arg);
}

static struct subject watch_subject(const struct handle *handle)
{
    const struct callback_watch *watch = container_of(handle, struct callback_watch, watch.handle);
    return (struct subject){.function = (const void *)watch->callback};
}

static const struct handle_type watch_callback_type = {.run = run_watch_callback,
                                                       .subject = watch_subject};

static int grow_descriptors(af_loop *loop, int fd)
{
    if (fd < 0)
        return error_raise_code(-EBADF);
    size_t wanted = (size_t)fd + 1, had = loop->descriptors;
    if (wanted <= had)
        return 0;
    if (wanted < had * 2)
        wanted = had * 2;
    struct watch **readers = realloc(loop->readers, wanted * sizeof *readers);
    if (readers)
        loop->readers = readers;
    struct watch **writers = realloc(loop->writers, wanted * sizeof *writers);
    if (writers)
        loop->writers = writers;
    if (!readers || !writers)
        return -ENOMEM;
    for (size_t i = had; i < wanted; i++)
        readers[i] = writers[i] = NULL;
    loop->descriptors = wanted;
    return 0;
}

static bool remove_watch(struct watch **place)
{
    if (!*place)
        return false;
    watch_stop(*place);
    free(container_of(*place, struct callback_watch, watch));
    *place = NULL;
    return true;
}

static int add_watch(af_loop *loop, int fd, int events, af_callback *callback, void *arg)
{
    int r = loop_check_open(loop);
    if (r >= 0)
        r = grow_descriptors(loop, fd);
    if (r < 0)
        return r;
    struct callback_watch *watch = malloc(sizeof *watch);
    if (!watch)
        return -ENOMEM;
    watch_init(&watch->watch, loop, fd, events, &watch_callback_type);
    watch->callback = callback;
    watch->arg = arg;
    r = watch_start(&watch->watch);
    if (r < 0) {
        free(watch);
        return r;
    }
    struct watch **place = events == EV_READ ? &loop->readers[fd] : &loop->writers[fd];
    remove_watch(place);
    *place = &watch->watch;
    return 0;
}

int af_loop_add_reader(af_loop *loop, int fd, af_callback *callback, void *arg)
{
    return add_watch(loop, fd, EV_READ, callback, arg);
}

int af_loop_add_writer(af_loop *loop, int fd, af_callback *callback, void *arg)
{
    return add_watch(loop, fd, EV_WRITE, callback, arg);
}

bool af_loop_remove_reader(af_loop *loop, int fd)
{
    return fd >= 0 && (size_t)fd < loop->descriptors && remove_watch(&loop->readers[fd]);
}

bool af_loop_remove_writer(af_loop *loop, int fd)
{
    return fd >= 0 && (size_t)fd < loop->descriptors && remove_watch(&loop->writers[fd]);
}

atomic_uint loop_signals_caught;
static atomic_uint caught[NSIG]; /* indexed by signal number */

/* Ignores a signal that was caught before this handler was added and is still pending in libev. */
static void on_signal(struct ev_loop *ev, ev_signal *signal, int events)
{
    (void)ev, (void)events;
    struct signal_watch *watch = container_of(signal, struct signal_watch, signal);
    unsigned count = atomic_load(&caught[signal->signum]);
    if (count == watch->seen)
        return;
    watch->seen = count;
    if (list_empty(&watch->handle.link))
        loop_ready(watch->loop, &watch->handle);
}

static int run_signal_callback(struct handle *handle)
{
    struct signal_watch *watch = container_of(handle, struct signal_watch, handle);
    return watch->callback(watch->arg);
}

static struct subject signal_subject(const struct handle *handle)
{
    const struct signal_watch *watch = container_of(handle, struct signal_watch, handle);
    return (struct subject){.function = (const void *)watch->callback};
}

static const struct handle_type signal_callback_type = {.run = run_signal_callback,
                                                        .subject = signal_subject};

/* The loop that handles each signal. libev supports one loop per signal, and would abort the
 * process for another. */
static _Atomic(af_loop *) signal_owners[NSIG];

/* Replaces libev's signal handler, so that a busy loop notices signals without polling. */
static void on_caught(int signal)
{
    atomic_fetch_add(&caught[signal], 1);
    atomic_fetch_add(&loop_signals_caught, 1);
    ev_feed_signal(signal);
}

static void catch_signal(int signal)
{
    struct sigaction action;
    if (sigaction(signal, NULL, &action) < 0)
        return; /* libev's handler stays; the loop then polls now and then */
    action.sa_handler = on_caught;
    sigaction(signal, &action, NULL);
}

static int own_signal(af_loop *loop, int signal)
{
    af_loop *owner = NULL;
    if (atomic_compare_exchange_strong(&signal_owners[signal], &owner, loop) || owner == loop)
        return 0;
    return af_raise(-EBUSY, "signal %d is handled by another loop", signal);
}

int af_loop_add_signal_handler(af_loop *loop, int signal, af_callback *callback, void *arg)
{
    int r = loop_check_open(loop);
    if (r < 0)
        return r;
    if (!loop->ev)
        return af_raise(-ENOTSUP, "a loop with its own poll does not support signals");
    if (signal <= 0 || signal >= NSIG || signal == SIGKILL || signal == SIGSTOP)
        return af_raise(-EINVAL, "signal %d cannot be handled", signal);
    struct signal_watch *watch = malloc(sizeof *watch);
    if (!watch)
        return -ENOMEM;
    af_loop_remove_signal_handler(loop, signal);
    r = own_signal(loop, signal);
    if (r < 0) {
        free(watch);
        return r;
    }
    ev_signal_init(&watch->signal, on_signal, signal);
    handle_init(&watch->handle, &signal_callback_type);
    watch->seen = atomic_load(&caught[signal]);
    watch->loop = loop;
    watch->callback = callback;
    watch->arg = arg;
    list_append(&loop->signals, &watch->link);
    ev_signal_start(loop->ev, &watch->signal);
    catch_signal(signal);
    return 0;
}

static struct signal_watch *find_signal(const af_loop *loop, int signal)
{
    /* The analyzer does not follow removed links. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    list_for_each (link, &loop->signals) {
        struct signal_watch *watch = container_of(link, struct signal_watch, link);
        if (watch->signal.signum == signal)
            return watch;
    }
    return NULL;
}

bool af_loop_remove_signal_handler(af_loop *loop, int signal)
{
    struct signal_watch *watch = find_signal(loop, signal);
    if (!watch)
        return false;
    ev_signal_stop(loop->ev, &watch->signal);
    atomic_store(&signal_owners[signal], NULL);
    handle_cancel(&watch->handle);
    list_remove(&watch->link);
    free(watch);
    return true;
}

bool loop_has_signal_handler(const af_loop *loop, int signal, af_callback *callback, void *arg)
{
    struct signal_watch *watch = find_signal(loop, signal);
    return watch && watch->callback == callback && watch->arg == arg;
}

bool loop_signal_pending(const af_loop *loop, int signal)
{
    const struct signal_watch *watch = find_signal(loop, signal);
    return watch &&
           (!list_empty(&watch->handle.link) || atomic_load(&caught[signal]) != watch->seen);
}

void loop_remove_watches(af_loop *loop)
{
    for (size_t fd = 0; fd < loop->descriptors; fd++) {
        remove_watch(&loop->readers[fd]);
        remove_watch(&loop->writers[fd]);
    }
    free(loop->readers);
    free(loop->writers);
    loop->readers = loop->writers = NULL;
    loop->descriptors = 0;
    list_for_each (link, &loop->signals)
        af_loop_remove_signal_handler(loop,
                                      container_of(link, struct signal_watch, link)->signal.signum);
}
