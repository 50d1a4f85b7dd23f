/* Many random cancellations, after which no permit, item or notification may be lost. The tasks are
 * chosen by a generator with a fixed seed. */
#include <errno.h>
#include <stdlib.h>

#include <afetch/afetch.h>

#include "virtual_clock.h"

TestSuite(storm, .init = open_loop, .fini = close_loop, .timeout = 120);

static uint64_t seed = 1;

static size_t random_below(size_t limit)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % limit;
}

/* Fewer under sanitizers and valgrind. */
static size_t scaled(size_t count)
{
    return many() < 20000 ? count / 10 : count;
}

static bool all_done(af_task *const *tasks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!af_future_done(tasks[i]))
            return false;
    return true;
}

/* Cancels some of the tasks in each of ROUNDS iterations, once all have begun. */
static void rage(af_task *const *tasks, size_t count, size_t rounds, size_t hits)
{
    tick(1);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < hits; i++)
            af_future_cancel(tasks[random_below(count)]);
        tick(1);
    }
    settle();
    cr_assert(all_done(tasks, count));
}

/* ---------------------------------------------------------------------- each other */

enum { MANY = 2000 };

static struct fighter {
    af_task *task;
    size_t swallowed;
} fighters[MANY];

static size_t fighter_count;

/* Cancels other tasks and is cancelled, a limited number of times. */
static int fight(void *arg, void **ret_result)
{
    (void)ret_result;
    struct fighter *self = arg;
    for (int blow = 0; blow < 20; blow++) {
        af_future_cancel(fighters[random_below(fighter_count)].task);
        int r = af_sleep((double)random_below(3));
        if (r == AF_CANCELLED && ++self->swallowed == 10)
            return r;
    }
    return 0;
}

Test(storm, thousands_of_tasks_cancel_each_other)
{
    fighter_count = scaled(MANY);
    for (size_t i = 0; i < fighter_count; i++)
        fighters[i].task = spawn(fight, &fighters[i]);
    settle();
    for (size_t i = 0; i < fighter_count; i++) {
        cr_assert(af_future_done(fighters[i].task));
        cr_assert(le(sz, fighters[i].swallowed, af_task_cancelling(fighters[i].task)));
    }
    expect_reports("");
}

static int cancel_the_next(af_future *future, void *arg)
{
    (void)future;
    struct fighter *next = arg;
    if (next < fighters + fighter_count)
        af_future_cancel(next->task);
    return 0;
}

Test(storm, each_done_task_cancels_the_next)
{
    fighter_count = scaled(MANY);
    static const struct actor actor = {.delay = 1000};
    for (size_t i = 0; i < fighter_count; i++) {
        fighters[i].task = spawn(sleeper, (void *)&actor);
        af_future_add_done_callback(fighters[i].task, cancel_the_next, &fighters[i + 1]);
    }
    tick(1);
    af_future_cancel(fighters[0].task);
    settle();
    cr_assert_eq(af_loop_time(loop), 0);
    for (size_t i = 0; i < fighter_count; i++)
        cr_assert(af_future_cancelled(fighters[i].task));
}

static int cancel_all(af_future *future, void *arg)
{
    (void)future, (void)arg;
    for (size_t i = 0; i < fighter_count; i++)
        af_future_cancel(fighters[i].task);
    return 0;
}

Test(storm, each_done_task_cancels_all)
{
    fighter_count = 200;
    static const struct actor actor = {.delay = 1000};
    for (size_t i = 0; i < fighter_count; i++) {
        fighters[i].task = i % 2 == 0 ? spawn(sleeper, (void *)&actor) : new_future();
        af_future_add_done_callback(fighters[i].task, cancel_all, NULL);
    }
    tick(1);
    af_future_cancel(fighters[7].task);
    settle();
    for (size_t i = 0; i < fighter_count; i++)
        cr_assert(af_future_cancelled(fighters[i].task));
}

/* ------------------------------------------------------------------ gather of gathers */

static size_t counted;

static int count_cancellation(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    int r = af_sleep(1000);
    counted += r == AF_CANCELLED;
    return r;
}

enum { BRANCHES = 10 };

static af_future *grow_tree(int depth)
{
    if (depth == 0)
        return af_future_ref(spawn(count_cancellation, NULL));
    af_future *children[BRANCHES], *made;
    for (size_t i = 0; i < BRANCHES; i++)
        children[i] = grow_tree(depth - 1);
    expect_code(af_gather(children, BRANCHES, depth % 2 == 0, &made), 0);
    for (size_t i = 0; i < BRANCHES; i++)
        af_future_unref(children[i]);
    return made;
}

Test(storm, a_gather_of_gathers_of_gathers_is_cancelled_to_its_last_task)
{
    af_future *tree = grow_tree(3);
    af_task *task = spawn(awaiter, &(struct actor){"tree", .future = tree});
    af_future_unref(tree);
    tick(2);
    af_future_cancel(task);
    settle();
    expect_trace("tree:cancelled");
    cr_assert(eq(sz, counted, BRANCHES * BRANCHES * BRANCHES));
}

Test(storm, an_unreferenced_tree_is_freed_with_the_loop)
{
    af_future_unref(grow_tree(2));
    tick(2);
    close_loop();
    take_reports();
    cr_assert(eq(sz, counted, 0));
    open_loop();
}

static af_future *ring[2];

static int await_the_other(void *index, void **ret_result)
{
    int r = af_await(ring[*(int *)index], ret_result);
    trace("%s", word(r));
    return r;
}

/* asyncio raises RecursionError here. */
Test(storm, a_cycle_of_gathers_and_tasks_can_be_cancelled)
{
    static int indices[] = {0, 1};
    af_task *tasks[2];
    for (int i = 0; i < 2; i++) {
        tasks[i] = spawn(await_the_other, &indices[i]);
        expect_code(af_gather(&tasks[i], 1, i == 0, &ring[1 - i]), 0);
        keep(ring[1 - i]);
    }
    tick(2);
    af_future_cancel(tasks[0]);
    settle();
    expect_trace("cancelled cancelled");
}

static int await_oneself(void *arg, void **ret_result)
{
    (void)arg;
    af_task *self = af_current_task();
    af_future *all;
    expect_code(af_gather(&self, 1, true, &all), 0);
    int r = af_await(all, ret_result);
    af_future_unref(all);
    trace("%s", word(r));
    return r;
}

Test(storm, a_task_that_awaits_a_gather_of_itself_can_be_cancelled)
{
    af_task *task = spawn(await_oneself, NULL);
    tick(2);
    cr_assert(af_future_cancel(task));
    settle();
    expect_trace("cancelled");
    cr_assert(af_future_cancelled(task));
}

/* --------------------------------------------------------------------- every iteration */

static size_t delivered, wanted;

static int be_cancelled_always(void *condition, void **ret_result)
{
    (void)ret_result;
    while (delivered < wanted)
        delivered += af_sleep(1) == AF_CANCELLED;
    delivered = 0;
    while (af_condition_acquire(condition) == AF_CANCELLED)
        delivered++;
    int r = af_condition_wait(condition);
    trace("%s", word(r));
    cr_assert(af_condition_locked(condition));
    return af_condition_release(condition);
}

Test(storm, a_cancel_in_every_iteration_is_delivered_in_every_iteration)
{
    af_condition *condition;
    expect_code(af_condition_new(NULL, &condition), 0);
    wanted = scaled(1000);
    af_task *task = spawn(be_cancelled_always, condition);
    tick(1);
    for (size_t i = 0; i < wanted; i++) {
        cr_assert(eq(sz, delivered, i));
        cr_assert(af_future_cancel(task));
        tick(1);
    }
    /* It now waits for the condition, and then for its lock, which it must acquire. */
    tick(1);
    af_future_cancel(task);
    tick(3);
    expect_trace("cancelled");
    cr_assert(af_future_done(task));
    cr_assert(not(af_condition_locked(condition)));
    af_condition_free(condition);
}

/* ----------------------------------------------------------------------- semaphore, lock */

static struct {
    af_semaphore *semaphore;
    af_lock *lock;
    af_event *event;
    size_t inside, most_inside;
} room;

/* Acquires and releases, and swallows all cancellations. */
static int go_in_and_out(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (int i = 0; i < 10;) {
        if (af_semaphore_acquire(room.semaphore) < 0)
            continue;
        if (++room.inside > room.most_inside)
            room.most_inside = room.inside;
        af_sleep((double)random_below(2));
        room.inside--;
        expect_code(af_semaphore_release(room.semaphore), 0);
        i++;
    }
    return 0;
}

Test(storm, no_permit_of_a_semaphore_is_lost)
{
    enum { WORKERS = 40, PERMITS = 3 };
    af_task *tasks[WORKERS];
    expect_code(af_bounded_semaphore_new(PERMITS, &room.semaphore), 0);
    for (size_t i = 0; i < WORKERS; i++)
        tasks[i] = spawn(go_in_and_out, NULL);
    rage(tasks, WORKERS, scaled(2000), 5);
    cr_assert(eq(sz, room.most_inside, PERMITS));
    cr_assert(eq(sz, af_semaphore_value(room.semaphore), PERMITS));
    cr_assert(not(af_semaphore_locked(room.semaphore)));
    af_semaphore_free(room.semaphore);
}

static int lock_and_unlock(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (int i = 0; i < 10;) {
        int r = i % 3 == 0 ? af_event_wait(room.event) : 0;
        if (r < 0 || af_lock_acquire(room.lock) < 0)
            continue;
        cr_assert(eq(sz, ++room.inside, 1));
        af_sleep((double)random_below(2));
        room.inside--;
        expect_code(af_lock_release(room.lock), 0);
        random_below(2) == 0 ? af_event_set(room.event) : af_event_clear(room.event);
        i++;
    }
    af_event_set(room.event);
    return 0;
}

static int set_event(void *event)
{
    af_event_set(event);
    return 0;
}

Test(storm, no_wake_of_a_lock_is_lost)
{
    enum { WORKERS = 40 };
    af_task *tasks[WORKERS];
    expect_code(af_lock_new(&room.lock), 0);
    expect_code(af_event_new(&room.event), 0);
    for (size_t i = 0; i < WORKERS; i++)
        tasks[i] = spawn(lock_and_unlock, NULL);
    for (size_t i = 0; i < scaled(20000); i++)
        af_loop_call_later(loop, (double)i / 10, set_event, room.event, NULL);
    rage(tasks, WORKERS, scaled(2000), 5);
    cr_assert(not(af_lock_locked(room.lock)));
    af_lock_free(room.lock);
    af_event_free(room.event);
}

/* ---------------------------------------------------------------------------- condition */

static struct {
    af_condition *condition;
    size_t tokens;
    size_t left; /* still to be created */
    size_t taken;
} mint;

static bool has_token(void *arg)
{
    (void)arg;
    return mint.tokens > 0;
}

static int coin(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    while (mint.left > 0) {
        if (af_condition_acquire(mint.condition) < 0)
            continue;
        if (mint.left > 0) {
            mint.left--;
            mint.tokens++;
            expect_code(af_condition_notify(mint.condition, 1), 0);
        }
        af_condition_release(mint.condition);
        af_sleep((double)random_below(2));
    }
    return 0;
}

/* Takes COUNT tokens. */
static int take_tokens(void *count, void **ret_result)
{
    (void)ret_result;
    for (size_t i = 0; i < *(size_t *)count;) {
        if (af_condition_acquire(mint.condition) < 0)
            continue;
        int r = af_condition_wait_for(mint.condition, has_token, NULL);
        cr_assert(af_condition_locked(mint.condition));
        if (r >= 0) {
            mint.tokens--;
            mint.taken++;
            i++;
        }
        af_condition_release(mint.condition);
    }
    return 0;
}

Test(storm, no_notification_of_a_condition_is_lost)
{
    enum { TAKERS = 20, MAKERS = 3 };
    size_t each = 20;
    af_task *tasks[TAKERS + MAKERS];
    expect_code(af_condition_new(NULL, &mint.condition), 0);
    mint.left = TAKERS * each;
    for (size_t i = 0; i < TAKERS + MAKERS; i++)
        tasks[i] = i < TAKERS ? spawn(take_tokens, &each) : spawn(coin, NULL);
    rage(tasks, TAKERS + MAKERS, scaled(2000), 5);
    cr_assert(eq(sz, mint.taken, TAKERS * each));
    cr_assert(eq(sz, mint.tokens, 0));
    af_condition_free(mint.condition);
}

/* -------------------------------------------------------------------------------- queue */

enum { PRODUCERS = 3, CONSUMERS = 5, EACH = 200 };

static struct {
    af_queue *queue;
    size_t produced[PRODUCERS];
    size_t consumed[PRODUCERS]; /* per producer, in the order of put */
} market;

static int put_all(void *arg, void **ret_result)
{
    (void)ret_result;
    size_t *produced = arg;
    size_t who = (size_t)(produced - market.produced);
    while (*produced < EACH) {
        int r = af_queue_put(market.queue, (void *)(who * EACH + *produced));
        if (r >= 0)
            ++*produced;
        else
            expect_code(r, AF_CANCELLED);
        af_sleep(random_below(4) == 0 ? 1 : 0);
    }
    return 0;
}

static int get_all(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (;;) {
        void *item;
        int r = af_queue_get(market.queue, &item);
        if (r == AF_QUEUE_SHUT_DOWN)
            return 0;
        if (r < 0)
            continue;
        size_t number = (size_t)item;
        cr_assert(eq(sz, market.consumed[number / EACH]++, number % EACH));
        af_sleep(random_below(4) == 0 ? 1 : 0);
        expect_code(af_queue_task_done(market.queue), 0);
    }
}

static int join_and_shut_down(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    bool all_put = false;
    while (!all_put) {
        af_sleep(1);
        while (af_queue_join(market.queue) == AF_CANCELLED)
            ;
        all_put = true;
        for (size_t i = 0; i < PRODUCERS; i++)
            all_put = all_put && market.produced[i] == EACH;
    }
    af_queue_shutdown(market.queue, false);
    return 0;
}

Test(storm, no_item_of_a_queue_is_lost_duplicated_or_early)
{
    af_task *tasks[PRODUCERS + CONSUMERS + 1];
    expect_code(af_queue_new(2, NULL, &market.queue), 0);
    for (size_t i = 0; i < PRODUCERS; i++)
        tasks[i] = spawn(put_all, &market.produced[i]);
    for (size_t i = 0; i < CONSUMERS; i++)
        tasks[PRODUCERS + i] = spawn(get_all, NULL);
    tasks[PRODUCERS + CONSUMERS] = spawn(join_and_shut_down, NULL);
    rage(tasks, PRODUCERS + CONSUMERS + 1, scaled(2000), 3);
    for (size_t i = 0; i < PRODUCERS; i++)
        cr_assert(eq(sz, market.consumed[i], EACH));
    cr_assert(eq(sz, af_queue_unfinished(market.queue), 0));
    af_queue_free(market.queue);
}

/* --------------------------------------------------------------- scopes, groups, bounded */

/* A timeout takes back only its own cancellation: the remaining count is that of other requests. */
static int run_in_scopes(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (int i = 0; i < 30; i++) {
        af_timeout outer, inner;
        expect_code(af_timeout_enter(&outer, (double)random_below(3)), 0);
        expect_code(af_timeout_enter(&inner, (double)random_below(3)), 0);
        int r = af_timeout_exit(&inner, af_sleep((double)random_below(3)));
        r = af_timeout_exit(&outer, r);
        cr_assert(r == 0 || r == AF_TIMEOUT || r == AF_CANCELLED);
    }
    return 0;
}

static int fight_in_group(void *arg, void **ret_result)
{
    (void)ret_result;
    for (int i = 0; i < 10; i++) {
        af_task_group *group;
        expect_code(af_task_group_enter(&group), 0);
        int r = 0;
        for (int child = 0; child < 5 && r >= 0; child++)
            r = af_task_group_create_task(group, run_in_scopes, arg, NULL, NULL);
        if (r >= 0)
            r = af_sleep((double)random_below(10));
        r = af_task_group_exit(group, r);
        cr_assert(r == 0 || r == AF_CANCELLED);
    }
    return 0;
}

Test(storm, timeouts_and_groups_take_back_only_their_own_cancellations)
{
    enum { WORKERS = 20 };
    af_task *tasks[WORKERS];
    unsigned asked[WORKERS] = {0};
    for (size_t i = 0; i < WORKERS; i++)
        tasks[i] = spawn(i % 2 == 0 ? run_in_scopes : fight_in_group, NULL);
    for (size_t round = 0; round < scaled(1000); round++) {
        size_t hit = random_below(WORKERS);
        asked[hit] += af_future_cancel(tasks[hit]);
        tick(1);
    }
    settle();
    cr_assert(all_done(tasks, WORKERS));
    for (size_t i = 0; i < WORKERS; i++)
        cr_assert(eq(uint, af_task_cancelling(tasks[i]), asked[i]));
    expect_reports("");
}

static struct {
    size_t pulled;
    size_t handed_out;
    af_bounded *bounded;
} source;

static const struct actor short_sleeper = {.delay = 1};

static int pull_sleeper(void *length, af_future **ret_future)
{
    if (source.pulled == *(size_t *)length)
        return 0;
    source.pulled++;
    int r = af_create_task(sleeper, (void *)&short_sleeper, NULL, ret_future);
    return r < 0 ? r : 1;
}

static int take_whatever_comes(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (;;) {
        af_future *future;
        int r = af_bounded_next(source.bounded, &future);
        if (r == 0)
            return 0;
        if (r < 0)
            continue;
        af_future_unref(future);
        source.handed_out++;
    }
}

static int begin_bounded(void *options)
{
    return af_bounded_as_completed(options, &source.bounded);
}

Test(storm, no_result_of_a_bounded_gather_is_lost)
{
    size_t length = scaled(3000);
    af_bounded_options options = {.next = pull_sleeper, .arg = &length, .window = 20};
    expect_code(af_semaphore_new(10, &options.semaphore), 0);
    af_loop_call_soon(loop, begin_bounded, &options, NULL);
    tick(1);
    af_task *tasks[4];
    for (size_t i = 0; i < 4; i++)
        tasks[i] = spawn(take_whatever_comes, NULL);
    rage(tasks, 4, scaled(2000), 2);
    cr_assert(eq(sz, source.handed_out, length));
    cr_assert(eq(sz, af_semaphore_value(options.semaphore), 10));
    af_bounded_free(source.bounded);
    af_semaphore_free(options.semaphore);
}
