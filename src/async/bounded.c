#include <errno.h>
#include <stdlib.h>

#include <afetch/bounded.h>

#include "async/task.h"
#include "async/waiters.h"

/* A future that was pulled. */
struct item {
    struct callback done;
    af_bounded *bounded;
    af_future *future;
    struct list link;  /* in pulled, in the order of the source, until it is returned */
    struct list ready; /* in finished, in the order of completion, unless in_order */
};

struct af_bounded {
    af_bounded_options options;
    bool in_order;
    af_task *feeder;
    struct callback source_ended; /* the feeder is done */
    size_t held; /* pulled and not returned; if it reaches the window, the feeder waits */
    bool stopped;
    struct list pulled;
    struct list finished;
    struct waiters consumers; /* waiting for a future to return */
    struct waiters room;      /* the feeder, waiting for room in the window */
    struct waiters stoppers;  /* waiting for the feeder to end */
    struct list spare;        /* freed items, which are reused */
};

/* Returns the next item to return, or NULL. */
static struct item *next_item(const af_bounded *bounded)
{
    if (!bounded->in_order)
        return list_empty(&bounded->finished)
                   ? NULL
                   : container_of(bounded->finished.next, struct item, ready);
    if (list_empty(&bounded->pulled))
        return NULL;
    struct item *item = container_of(bounded->pulled.next, struct item, link);
    return af_future_done(item->future) && list_empty(&item->done.handle.link) ? item : NULL;
}

static int acquire_permit(af_bounded *bounded)
{
    return bounded->options.semaphore ? af_semaphore_acquire(bounded->options.semaphore) : 0;
}

static int release_permit(af_bounded *bounded)
{
    return bounded->options.semaphore ? af_semaphore_release(bounded->options.semaphore) : 0;
}

static int run_done(struct handle *handle)
{
    struct item *item = container_of(handle, struct item, done.handle);
    af_bounded *bounded = item->bounded;
    if (!bounded->in_order)
        list_append(&bounded->finished, &item->ready);
    if (next_item(bounded))
        waiters_wake(&bounded->consumers);
    return release_permit(bounded);
}

static const struct handle_type done_type = {.run = run_done};

static struct item *item_new(af_bounded *bounded)
{
    struct list *link = list_pop(&bounded->spare);
    return link ? container_of(link, struct item, link) : malloc(sizeof(struct item));
}

static void item_free(struct item *item)
{
    callback_remove(&item->done);
    list_remove(&item->link);
    list_remove(&item->ready);
    list_prepend(&item->bounded->spare, &item->link);
}

/* Waits for room and a permit, then pulls one future. Returns 1, or 0 at the end of the source. */
static int pull(af_bounded *bounded)
{
    int r;
    while (bounded->held >= bounded->options.window) {
        bool woken;
        r = waiters_wait(&bounded->room, &woken);
        if (r < 0)
            return r;
    }
    r = acquire_permit(bounded);
    if (r < 0)
        return r;
    struct item *item = item_new(bounded);
    r = item ? bounded->options.next(bounded->options.arg, &item->future) : -ENOMEM;
    if (r > 0 && item->future->loop != bounded->feeder->loop) {
        af_future_unref(item->future);
        r = af_raise(AF_VALUE_ERROR, "the source returned a future of another loop");
    }
    if (r <= 0) {
        free(item);
        release_permit(bounded);
        return r;
    }
    item->bounded = bounded;
    handle_init(&item->done.handle, &done_type);
    list_init(&item->ready);
    list_append(&bounded->pulled, &item->link);
    bounded->held++;
    future_add_callback(item->future, &item->done);
    return 1;
}

static int feed(void *arg, void **ret_result)
{
    (void)ret_result;
    af_bounded *bounded = arg;
    int r;
    do
        r = pull(bounded);
    while (r > 0 && !bounded->stopped);
    return r;
}

static bool ended(const af_bounded *bounded)
{
    return af_future_done(bounded->feeder) && list_empty(&bounded->pulled);
}

/* Wakes the waiting tasks if there is nothing left to wait for. */
static int run_source_ended(struct handle *handle)
{
    af_bounded *bounded = container_of(handle, af_bounded, source_ended.handle);
    if (ended(bounded))
        waiters_wake(&bounded->consumers);
    while (waiters_wake(&bounded->stoppers))
        ;
    return 0;
}

static const struct handle_type source_ended_type = {.run = run_source_ended};

static int bounded_new(const af_bounded_options *options, bool in_order, af_bounded **ret_bounded)
{
    if (options->window == 0)
        return af_raise(AF_VALUE_ERROR, "the window is 0: it must be at least 1");
    af_bounded *bounded = malloc(sizeof *bounded);
    if (!bounded)
        return -ENOMEM;
    *bounded = (af_bounded){.options = *options, .in_order = in_order};
    list_init(&bounded->pulled);
    list_init(&bounded->finished);
    list_init(&bounded->spare);
    waiters_init(&bounded->consumers);
    waiters_init(&bounded->room);
    waiters_init(&bounded->stoppers);
    int r = af_create_task(feed, bounded, NULL, &bounded->feeder);
    if (r < 0) {
        free(bounded);
        return r;
    }
    handle_init(&bounded->source_ended.handle, &source_ended_type);
    future_add_callback(bounded->feeder, &bounded->source_ended);
    *ret_bounded = bounded;
    return 0;
}

int af_bounded_gather(const af_bounded_options *options, af_bounded **ret_bounded)
{
    return bounded_new(options, true, ret_bounded);
}

int af_bounded_as_completed(const af_bounded_options *options, af_bounded **ret_bounded)
{
    return bounded_new(options, false, ret_bounded);
}

bool af_bounded_ready(const af_bounded *bounded)
{
    return next_item(bounded) || ended(bounded);
}

/* Returns 0, or the error of the source. Being stopped is not an error. */
static int source_result(const af_bounded *bounded)
{
    int r = af_future_result(bounded->feeder, NULL);
    if (r != AF_CANCELLED)
        return r;
    return bounded->stopped ? 0 : af_raise(AF_RUNTIME_ERROR, "the source was cancelled");
}

int af_bounded_next(af_bounded *bounded, af_future **ret_future)
{
    struct item *item;
    while (!(item = next_item(bounded))) {
        if (ended(bounded)) {
            waiters_wake(&bounded->consumers); /* which reach the end as well */
            return source_result(bounded);
        }
        bool woken;
        int r = waiters_wait(&bounded->consumers, &woken);
        if (r < 0) {
            if (woken)
                waiters_wake(&bounded->consumers);
            return r;
        }
    }
    *ret_future = item->future;
    item_free(item);
    bounded->held--;
    waiters_wake(&bounded->room);
    /* The next future may be ready, and other tasks waiting for it. */
    if (af_bounded_ready(bounded))
        waiters_wake(&bounded->consumers);
    return 1;
}

int af_bounded_stop(af_bounded *bounded)
{
    /* Cancel it only once: it may be cleaning up. */
    if (!bounded->stopped)
        af_future_cancel(bounded->feeder);
    bounded->stopped = true;
    int r = 0;
    while (r >= 0 && !af_future_done(bounded->feeder)) {
        bool woken;
        r = waiters_wait(&bounded->stoppers, &woken);
    }
    return r;
}

void af_bounded_cancel(af_bounded *bounded)
{
    list_for_each (link, &bounded->pulled)
        af_future_cancel(container_of(link, struct item, link)->future);
}

void af_bounded_free(af_bounded *bounded)
{
    if (!bounded)
        return;
    list_for_each (link, &bounded->pulled) {
        struct item *item = container_of(link, struct item, link);
        if (!list_empty(&item->done.handle.link))
            release_permit(bounded);
        af_future *future = item->future;
        item_free(item); /* removes its callback while the future exists */
        af_future_unref(future);
    }
    struct list *link;
    while ((link = list_pop(&bounded->spare)))
        free(container_of(link, struct item, link));
    callback_remove(&bounded->source_ended);
    af_future_unref(bounded->feeder);
    free(bounded);
}
