/* Queues: put, get, the order of items and of waiters. */
#include <stdlib.h>

#include <afetch/queue.h>

#include "queue_suite.h"

af_queue *queue;

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
