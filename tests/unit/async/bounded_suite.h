/* Helpers of the tests of bounded iterators: a source, and consumers. */
#ifndef TESTS_BOUNDED_SUITE_H
#define TESTS_BOUNDED_SUITE_H

#include <stdlib.h>

#include <afetch/bounded.h>
#include <afetch/semaphore.h>
#include <afetch/task.h>

#include "virtual_clock.h"

enum { LONGEST = 16 };

/* A source of tasks, numbered from 0, which sleep for the delays of the table. */
struct source {
    size_t length;
    double delays[LONGEST];
    double pause; /* sleep before each item, if not 0 */
    int code;     /* return value at the end */
    size_t pulled;
    size_t alive, most_alive; /* arguments of tasks */
    size_t running, most_running;
};

extern struct source source;

struct item {
    size_t number;
    double delay;
};

static inline void free_item(void *item)
{
    source.alive--;
    free(item);
}

static inline int run_item(void *arg, void **ret_result)
{
    const struct item *item = arg;
    *ret_result = arg;
    if (++source.running > source.most_running)
        source.most_running = source.running;
    int r = af_sleep(item->delay);
    source.running--;
    return r;
}

static inline int pull_item(void *arg, af_future **ret_future)
{
    cr_assert_eq(arg, &source);
    if (source.pause != 0) {
        int r = af_sleep(source.pause);
        if (r < 0) {
            trace("source:%s", word(r));
            return r;
        }
    }
    if (source.pulled == source.length)
        return source.code < 0 ? af_raise(source.code, "source failed") : 0;
    struct item *item = malloc(sizeof *item);
    cr_assert_not_null(item);
    *item = (struct item){source.pulled, source.delays[source.pulled % LONGEST]};
    source.pulled++;
    if (++source.alive > source.most_alive)
        source.most_alive = source.alive;
    int r = af_create_task(run_item, item, free_item, ret_future);
    return r < 0 ? r : 1;
}

extern af_semaphore *semaphore;
extern af_bounded *bounded;
extern af_bounded_options options;

static inline int begin_gather(void *arg)
{
    (void)arg;
    return af_bounded_gather(&options, &bounded);
}

static inline int begin_as_completed(void *arg)
{
    (void)arg;
    return af_bounded_as_completed(&options, &bounded);
}

/* Starts an iterator over COUNT items with PERMITS permits. */
static inline void begin(af_callback *how, size_t length, size_t permits)
{
    source.length = length;
    expect_code(af_semaphore_new(permits, &semaphore), 0);
    options.semaphore = semaphore;
    af_loop_call_soon(loop, how, NULL, NULL);
    tick(1);
    cr_assert_not_null(bounded);
}

/* Traces the number of the next item, or a word if there is none. */
static inline int take_one(void *name, void **ret_result)
{
    (void)ret_result;
    af_future *future;
    int r = af_bounded_next(bounded, &future);
    if (r <= 0) {
        trace("%s%s", (char *)name, r == 0 ? "end" : word(r));
        return r;
    }
    cr_assert(af_future_done(future));
    const struct item *item = af_task_argument(future);
    trace("%s%zu%s", (char *)name, item->number, af_future_cancelled(future) ? "!" : "");
    af_future_unref(future);
    return 1;
}

static inline int take_all(void *name, void **ret_result)
{
    while (take_one(name, ret_result) > 0)
        ;
    return 0;
}

static const double uneven[] = {3, 1, 2};

static inline void set_delays(const double *delays, size_t count)
{
    for (size_t i = 0; i < count; i++)
        source.delays[i] = delays[i];
}

#endif
