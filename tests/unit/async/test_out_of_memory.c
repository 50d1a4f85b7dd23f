/* Runs each scenario once for each of its allocations, which fails, and again with all later
 * allocations failing too. It must then end with an expected code or for lack of memory, with a
 * usable loop and without leaks. */
#include <errno.h>
#include <stdlib.h>

#include <afetch/afetch.h>

#include "out_of_memory_suite.h"

TestSuite(out_of_memory, .timeout = 120);

/* ------------------------------------------------------------ what a scenario has */

/* Futures and timers, to be released together at any stage. */
struct crowd {
    af_future *futures[16];
    size_t count;
    af_handle *handles[4];
    size_t handle_count;
};

static void crowd_leave(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->handle_count; i++) {
        af_handle_cancel(crowd->handles[i]);
        af_handle_unref(crowd->handles[i]);
    }
    for (size_t i = 0; i < crowd->count; i++)
        af_future_unref(crowd->futures[i]);
}

/* Keeps the object created by a call that returned R. */
static int crowd_take(struct crowd *crowd, int r, af_future *made)
{
    if (r >= 0)
        crowd->futures[crowd->count++] = made;
    return r;
}

static int crowd_spawn(struct crowd *crowd, af_coroutine *coroutine, const void *arg)
{
    af_task *task = NULL;
    int r = af_create_task(coroutine, (void *)arg, NULL, &task);
    return crowd_take(crowd, r, task);
}

static int crowd_gather(struct crowd *crowd, size_t first, size_t count, bool return_exceptions)
{
    af_future *made = NULL;
    int r = af_gather(crowd->futures + first, count, return_exceptions, &made);
    return crowd_take(crowd, r, made);
}

static int crowd_cancel_later(struct crowd *crowd, double delay, size_t index)
{
    int r = af_loop_call_later(af_running_loop(), delay, cancel_later, crowd->futures[index],
                               &crowd->handles[crowd->handle_count]);
    crowd->handle_count += r >= 0;
    return r;
}

static int nap(void *delay, void **ret_result)
{
    *ret_result = delay;
    return af_sleep(*(const double *)delay);
}

static int nap_badly(void *delay, void **ret_result)
{
    int r = nap(delay, ret_result);
    return r < 0 ? r : af_raise(-EIO, "failed after %g s", *(const double *)delay);
}

/* ------------------------------------------------------------------ gather, shield */

static int check_outcomes(af_future *gather, const int *codes, size_t count)
{
    void *result;
    int r = af_await(gather, &result);
    const af_outcome *outcomes = result;
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = is_want(outcomes[i].error) ? 0 : expected(outcomes[i].error.code, codes[i]);
    return r;
}

/* 0 to 2 sleep, 3 sleeps and fails, 4 is a plain future, and 5 a shield of 2. The gathers are 6 of
 * 0 to 2, whose child 1 is cancelled; 7 of 3 to 6, which is cancelled itself; and 8 of all. */
static int gather_and_cancel(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct crowd crowd = {0};
    af_future *made = NULL;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < 4; i++)
        r = crowd_spawn(&crowd, i == 3 ? nap_badly : nap, &delays[i == 3 ? 0 : 2 * i]);
    if (r >= 0)
        r = af_create_future(&made);
    r = crowd_take(&crowd, r, made);
    if (r >= 0)
        r = af_shield(crowd.futures[2], &made);
    r = crowd_take(&crowd, r, made);
    if (r >= 0)
        r = crowd_gather(&crowd, 0, 3, false);
    if (r >= 0)
        r = crowd_gather(&crowd, 3, 4, true);
    if (r >= 0)
        r = crowd_gather(&crowd, 0, 8, true);
    if (r >= 0)
        r = crowd_cancel_later(&crowd, 1.5, 1);
    if (r >= 0)
        r = crowd_cancel_later(&crowd, 2.5, 7);
    if (r >= 0)
        r = expected(af_await(crowd.futures[6], NULL), AF_CANCELLED);
    if (r >= 0)
        r = expected(af_await(crowd.futures[7], NULL), AF_CANCELLED);
    static const int codes[] = {
        0, AF_CANCELLED, 0, -EIO, AF_CANCELLED, AF_CANCELLED, AF_CANCELLED, AF_CANCELLED};
    if (r >= 0)
        r = check_outcomes(crowd.futures[8], codes, 8);
    crowd_leave(&crowd);
    return r;
}

Test(out_of_memory, a_gather_with_cancellations)
{
    survive(&virtual_clock, gather_and_cancel);
}

/* ---------------------------------------------------------------------- task group */

static int group_of(const double *body, af_coroutine *last, int code)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (size_t i = 0; r >= 0 && i < 4; i++)
        r = af_task_group_create_task(group, i == 3 ? last : nap, (void *)&delays[i], NULL, NULL);
    if (r >= 0)
        r = af_sleep(*body);
    return expected(af_task_group_exit(group, r), code);
}

static int nested_group(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return group_of(&delays[0], nap_badly, AF_GROUP);
}

static int groups(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = group_of(&delays[0], nap, 0);
    if (r >= 0)
        r = group_of(&delays[4], nap_badly, AF_GROUP);
    return r < 0 ? r : group_of(&delays[4], nested_group, 0);
}

Test(out_of_memory, a_task_group)
{
    survive(&virtual_clock, groups);
}

/* ------------------------------------------------------------------ task set, retry */

/* Fails the first time. */
static int nap_at_the_second_attempt(void *attempts, void **ret_result)
{
    (void)ret_result;
    return ++*(int *)attempts == 1 ? af_raise(-EIO, "not yet") : af_sleep(1);
}

static int retry_nap(void *arg, void **ret_result)
{
    (void)arg;
    int attempts = 0;
    return af_retry(&(af_retry_options){.retries = 2, .delay = 1, .max_delay = 2},
                    nap_at_the_second_attempt, &attempts, ret_result);
}

static int fill_set(af_task_set *set)
{
    int r = af_task_set_create_task(set, retry_nap, NULL, NULL);
    for (size_t i = 0; r >= 0 && i < 3; i++)
        r = af_task_set_create_task(set, nap, (void *)&delays[i], NULL);
    if (r >= 0)
        r = af_sleep(1.5);
    return r;
}

static int task_set(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_task_set *set;
    int r = af_task_set_new(&set);
    if (r < 0)
        return r;
    r = fill_set(set);
    af_task_set_cancel(set);
    int joined = af_task_set_join(set);
    af_task_set_free(set);
    return r < 0 ? r : joined;
}

Test(out_of_memory, a_task_set_and_retries)
{
    survive(&virtual_clock, task_set);
}

/* ----------------------------------------------------------- wait, wait_for, timeout */

static int wait_for_some(struct crowd *crowd)
{
    int r = expected(af_wait(crowd->futures, 4, 1.5, AF_ALL_COMPLETED), 1);
    if (r >= 0)
        r = expected(af_wait(crowd->futures + 1, 3, AF_FOREVER, AF_FIRST_COMPLETED), 1);
    if (r >= 0)
        r = expected(af_wait(crowd->futures + 2, 2, AF_FOREVER, AF_FIRST_EXCEPTION), 1);
    if (r >= 0)
        r = expected(af_wait_for(crowd->futures[4], 0.5, NULL), AF_TIMEOUT);
    return r < 0 ? r : expected(af_wait_for(crowd->futures[5], 0, NULL), AF_TIMEOUT);
}

static int wait_in_scopes(void)
{
    af_timeout outer, inner;
    int r = af_timeout_enter(&outer, 10);
    if (r < 0)
        return r;
    r = af_timeout_enter(&inner, 1);
    if (r >= 0) {
        r = af_timeout_reschedule(&inner, af_timeout_when(&inner) + 1);
        if (r >= 0)
            r = af_sleep(5);
        r = expected(af_timeout_exit(&inner, r), AF_TIMEOUT);
    }
    if (r >= 0)
        r = af_sleep(20);
    return expected(af_timeout_exit(&outer, r), AF_TIMEOUT);
}

/* Tasks end early for lack of memory, so a wait may count more done tasks than expected. */
static int waits(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct crowd crowd = {0};
    int r = 0;
    for (size_t i = 0; r >= 0 && i < 6; i++)
        r = crowd_spawn(&crowd, i == 2 ? nap_badly : nap, &delays[i < 5 ? i : 4]);
    if (r >= 0)
        r = wait_for_some(&crowd);
    bool wanting = false;
    for (size_t i = 0; i < crowd.count; i++)
        wanting |= is_want(af_future_peek_exception(crowd.futures[i]));
    crowd_leave(&crowd);
    if (r == -EPROTO && wanting)
        return -ENOMEM;
    return r < 0 ? r : wait_in_scopes();
}

Test(out_of_memory, waits_and_timeouts)
{
    survive(&virtual_clock, waits);
}

/* --------------------------------------------- queue, semaphore, lock, condition, event */

enum { ITEMS = 12 };

static struct workshop {
    af_queue *queue;
    af_semaphore *semaphore;
    af_lock *lock;
    af_condition *condition;
    af_event *event;
    size_t put, got;
    bool opened;
} workshop;

static int produce(void *arg, void **ret_result)
{
    (void)ret_result;
    for (int i = 0; i < ITEMS / 2; i++) {
        int r = af_queue_put(workshop.queue, arg);
        if (r < 0)
            return r;
        workshop.put++;
    }
    return 0;
}

static int consume_with_permit(void)
{
    void *item;
    int r = af_queue_get(workshop.queue, &item);
    if (r < 0)
        return r;
    workshop.got++;
    r = af_sleep(*(const double *)item);
    if (r < 0)
        return r;
    return af_queue_task_done(workshop.queue);
}

static int consume(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (;;) {
        int r = af_semaphore_acquire(workshop.semaphore);
        if (r < 0)
            return r;
        r = consume_with_permit();
        af_semaphore_release(workshop.semaphore);
        if (r == AF_QUEUE_SHUT_DOWN)
            return 0;
        if (r < 0)
            return r;
    }
}

static bool is_open(void *arg)
{
    (void)arg;
    return workshop.opened;
}

static int enter_when_open(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_event_wait(workshop.event);
    if (r >= 0)
        r = af_lock_acquire(workshop.lock);
    if (r < 0)
        return r;
    r = af_condition_wait_for(workshop.condition, is_open, NULL);
    af_lock_release(workshop.lock);
    return r;
}

static int open_the_door(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_sleep(1);
    if (r < 0)
        return r;
    af_event_set(workshop.event);
    r = af_sleep(1);
    if (r >= 0)
        r = af_lock_acquire(workshop.lock);
    if (r < 0)
        return r;
    workshop.opened = true;
    af_condition_notify_all(workshop.condition);
    r = af_sleep(1);
    af_lock_release(workshop.lock);
    return r;
}

static int work_together(void)
{
    static af_coroutine *const workers[] = {produce,         produce,         consume,      consume,
                                            enter_when_open, enter_when_open, open_the_door};
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (size_t i = 0; r >= 0 && i < sizeof workers / sizeof *workers; i++)
        r = af_task_group_create_task(group, workers[i], (void *)&delays[i % 2], NULL, NULL);
    while (r >= 0 && workshop.put < ITEMS)
        r = af_sleep(1);
    if (r >= 0)
        r = af_queue_join(workshop.queue);
    af_queue_shutdown(workshop.queue, false);
    return expected(af_task_group_exit(group, r), 0);
}

static int build_workshop(void)
{
    workshop = (struct workshop){0};
    int r = af_queue_new(2, NULL, &workshop.queue);
    if (r >= 0)
        r = af_semaphore_new(1, &workshop.semaphore);
    if (r >= 0)
        r = af_lock_new(&workshop.lock);
    if (r >= 0)
        r = af_condition_new(workshop.lock, &workshop.condition);
    return r < 0 ? r : af_event_new(&workshop.event);
}

static int work(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = build_workshop();
    if (r >= 0) {
        r = work_together();
        cr_assert_eq(workshop.put, workshop.got + af_queue_size(workshop.queue));
        cr_assert_eq(af_semaphore_value(workshop.semaphore), 1);
        cr_assert_not(af_lock_locked(workshop.lock));
    }
    af_queue_free(workshop.queue);
    af_semaphore_free(workshop.semaphore);
    af_condition_free(workshop.condition);
    af_lock_free(workshop.lock);
    af_event_free(workshop.event);
    return r;
}

Test(out_of_memory, a_queue_a_semaphore_a_lock_a_condition_and_an_event)
{
    survive(&virtual_clock, work);
}

/* ---------------------------------------------------- as_completed, bounded gather */

static int take_as_completed(struct crowd *crowd, double timeout)
{
    af_as_completed *iterator;
    int r = af_as_completed_new(crowd->futures, crowd->count, timeout, &iterator);
    if (r < 0)
        return r;
    af_future *child;
    while ((r = af_as_completed_next(iterator, &child)) > 0)
        ;
    af_as_completed_free(iterator);
    return r;
}

static int as_completed(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    struct crowd crowd = {0};
    int r = 0;
    for (size_t i = 0; r >= 0 && i < 4; i++)
        r = crowd_spawn(&crowd, i == 1 ? nap_badly : nap, &delays[i]);
    if (r >= 0)
        r = expected(take_as_completed(&crowd, 1.5), AF_TIMEOUT);
    bool wanting = false; /* it ended before the timeout */
    for (size_t i = 0; i < crowd.count; i++)
        wanting |= is_want(af_future_peek_exception(crowd.futures[i]));
    if (r == -EPROTO && wanting)
        r = 0;
    if (r >= 0)
        r = take_as_completed(&crowd, AF_FOREVER);
    crowd_leave(&crowd);
    return r;
}

Test(out_of_memory, as_completed)
{
    survive(&virtual_clock, as_completed);
}

static int pull_nap(void *arg, af_future **ret_future)
{
    size_t *pulled = arg;
    if (*pulled == 8)
        return 0;
    double *delay = malloc(sizeof *delay);
    if (!delay)
        return -ENOMEM;
    *delay = delays[*pulled % 5];
    int r = af_create_task(*pulled % 3 == 2 ? nap_badly : nap, delay, free, ret_future);
    if (r < 0) {
        free(delay);
        return r;
    }
    ++*pulled;
    return 1;
}

typedef int bounded_maker(const af_bounded_options *options, af_bounded **ret_bounded);

static int take_bounded(bounded_maker *make, af_semaphore *semaphore)
{
    size_t pulled = 0;
    af_bounded *bounded;
    int r = make(&(af_bounded_options){pull_nap, &pulled, semaphore, 4}, &bounded);
    if (r < 0)
        return r;
    af_future *future;
    while ((r = af_bounded_next(bounded, &future)) > 0)
        af_future_unref(future);
    cr_assert_eq(af_bounded_stop(bounded), 0);
    af_bounded_free(bounded);
    cr_assert_eq(af_semaphore_value(semaphore), 3);
    return r;
}

static int bounded(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_semaphore *semaphore;
    int r = af_semaphore_new(3, &semaphore);
    if (r < 0)
        return r;
    r = take_bounded(af_bounded_gather, semaphore);
    if (r >= 0)
        r = take_bounded(af_bounded_as_completed, semaphore);
    af_semaphore_free(semaphore);
    return r;
}

Test(out_of_memory, a_bounded_gather)
{
    survive(&virtual_clock, bounded);
}
