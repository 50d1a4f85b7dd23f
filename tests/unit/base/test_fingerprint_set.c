#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/fingerprint_set.h"

static struct fingerprint fingerprint_of(size_t number)
{
    return fingerprint_add(fingerprint_begin(), &number, sizeof number);
}

Test(fingerprint_set, only_added_elements_are_members)
{
    struct fingerprint_set set = {0};
    cr_expect(not(fingerprint_set_has(&set, fingerprint_of(0))));
    for (size_t i = 0; i < 100000; i++)
        cr_assert(eq(int, fingerprint_set_add(&set, fingerprint_of(i)), 1), "%zu", i);
    for (size_t i = 0; i < 100000; i++)
        cr_assert(eq(int, fingerprint_set_add(&set, fingerprint_of(i)), 0), "%zu", i);
    for (size_t i = 100000; i < 200000; i++)
        cr_assert(not(fingerprint_set_has(&set, fingerprint_of(i))), "%zu", i);
    cr_expect(eq(sz, set.count, 100000));
    cr_expect(le(sz, set.capacity, 262144));
    fingerprint_set_free(&set);
    cr_expect(eq(int, fingerprint_set_add(&set, fingerprint_of(1)), 1));
    fingerprint_set_free(&set);
}

Test(fingerprint_set, a_fingerprint_depends_on_all_bytes_and_their_order)
{
    struct fingerprint_set set = {0};
    static const char *const texts[] = {"", "a", "b", "ab", "ba", "aa", "a\n", "A"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(eq(int,
                     fingerprint_set_add(
                         &set, fingerprint_add(fingerprint_begin(), texts[i], strlen(texts[i]))),
                     1),
                  "%s", texts[i]);
    struct fingerprint in_parts = fingerprint_add(fingerprint_begin(), "a", 1);
    in_parts = fingerprint_add(in_parts, "b", 1);
    cr_expect(not(fingerprint_set_has(&set, in_parts)));
    cr_expect(eq(int, fingerprint_set_add(&set, in_parts), 1));
    fingerprint_set_free(&set);
}
