#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/list.h"

struct letter {
    char letter;
    struct list link;
};

static struct list list;
static struct letter letters[] = {
    {.letter = 'a'}, {.letter = 'b'}, {.letter = 'c'}, {.letter = 'd'}};
static struct list *const a = &letters[0].link, *const b = &letters[1].link,
                          *const c = &letters[2].link, *const d = &letters[3].link;

static void setup(void)
{
    list_init(&list);
    for (size_t i = 0; i < 4; i++)
        list_init(&letters[i].link);
}

TestSuite(list, .init = setup);

static char *spell(const struct list *head)
{
    static char word[8];
    size_t length = 0;
    list_for_each (link, head)
        word[length++] = container_of(link, struct letter, link)->letter;
    word[length] = 0;
    return word;
}

Test(list, a_new_list_is_empty)
{
    cr_assert(list_empty(&list));
    cr_assert_null(list_pop(&list));
    cr_assert(eq(str, spell(&list), ""));
}

Test(list, append_goes_last_and_prepend_first)
{
    list_append(&list, b);
    list_append(&list, c);
    list_prepend(&list, a);
    cr_assert(not(list_empty(&list)));
    cr_assert(eq(str, spell(&list), "abc"));
}

Test(list, pop_takes_the_first_and_leaves_it_in_no_list)
{
    list_append(&list, a);
    list_append(&list, b);
    cr_assert(eq(ptr, list_pop(&list), a));
    cr_assert(list_empty(a));
    cr_assert(eq(str, spell(&list), "b"));
}

Test(list, remove_takes_a_link_out_and_may_be_said_twice)
{
    list_append(&list, a);
    list_append(&list, b);
    list_append(&list, c);
    list_remove(b);
    list_remove(b);
    cr_assert(list_empty(b));
    cr_assert(eq(str, spell(&list), "ac"));
}

Test(list, append_all_moves_everything_in_order)
{
    struct list other;
    list_init(&other);
    list_append(&list, a);
    list_append(&other, b);
    list_append(&other, c);
    list_append_all(&list, &other);
    list_append(&list, d);
    cr_assert(eq(str, spell(&list), "abcd"));
    cr_assert(list_empty(&other));
    cr_assert(eq(ptr, d->previous->previous->previous, a), "backwards it is the same");
}

Test(list, append_all_of_nothing_changes_nothing)
{
    struct list other;
    list_init(&other);
    list_append_all(&list, &other);
    cr_assert(list_empty(&list));
    list_append(&list, a);
    list_append_all(&list, &other);
    cr_assert(eq(str, spell(&list), "a"));
}

Test(list, for_each_bears_the_removal_of_the_link_it_is_at)
{
    list_append(&list, a);
    list_append(&list, b);
    list_append(&list, c);
    list_for_each (link, &list)
        if (link != b)
            list_remove(link);
    cr_assert(eq(str, spell(&list), "b"));
}
