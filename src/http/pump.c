#include "http/pump.h"

#include <errno.h>
#include <stdlib.h>

#include "http/easy_state.h"

/* Milliseconds after which a call that failed is made again. */
enum { TRY_AGAIN = 50 };

/* From this version on, libcurl ends TLS with a server before it closes a connection, and a limit
 * on all connections counts those that are being closed. */
enum { CLOSES_LATE = 0x080c00 };

/* Turns that a shared connection gets after an event. */
enum { LOOKS = 3 };

/* Seconds. */
static const double SURVEY_INTERVAL = 0.5;

struct pump {
    CURLM *multi;
    af_loop *loop;
    struct sockets *sockets;
    ev_timer timer;
    ev_timer again;         /* for the sockets below */
    struct list look_again; /* sockets that had an event */
    ev_timer survey;        /* for all that are shared */
    struct list shared;
    uint64_t turn; /* calls of libcurl */
    size_t load;
    size_t idle; /* connections that may be */
    long most;   /* connections, as libcurl was last told */
    bool closes_late;
    pump_done *done;
    void *done_arg;
    struct socket *spare; /* for when there is no memory: libcurl gives up all transfers of a multi
                             handle whose socket cannot be watched */
};

/* A socket that libcurl wants watched. */
struct socket {
    ev_io io;
    struct pump *pump;
    struct list link;   /* in look_again */
    struct list shared; /* in shared, where it may have several transfers at once */
    int looks;          /* left since its last event */
};

static void report_finished(struct pump *pump)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(pump->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result;
        pump_remove(pump, easy);
        pump->done(easy, result, pump->done_arg);
    }
}

/* A negative number stops it. */
static void set_timer(struct pump *pump, long milliseconds)
{
    ev_timer_stop(pump->loop->ev, &pump->timer);
    if (milliseconds < 0)
        return;
    ev_timer_set(&pump->timer, (double)milliseconds * 1e-3, 0);
    ev_timer_start(pump->loop->ev, &pump->timer);
}

/* libcurl's limit counts the connections in use too, and it looks at it when one becomes idle.
 * Mostly as many transfers have begun as have ended. */
static void limit_connections(struct pump *pump)
{
    long most = (long)(pump->load + pump->idle);
    if (most == pump->most)
        return;
    pump->most = most;
    curl_multi_setopt(pump->multi, CURLMOPT_MAXCONNECTS, most);
    if (pump->closes_late)
        curl_multi_setopt(pump->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
}

static void act(struct pump *pump, curl_socket_t fd, int events)
{
    int running;
    pump->turn++;
    limit_connections(pump);
    watchdog_begin(pump->sockets->watchdog);
    /* Without memory it has set no timer that would bring it back. */
    if (curl_multi_socket_action(pump->multi, fd, events, &running) != CURLM_OK)
        set_timer(pump, TRY_AGAIN);
    watchdog_end(pump->sockets->watchdog);
    report_finished(pump);
}

static void on_timer(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev, (void)events;
    act(container_of(timer, struct pump, timer), CURL_SOCKET_TIMEOUT, 0);
}

static void list_to_look_again(struct socket *watched)
{
    static const double SOON = 0.02;
    struct pump *pump = watched->pump;
    if (list_empty(&watched->link))
        list_append(&pump->look_again, &watched->link);
    if (ev_is_active(&pump->again))
        return;
    ev_timer_set(&pump->again, SOON, 0);
    ev_timer_start(pump->loop->ev, &pump->again);
}

/* An HTTP/2 session may end within libcurl, where the server broke its rules, or have something for
 * a transfer that had its turn already. libcurl sees to that at the next event of the connection,
 * though there may be none; and it may take a turn for each of several transfers. */
static void look_again_soon(struct socket *watched, int looks)
{
    if (list_empty(&watched->shared))
        return;
    if (watched->looks < looks)
        watched->looks = looks;
    list_to_look_again(watched);
}

static size_t count(const struct list *list)
{
    size_t length = 0;
    for (const struct list *link = list->next; link != list; link = link->next)
        length++;
    return length;
}

/* A socket may be gone after the call. */
static void on_again(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev, (void)events;
    struct pump *pump = container_of(timer, struct pump, again);
    struct list *link;
    for (size_t left = count(&pump->look_again); left > 0; left--) {
        if (!(link = list_pop(&pump->look_again)))
            return;
        struct socket *watched = container_of(link, struct socket, link);
        if (--watched->looks > 0)
            list_to_look_again(watched);
        act(pump, watched->io.fd, CURL_CSELECT_IN);
    }
}

/* Data that arrives while a request is sent causes no event of the socket. */
static void on_survey(struct ev_loop *ev, ev_timer *timer, int events)
{
    (void)ev, (void)events;
    struct pump *pump = container_of(timer, struct pump, survey);
    for (struct list *link = pump->shared.next; link != &pump->shared; link = link->next)
        look_again_soon(container_of(link, struct socket, shared), 1);
}

static void on_socket(struct ev_loop *ev, ev_io *io, int events)
{
    (void)ev;
    struct socket *watched = container_of(io, struct socket, io);
    struct pump *pump = watched->pump;
    look_again_soon(watched, LOOKS);
    act(pump, io->fd,
        (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static int on_timer_change(CURLM *multi, long milliseconds, void *arg)
{
    (void)multi;
    set_timer(arg, milliseconds);
    return 0;
}

static int forget_socket(struct pump *pump, curl_socket_t fd, struct socket *watched)
{
    if (watched) {
        ev_io_stop(pump->loop->ev, &watched->io);
        list_remove(&watched->link);
        list_remove(&watched->shared);
        curl_multi_assign(pump->multi, fd, NULL);
        free(watched);
    }
    return 0;
}

static struct socket *take_socket(struct pump *pump)
{
    struct socket *watched = malloc(sizeof *watched);
    if (!watched) {
        watched = pump->spare;
        pump->spare = NULL;
    }
    return watched;
}

static int on_socket_change(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    struct pump *pump = arg;
    struct socket *watched = socket_arg;
    easy_note_socket(easy, fd, what != CURL_POLL_REMOVE);
    if (what == CURL_POLL_REMOVE) {
        idle_sockets_watch(pump->sockets->idle, fd);
        return forget_socket(pump, fd, watched);
    }
    idle_sockets_unwatch(pump->sockets->idle, fd);
    int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
    if (!watched) {
        watched = take_socket(pump);
        if (!watched)
            return -1;
        watched->pump = pump;
        watched->looks = 0;
        list_init(&watched->link);
        list_init(&watched->shared);
        ev_io_init(&watched->io, on_socket, fd, events);
        curl_multi_assign(pump->multi, fd, watched);
    } else {
        ev_io_stop(pump->loop->ev, &watched->io);
        ev_io_set(&watched->io, fd, events);
    }
    if (list_empty(&watched->shared) && easy_shares_connection(easy))
        list_append(&pump->shared, &watched->shared);
    ev_io_start(pump->loop->ev, &watched->io);
    return 0;
}

int pump_new(af_loop *loop, struct sockets *sockets, pump_done *done, void *arg,
             struct pump **ret_pump)
{
    struct pump *pump = malloc(sizeof *pump);
    if (!pump)
        return -ENOMEM;
    *pump = (struct pump){
        .multi = curl_multi_init(),
        .loop = loop,
        .sockets = sockets,
        .done = done,
        .done_arg = arg,
    };
    if (!pump->multi) {
        free(pump);
        return -ENOMEM;
    }
    ev_timer_init(&pump->timer, on_timer, 0, 0);
    ev_timer_init(&pump->again, on_again, 0, 0);
    list_init(&pump->look_again);
    ev_timer_init(&pump->survey, on_survey, SURVEY_INTERVAL, SURVEY_INTERVAL);
    list_init(&pump->shared);
    pump->closes_late = curl_version_info(CURLVERSION_NOW)->version_num >= CLOSES_LATE;
    curl_multi_setopt(pump->multi, CURLMOPT_SOCKETFUNCTION, on_socket_change);
    curl_multi_setopt(pump->multi, CURLMOPT_SOCKETDATA, pump);
    curl_multi_setopt(pump->multi, CURLMOPT_TIMERFUNCTION, on_timer_change);
    curl_multi_setopt(pump->multi, CURLMOPT_TIMERDATA, pump);
    *ret_pump = pump;
    return 0;
}

void pump_free(struct pump *pump)
{
    if (!pump)
        return;
    curl_multi_cleanup(pump->multi);
    ev_timer_stop(pump->loop->ev, &pump->timer);
    ev_timer_stop(pump->loop->ev, &pump->again);
    ev_timer_stop(pump->loop->ev, &pump->survey);
    free(pump->spare);
    free(pump);
}

int pump_add(struct pump *pump, CURL *easy, size_t idle)
{
    if (!pump->spare && !(pump->spare = malloc(sizeof *pump->spare)))
        return -ENOMEM;
    if (curl_multi_add_handle(pump->multi, easy) != CURLM_OK)
        return -ENOMEM;
    if (pump->load++ == 0)
        ev_timer_again(pump->loop->ev, &pump->survey);
    pump->idle = idle;
    pump->loop->watchers++; /* a busy loop must poll now */
    return 0;
}

uint64_t pump_turn(const struct pump *pump)
{
    return pump->turn;
}

void pump_remove(struct pump *pump, CURL *easy)
{
    curl_multi_remove_handle(pump->multi, easy);
    if (--pump->load == 0)
        ev_timer_stop(pump->loop->ev, &pump->survey);
    pump->loop->watchers--;
}
