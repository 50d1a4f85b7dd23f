#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/queue.h>

#include "virtual_clock.h"

static af_queue *queue;

static void open_queue(void)
{
    open_loop();
    expect_code(af_queue_new(0, NULL, &queue), 0);
}

static void close_queue(void)
{
    close_loop();
    af_queue_free(queue);
}

TestSuite(queue, .init = open_queue, .fini = close_queue);

static void trace_dropped(void *item)
{
    trace("dropped:%s", (char *)item);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Replaces the queue of the fixture. */
static void use_bounded(size_t maximum)
{
    af_queue_free(queue);
    expect_code(af_queue_new(maximum, trace_dropped, &queue), 0);
}

static void use_lifo(size_t maximum)
{
    af_queue_free(queue);
    expect_code(af_lifo_queue_new(maximum, trace_dropped, &queue), 0);
}

static void use_priority(size_t maximum)
{
    af_queue_free(queue);
    expect_code(af_priority_queue_new(maximum, by_name, trace_dropped, &queue), 0);
}

/* The three kinds of queues, for tests of their common behaviour. */
enum { BOUNDED, LIFO, PRIORITY, SORTS };
static void (*const use[SORTS])(size_t maximum) = {use_bounded, use_lifo, use_priority};

static const char *queue_word(int r)
{
    switch (r) {
    case AF_QUEUE_EMPTY:
        return "empty";
    case AF_QUEUE_FULL:
        return "full";
    case AF_QUEUE_SHUT_DOWN:
        return "shut-down";
    default:
        return word(r);
    }
}

static void put(char *item)
{
    expect_code(af_queue_put_nowait(queue, item), 0);
}

static void expect_put(char *item, int expected)
{
    expect_code(af_queue_put_nowait(queue, item), expected);
}

/* Gets an item without waiting. */
static void expect_item(const char *expected)
{
    void *item = NULL;
    expect_code(af_queue_get_nowait(queue, &item), 0);
    cr_assert(eq(str, item, (char *)expected));
}

static void expect_no_item(int expected)
{
    void *item = queue;
    expect_code(af_queue_get_nowait(queue, &item), expected);
    cr_assert_eq(item, queue, "untouched on failure");
}

static void expect_size(size_t size, size_t unfinished)
{
    cr_assert(eq(sz, af_queue_size(queue), size));
    cr_assert(eq(int, af_queue_empty(queue), size == 0));
    cr_assert(eq(sz, af_queue_unfinished(queue), unfinished));
}

static void task_done(void)
{
    expect_code(af_queue_task_done(queue), 0);
}

/* Coroutines: they trace "name=item", or "name:word" on an error. */
static int getter(void *name, void **ret_result)
{
    (void)ret_result;
    void *item;
    int r = af_queue_get(queue, &item);
    if (r >= 0)
        trace("%s=%s", (char *)name, (char *)item);
    else
        trace("%s:%s", (char *)name, queue_word(r));
    return r == AF_CANCELLED ? r : 0;
}

static int putter(void *item, void **ret_result)
{
    (void)ret_result;
    int r = af_queue_put(queue, item);
    trace("%s:%s", (char *)item, queue_word(r));
    return r == AF_CANCELLED ? r : 0;
}

static int joiner(void *name, void **ret_result)
{
    (void)ret_result;
    int r = af_queue_join(queue);
    trace("%s:%s", (char *)name, queue_word(r));
    return r;
}

/* --------------------------------------------------------- putting, getting */

Test(queue, is_empty_initially)
{
    expect_size(0, 0);
    cr_assert(not(af_queue_full(queue)));
    cr_assert_null(af_queue_peek(queue, 0));
    af_queue_free(NULL);
}

Test(queue, rule_63_first_in_first_out)
{
    put("a");
    put("c");
    put("b");
    expect_size(3, 3);
    expect_item("a");
    expect_item("c");
    expect_item("b");
    expect_size(0, 3);
}

/* Wraps around in the ring buffer while it grows. */
Test(queue, rule_63_growth_keeps_the_order)
{
    static int numbers[1000];
    int in = 0, out = 0;
    void *item;
    for (int round = 0; in < 1000; round++) {
        for (int i = 0; i < 7 && in < 1000; i++)
            expect_code(af_queue_put_nowait(queue, &numbers[in++]), 0);
        for (int i = 0; i < 5; i++) {
            expect_code(af_queue_get_nowait(queue, &item), 0);
            cr_assert_eq(item, &numbers[out++]);
        }
        for (int i = out; i < in; i++)
            cr_assert_eq(af_queue_peek(queue, i - out), &numbers[i]);
        cr_assert_null(af_queue_peek(queue, in - out));
    }
    while (out < in) {
        expect_code(af_queue_get_nowait(queue, &item), 0);
        cr_assert_eq(item, &numbers[out++]);
    }
    expect_no_item(AF_QUEUE_EMPTY);
}

Test(queue, rule_63_nowait_fails_if_empty_or_full)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](2);
        expect_no_item(AF_QUEUE_EMPTY);
        put("a");
        cr_assert(not(af_queue_full(queue)));
        put("b");
        cr_assert(af_queue_full(queue));
        expect_put("c", AF_QUEUE_FULL);
        expect_size(2, 2);
        af_queue_free(queue);
        expect_trace(sort == LIFO ? "dropped:b dropped:a" : "dropped:a dropped:b");
        queue = NULL;
    }
}

Test(queue, rule_63_without_a_maximum_it_is_never_full)
{
    for (int i = 0; i < 10000; i++)
        put("a");
    cr_assert(not(af_queue_full(queue)));
    expect_size(10000, 10000);
}

Test(queue, put_and_get_do_not_suspend_unless_necessary)
{
    use_bounded(1);
    spawn(putter, "a");
    spawn(getter, "one");
    tick(1);
    expect_trace("a:ok one=a");
    void *item;
    expect_code(af_queue_put(queue, "b"), 0);
    expect_code(af_queue_get(queue, &item), 0);
    cr_assert(eq(str, item, "b"));
}

Test(queue, waiting_outside_a_task_is_an_error)
{
    use_bounded(1);
    void *item;
    expect_code(af_queue_get(queue, &item), AF_RUNTIME_ERROR);
    put("a");
    expect_code(af_queue_put(queue, "b"), AF_RUNTIME_ERROR);
    expect_code(af_queue_join(queue), AF_RUNTIME_ERROR);
    expect_item("a");
    expect_size(0, 1);
}

Test(queue, rule_10_one_iteration_from_the_put_to_the_getter)
{
    spawn(getter, "one");
    tick(1);
    put("a");
    expect_trace("");
    tick(1);
    expect_trace("one=a");
}

Test(queue, rule_10_one_iteration_from_the_get_to_the_putter)
{
    use_bounded(1);
    put("a");
    spawn(putter, "b");
    tick(1);
    expect_item("a");
    expect_size(0, 1);
    expect_trace("");
    tick(1);
    expect_trace("b:ok");
    expect_item("b");
}

/* CPython's test_maxsize. */
static int put_three(void *arg, void **ret_result)
{
    (void)arg;
    static char *const items[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        putter(items[i], ret_result);
    return 0;
}

Test(queue, rule_63_a_putter_waits_while_it_is_full)
{
    use_bounded(2);
    spawn(put_three, NULL);
    tick(3);
    expect_trace("a:ok b:ok");
    expect_item("a");
    tick(1);
    expect_trace("c:ok");
    expect_item("b");
    expect_item("c");
}

Test(queue, rule_63_getters_and_putters_are_served_in_order)
{
    use_bounded(1);
    spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    put("a");
    tick(1);
    put("b");
    tick(1);
    expect_trace("one=a two=b");
    put("c");
    spawn(putter, "d");
    spawn(putter, "e");
    tick(1);
    expect_item("c");
    tick(1);
    expect_item("d");
    tick(1);
    expect_trace("d:ok e:ok");
    expect_item("e");
}

/* CPython's test_why_are_putters_waiting: four putters, and a task that gets the items once. */
static int empty_it_once(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_sleep(0);
    void *item;
    for (size_t count = af_queue_size(queue); count > 0; count--)
        expect_code(af_queue_get_nowait(queue, &item), 0);
    return 0;
}

Test(queue, putters_with_room_do_not_wait)
{
    use_bounded(2);
    spawn(empty_it_once, NULL);
    spawn(putter, "a");
    spawn(putter, "b");
    spawn(putter, "c");
    spawn(putter, "d");
    settle();
    expect_trace("a:ok b:ok c:ok d:ok");
    expect_item("c");
    expect_item("d");
}

static int produce(void *arg, void **ret_result)
{
    (void)arg;
    for (int i = 0; i < 5; i++)
        putter("a", ret_result);
    return 0;
}

static int consume(void *arg, void **ret_result)
{
    (void)arg;
    for (int i = 0; i < 5; i++)
        getter("got", ret_result);
    return 0;
}

/* CPython's test_why_are_getters_waiting. */
Test(queue, a_producer_and_a_consumer_finish_with_a_maximum_of_1)
{
    use_bounded(1);
    af_task *tasks[] = {spawn(produce, NULL), spawn(consume, NULL)};
    settle();
    cr_assert(af_future_done(tasks[0]));
    cr_assert(af_future_done(tasks[1]));
    take_trace();
    expect_size(0, 5);
}

/* ---------------------------------------------------- last in, smallest out */

Test(queue, a_lifo_queue_returns_the_newest_item)
{
    use_lifo(0);
    put("a");
    put("c");
    put("b");
    cr_assert(eq(str, af_queue_peek(queue, 0), "a"));
    cr_assert(eq(str, af_queue_peek(queue, 2), "b"));
    cr_assert_null(af_queue_peek(queue, 3));
    expect_item("b");
    put("d");
    expect_item("d");
    expect_item("c");
    expect_item("a");
    expect_no_item(AF_QUEUE_EMPTY);
}

Test(queue, a_priority_queue_returns_the_smallest_item)
{
    use_priority(0);
    put("c");
    put("a");
    put("d");
    cr_assert(eq(str, af_queue_peek(queue, 0), "a"));
    cr_assert_null(af_queue_peek(queue, 3));
    expect_item("a");
    put("b");
    expect_item("b");
    expect_item("c");
    expect_item("d");
    expect_no_item(AF_QUEUE_EMPTY);
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

Test(queue, a_priority_queue_sorts)
{
    enum { COUNT = 1000 };
    static int numbers[COUNT], sorted[COUNT];
    af_queue_free(queue);
    expect_code(af_priority_queue_new(0, by_number, NULL, &queue), 0);
    srand(1);
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = sorted[i] = rand() % 100;
        expect_code(af_queue_put_nowait(queue, &numbers[i]), 0);
    }
    qsort(sorted, COUNT, sizeof sorted[0], by_number);
    for (int i = 0; i < COUNT; i++) {
        void *item;
        cr_assert(eq(int, *(int *)af_queue_peek(queue, 0), sorted[i]));
        expect_code(af_queue_get_nowait(queue, &item), 0);
        cr_assert(eq(int, *(int *)item, sorted[i]), "at %d", i);
    }
}

/* The order of Python 3.13's heapq for (priority, name), compared by priority only. */
Test(queue, a_priority_queue_returns_equal_items_in_the_order_of_heapq)
{
    static const struct {
        int priority;
        char *name;
    } items[] = {{1, "a"}, {0, "b"}, {1, "c"}, {0, "d"}, {1, "e"}, {0, "f"}, {0, "g"}};
    af_queue_free(queue);
    expect_code(af_priority_queue_new(0, by_number, NULL, &queue), 0);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
        expect_code(af_queue_put_nowait(queue, (void *)&items[i]), 0);
    while (!af_queue_empty(queue)) {
        void *item;
        expect_code(af_queue_get_nowait(queue, &item), 0);
        size_t at = (const char *)item - (const char *)items;
        trace("%s", items[at / sizeof items[0]].name);
    }
    expect_trace("b f g d c a e");
}

Test(queue, all_kinds_of_queues_suspend_getters_and_putters)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](1);
        spawn(getter, "one");
        spawn(putter, "a");
        spawn(putter, "b");
        spawn(putter, "c");
        settle();
        expect_trace("a:ok one=a b:ok");
        expect_item("b");
        settle();
        expect_trace("c:ok");
        expect_item("c");
    }
}

/* ------------------------------------------------------- woken, not served */

Test(queue, rule_64_a_new_getter_may_take_the_item_of_a_woken_one)
{
    spawn(getter, "one");
    tick(1);
    put("a");
    expect_item("a");
    settle();
    expect_trace("");
    put("b");
    tick(1);
    expect_trace("one=b");
}

Test(queue, rule_64_a_getter_that_finds_no_item_queues_at_the_end)
{
    spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    put("a");
    expect_item("a");
    tick(1);
    put("b");
    tick(1);
    put("c");
    tick(1);
    expect_trace("two=b one=c");
}

Test(queue, rule_64_a_new_task_is_served_before_the_woken_one)
{
    spawn(getter, "one");
    tick(1);
    spawn(getter, "newcomer");
    put("a");
    put("b");
    tick(1);
    expect_trace("newcomer=a one=b");
}

Test(queue, rule_64_a_new_putter_may_take_the_room_of_a_woken_one)
{
    use_bounded(1);
    put("a");
    spawn(putter, "b");
    spawn(putter, "c");
    tick(1);
    expect_item("a");
    put("newcomer");
    settle();
    expect_trace("");
    expect_item("newcomer");
    tick(1);
    expect_item("c");
    tick(1);
    expect_item("b");
    expect_trace("c:ok b:ok");
}

/* -------------------------------------------------------------- cancelling */

/* CPython's test_get_cancelled_race. */
Test(queue, rule_65_a_cancelled_getter_leaves_the_queue)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    af_future_cancel(one);
    tick(1);
    expect_trace("one:cancelled");
    put("a");
    tick(1);
    expect_trace("two=a");
}

/* CPython's test_get_cancel_drop_one_pending_reader. */
Test(queue, rule_65_a_woken_getter_that_is_cancelled_leaves_the_item)
{
    af_task *one = spawn(getter, "one");
    tick(1);
    put("a");
    put("b");
    af_future_cancel(one);
    tick(1);
    expect_trace("one:cancelled");
    expect_item("a");
    expect_item("b");
}

/* CPython's test_get_cancel_drop_many_pending_readers. */
Test(queue, rule_65_a_woken_getter_that_is_cancelled_wakes_the_next)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    spawn(getter, "three");
    tick(1);
    put("a");
    put("b");
    af_future_cancel(one);
    tick(1);
    expect_trace("one:cancelled two=a");
    tick(1);
    expect_trace("three=b");
}

Test(queue, rule_65_an_item_put_in_the_iteration_of_a_cancel_goes_to_the_next)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    af_future_cancel(one);
    put("a");
    tick(1);
    expect_trace("one:cancelled two=a");
}

/* A getter woken without an item would queue again behind the others. */
Test(queue, rule_65_a_cancelled_getter_wakes_no_other_if_the_item_is_taken)
{
    af_task *one = spawn(getter, "one");
    spawn(getter, "two");
    spawn(getter, "three");
    tick(1);
    put("a");
    af_future_cancel(one);
    expect_item("a");
    settle();
    expect_trace("one:cancelled");
    put("b");
    put("c");
    settle();
    expect_trace("two=b three=c");
}

Test(queue, rule_65_a_cancelled_getter_that_was_not_woken_wakes_no_other)
{
    spawn(getter, "one");
    af_task *two = spawn(getter, "two");
    spawn(getter, "three");
    spawn(getter, "four");
    tick(1);
    af_future_cancel(two);
    put("a");
    settle();
    expect_trace("two:cancelled one=a");
    put("b");
    put("c");
    settle();
    expect_trace("three=b four=c");
}

/* CPython's test_put_cancelled_race. */
Test(queue, rule_65_a_cancelled_putter_leaves_the_queue)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    spawn(putter, "c");
    tick(1);
    af_future_cancel(b);
    tick(1);
    expect_trace("b:cancelled");
    expect_item("a");
    tick(1);
    expect_trace("c:ok");
    expect_item("c");
    expect_size(0, 2);
}

/* CPython's test_put_cancel_drop. */
Test(queue, rule_65_a_woken_putter_that_is_cancelled_puts_nothing)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    tick(1);
    expect_item("a");
    af_future_cancel(b);
    settle();
    expect_trace("b:cancelled");
    expect_size(0, 1);
    spawn(putter, "again");
    settle();
    expect_trace("again:ok");
    expect_item("again");
}

Test(queue, rule_65_a_woken_putter_that_is_cancelled_wakes_the_next)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    spawn(putter, "c");
    tick(1);
    expect_item("a");
    af_future_cancel(b);
    tick(1);
    expect_trace("b:cancelled");
    tick(1);
    expect_trace("c:ok");
    expect_item("c");
}

Test(queue, rule_65_a_cancelled_putter_wakes_no_other_if_the_room_is_taken)
{
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    spawn(putter, "c");
    spawn(putter, "d");
    tick(1);
    expect_item("a");
    put("newcomer");
    af_future_cancel(b);
    settle();
    expect_trace("b:cancelled");
    expect_item("newcomer");
    settle();
    expect_item("c");
    settle();
    expect_item("d");
    expect_trace("c:ok d:ok");
}

Test(queue, rule_65_a_cancelled_putter_that_was_not_woken_wakes_no_other)
{
    use_bounded(1);
    put("a");
    spawn(putter, "b");
    af_task *c = spawn(putter, "c");
    spawn(putter, "d");
    spawn(putter, "e");
    tick(1);
    af_future_cancel(c);
    expect_item("a");
    settle();
    expect_trace("c:cancelled b:ok");
    expect_item("b");
    settle();
    expect_item("d");
    settle();
    expect_item("e");
    expect_trace("d:ok e:ok");
}

/* ----------------------------------------------------------------- joining */

Test(queue, rule_66_more_task_done_than_put_is_an_error)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](0);
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
        put("a");
        task_done();
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
        expect_item("a");
        expect_size(0, 0);
    }
}

Test(queue, rule_66_join_does_not_suspend_if_all_items_are_processed)
{
    spawn(joiner, "one");
    tick(1);
    expect_trace("one:ok");
    expect_code(af_queue_join(queue), 0);
    put("a");
    expect_item("a");
    task_done();
    expect_code(af_queue_join(queue), 0);
}

Test(queue, rule_66_join_waits_until_each_item_is_processed)
{
    put("a");
    put("b");
    spawn(joiner, "one");
    spawn(joiner, "two");
    tick(1);
    expect_item("a");
    expect_item("b");
    task_done();
    settle();
    expect_trace("");
    task_done();
    tick(1);
    expect_trace("one:ok two:ok");
}

Test(queue, rule_66_join_returns_even_if_items_are_put_before_it_resumes)
{
    put("a");
    spawn(joiner, "one");
    tick(1);
    task_done();
    put("b");
    tick(1);
    expect_trace("one:ok");
    expect_size(2, 1);
    spawn(joiner, "two");
    settle();
    expect_trace("");
}

Test(queue, rule_66_a_cancelled_join_does_not_delay_others)
{
    put("a");
    af_task *one = spawn(joiner, "one");
    spawn(joiner, "two");
    tick(1);
    af_future_cancel(one);
    task_done();
    settle();
    expect_trace("one:cancelled two:ok");
}

static int added;

static int work(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    void *item;
    int r;
    while ((r = af_queue_get(queue, &item)) >= 0) {
        added += (int)(intptr_t)item;
        r = af_sleep(1);
        if (r < 0)
            return r;
        task_done();
    }
    return r;
}

/* CPython's test_task_done: workers that run forever, and a join that returns when all is
 * processed. */
Test(queue, rule_66_join_returns_when_workers_have_processed_all_items)
{
    for (intptr_t i = 1; i <= 100; i++)
        expect_code(af_queue_put_nowait(queue, (void *)i), 0);
    af_task *workers[] = {spawn(work, NULL), spawn(work, NULL)};
    expect_code(run(joiner, "joined"), 0);
    expect_trace("joined:ok");
    expect_code(added, 5050);
    cr_assert_eq(af_loop_time(loop), 50);
    expect_size(0, 0);
    af_future_cancel(workers[0]);
    af_future_cancel(workers[1]);
    settle();
}

/* ----------------------------------------------------------- shutting down */

static void expect_shut_down(void)
{
    void *item;
    expect_put("z", AF_QUEUE_SHUT_DOWN);
    expect_code(af_queue_put(queue, "z"), AF_QUEUE_SHUT_DOWN);
    expect_no_item(AF_QUEUE_SHUT_DOWN);
    expect_code(af_queue_get(queue, &item), AF_QUEUE_SHUT_DOWN);
}

/* CPython's test_shutdown_empty. */
Test(queue, rule_67_after_shutdown_of_an_empty_queue_put_and_get_fail)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        for (int immediate = 0; immediate < 2; immediate++) {
            use[sort](0);
            spawn(getter, "one");
            spawn(getter, "two");
            tick(1);
            af_queue_shutdown(queue, immediate);
            expect_code(af_queue_join(queue), 0);
            tick(1);
            expect_trace("one:shut-down two:shut-down");
            expect_shut_down();
            expect_size(0, 0);
        }
    }
}

/* CPython's test_shutdown_nonempty. */
Test(queue, rule_67_after_shutdown_remaining_items_are_returned)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](1);
        put("a");
        spawn(joiner, "join");
        spawn(putter, "b");
        spawn(putter, "c");
        tick(1);
        af_queue_shutdown(queue, false);
        expect_size(1, 1);
        expect_put("z", AF_QUEUE_SHUT_DOWN);
        expect_code(af_queue_put(queue, "z"), AF_QUEUE_SHUT_DOWN);
        tick(1);
        expect_trace("b:shut-down c:shut-down");
        spawn(getter, "one");
        settle();
        expect_trace("one=a");
        expect_shut_down();
        task_done();
        tick(1);
        expect_trace("join:ok");
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
    }
}

/* CPython's test_shutdown_immediate. */
Test(queue, rule_67_immediate_shutdown_drops_items_and_counts_them_processed)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](2);
        put("a");
        put("b");
        spawn(joiner, "join");
        spawn(putter, "c");
        tick(1);
        af_queue_shutdown(queue, true);
        expect_trace(sort == LIFO ? "dropped:b dropped:a" : "dropped:a dropped:b");
        expect_size(0, 0);
        tick(1);
        expect_trace("join:ok c:shut-down");
        expect_shut_down();
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
    }
}

/* CPython's test_shutdown_immediate_with_unfinished. */
Test(queue, rule_67_immediate_shutdown_still_expects_task_done_for_returned_items)
{
    for (int sort = BOUNDED; sort < SORTS; sort++) {
        use[sort](0);
        put("a");
        put("a");
        spawn(joiner, "join");
        tick(1);
        expect_item("a");
        af_queue_shutdown(queue, true);
        expect_trace("dropped:a");
        expect_size(0, 1);
        settle();
        expect_trace("");
        expect_shut_down();
        task_done();
        expect_code(af_queue_task_done(queue), AF_VALUE_ERROR);
        tick(1);
        expect_trace("join:ok");
    }
}

Test(queue, rule_67_immediate_shutdown_counts_no_item_twice)
{
    put("a");
    put("b");
    task_done();
    af_queue_shutdown(queue, true);
    expect_size(0, 0);
}

Test(queue, rule_67_an_immediate_shutdown_may_follow_another)
{
    use_bounded(0);
    put("a");
    af_queue_shutdown(queue, false);
    af_queue_shutdown(queue, false);
    expect_size(1, 1);
    af_queue_shutdown(queue, true);
    expect_trace("dropped:a");
    expect_size(0, 0);
    af_queue_shutdown(queue, true);
    expect_shut_down();
}

Test(queue, rule_67_a_getter_woken_in_that_iteration_gets_its_item)
{
    spawn(getter, "one");
    spawn(getter, "two");
    tick(1);
    put("a");
    af_queue_shutdown(queue, false);
    tick(1);
    expect_trace("one=a two:shut-down");
}

Test(queue, rule_67_a_getter_woken_before_an_immediate_shutdown_fails)
{
    spawn(getter, "one");
    tick(1);
    put("a");
    af_queue_shutdown(queue, true);
    tick(1);
    expect_trace("one:shut-down");
}

Test(queue, rule_67_a_waiter_cancelled_in_that_iteration_is_cancelled)
{
    use_bounded(1);
    af_task *one = spawn(getter, "one");
    tick(1);
    af_queue_shutdown(queue, false);
    af_future_cancel(one);
    settle();
    expect_trace("one:cancelled");
    use_bounded(1);
    put("a");
    af_task *b = spawn(putter, "b");
    tick(1);
    af_future_cancel(b);
    af_queue_shutdown(queue, true);
    settle();
    expect_trace("dropped:a b:cancelled");
}

/* --------------------------------------------------------------- ownership */

Test(queue, free_drops_remaining_items)
{
    use_bounded(0);
    put("a");
    put("b");
    put("c");
    expect_item("a");
    af_queue_free(queue);
    expect_trace("dropped:b dropped:c");
    queue = NULL;
}

Test(queue, without_destroy_items_remain_the_callers)
{
    char item[] = "a";
    put(item);
    put(item);
    af_queue_shutdown(queue, true);
    expect_size(0, 0);
    cr_assert(eq(str, item, "a"));
}

Test(queue, an_item_that_was_not_put_remains_the_callers)
{
    use_bounded(1);
    put("a");
    expect_put("b", AF_QUEUE_FULL);
    af_task *c = spawn(putter, "c");
    tick(1);
    af_future_cancel(c);
    settle();
    spawn(putter, "d");
    tick(1);
    af_queue_shutdown(queue, false);
    settle();
    expect_put("e", AF_QUEUE_SHUT_DOWN);
    expect_trace("c:cancelled d:shut-down");
    af_queue_free(queue);
    expect_trace("dropped:a");
    queue = NULL;
}

Test(queue, can_be_freed_after_the_loop_of_its_waiters_is_closed)
{
    use_bounded(1);
    put("a");
    spawn(putter, "b");
    spawn(joiner, "join");
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1; a pending task was destroyed: Task-2");
    af_queue_free(queue);
    expect_trace("dropped:a");
    queue = NULL;
    open_loop();
    use_bounded(0);
    spawn(getter, "one");
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1");
    open_loop();
}
