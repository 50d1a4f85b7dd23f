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

Test(list, append_adds_at_the_end_and_prepend_at_the_start)
{
    list_append(&list, b);
    list_append(&list, c);
    list_prepend(&list, a);
    cr_assert(not(list_empty(&list)));
    cr_assert(eq(str, spell(&list), "abc"));
}

Test(list, pop_removes_the_first_link)
{
    list_append(&list, a);
    list_append(&list, b);
    cr_assert(eq(ptr, list_pop(&list), a));
    cr_assert(list_empty(a));
    cr_assert(eq(str, spell(&list), "b"));
}

Test(list, removing_a_link_twice_is_allowed)
{
    list_append(&list, a);
    list_append(&list, b);
    list_append(&list, c);
    list_remove(b);
    list_remove(b);
    cr_assert(list_empty(b));
    cr_assert(eq(str, spell(&list), "ac"));
}

Test(list, append_all_moves_all_links_in_order)
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

Test(list, append_all_of_an_empty_list_has_no_effect)
{
    struct list other;
    list_init(&other);
    list_append_all(&list, &other);
    cr_assert(list_empty(&list));
    list_append(&list, a);
    list_append_all(&list, &other);
    cr_assert(eq(str, spell(&list), "a"));
}

Test(list, for_each_allows_removing_the_current_link)
{
    list_append(&list, a);
    list_append(&list, b);
    list_append(&list, c);
    list_for_each (link, &list)
        if (link != b)
            list_remove(link);
    cr_assert(eq(str, spell(&list), "b"));
}
