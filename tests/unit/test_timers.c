#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "async/timers.h"

static struct timers timers;

static void teardown(void)
{
    timers_free(&timers);
}

TestSuite(timers, .fini = teardown);

static void add(struct timer *timer, double when)
{
    timer->position = 0;
    cr_assert(zero(int, timers_add(&timers, timer, when)));
}

static struct timer *pop(void)
{
    struct timer *timer = timers_first(&timers);
    timers_remove(&timers, timer);
    return timer;
}

Test(timers, none_is_first_of_none)
{
    cr_assert_null(timers_first(&timers));
}

Test(timers, the_earliest_is_first)
{
    struct timer a, b, c;
    add(&a, 2);
    add(&b, 3);
    add(&c, 1);
    cr_assert(eq(ptr, pop(), &c));
    cr_assert(eq(ptr, pop(), &a));
    cr_assert(eq(ptr, pop(), &b));
    cr_assert_null(timers_first(&timers));
}

Test(timers, rule_4_equal_times_come_in_the_order_of_creation)
{
    struct timer equal[100];
    for (size_t i = 0; i < 100; i++)
        add(&equal[i], 5);
    for (size_t i = 0; i < 100; i++)
        cr_assert(eq(ptr, pop(), &equal[i]));
}

Test(timers, removing_one_that_is_not_in_does_nothing)
{
    struct timer a, b;
    add(&a, 1);
    b.position = 0;
    timers_remove(&timers, &b);
    timers_remove(&timers, &a);
    timers_remove(&timers, &a);
    cr_assert(zero(sz, timers.count));
}

Test(timers, a_removed_timer_may_be_added_again)
{
    struct timer a, b;
    add(&a, 1);
    add(&b, 2);
    timers_remove(&timers, &a);
    add(&a, 3);
    cr_assert(eq(ptr, pop(), &b));
    cr_assert(eq(ptr, pop(), &a));
}

static int by_time(const void *left, const void *right)
{
    const struct timer *a = *(struct timer *const *)left, *b = *(struct timer *const *)right;
    if (a->when != b->when)
        return a->when < b->when ? -1 : 1;
    return a->sequence < b->sequence ? -1 : 1;
}

/* A thousand timers at few different times, every third of them taken back from anywhere. */
Test(timers, the_heap_agrees_with_a_sort)
{
    enum { COUNT = 1000 };
    static struct timer all[COUNT];
    struct timer *left[COUNT];
    size_t count = 0;
    srand(1);
    for (size_t i = 0; i < COUNT; i++)
        add(&all[i], rand() % 50);
    for (size_t i = 0; i < COUNT; i++)
        if (rand() % 3 == 0)
            timers_remove(&timers, &all[i]);
        else
            left[count++] = &all[i];
    qsort(left, count, sizeof left[0], by_time);
    for (size_t i = 0; i < count; i++)
        cr_assert(eq(ptr, pop(), left[i]), "at %zu", i);
    cr_assert_null(timers_first(&timers));
}
