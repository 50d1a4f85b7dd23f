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
    timer->slot = 0;
    cr_assert(zero(int, timers_add(&timers, timer, when)));
}

static struct timer *pop(void)
{
    struct timer *timer = timers_first(&timers);
    timers_remove(&timers, timer);
    return timer;
}

Test(timers, first_of_an_empty_heap_is_null)
{
    cr_assert_null(timers_first(&timers));
}

Test(timers, first_is_the_earliest)
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

Test(timers, rule_4_equal_times_are_in_the_order_of_creation)
{
    struct timer equal[100];
    for (size_t i = 0; i < 100; i++)
        add(&equal[i], 5);
    for (size_t i = 0; i < 100; i++)
        cr_assert(eq(ptr, pop(), &equal[i]));
}

Test(timers, removing_a_timer_that_is_not_in_the_heap_does_nothing)
{
    struct timer a, b;
    add(&a, 1);
    b.slot = 0;
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

struct numbered {
    struct timer timer;
    int when;
    size_t number;
};

static int by_time(const void *left, const void *right)
{
    const struct numbered *a = *(struct numbered *const *)left;
    const struct numbered *b = *(struct numbered *const *)right;
    if (a->when != b->when)
        return a->when < b->when ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

/* A thousand timers with few different times; a third of them are removed in random order, and half
 * of those added again. */
Test(timers, the_heap_sorts)
{
    enum { COUNT = 1000 };
    static struct numbered all[COUNT];
    struct numbered *left[COUNT];
    size_t count = 0;
    srand(1);
    for (size_t i = 0; i < COUNT; i++) {
        all[i].when = rand() % 50;
        all[i].number = i;
        add(&all[i].timer, all[i].when);
    }
    for (size_t i = 0; i < COUNT; i++) {
        int chance = rand() % 6;
        if (chance < 2)
            timers_remove(&timers, &all[i].timer);
        if (chance == 0) {
            all[i].number += COUNT;
            add(&all[i].timer, all[i].when);
        }
        if (chance != 1)
            left[count++] = &all[i];
    }
    qsort(left, count, sizeof left[0], by_time);
    for (size_t i = 0; i < count; i++) {
        cr_assert(epsilon_eq(dbl, timers_next_time(&timers), left[i]->when, 0));
        cr_assert(eq(ptr, pop(), &left[i]->timer), "at %zu", i);
    }
    cr_assert_null(timers_first(&timers));
}
