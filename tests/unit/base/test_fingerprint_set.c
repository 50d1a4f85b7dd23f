#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/fingerprint_set.h"

static struct fingerprint fingerprint_of(size_t number)
{
    return fingerprint_add(fingerprint_begin(), &number, sizeof number);
}

Test(fingerprint_set, what_was_seen_is_seen_and_nothing_else)
{
    struct seen seen = {0};
    cr_expect(not(seen_has(&seen, fingerprint_of(0))));
    for (size_t i = 0; i < 100000; i++)
        cr_assert(eq(int, seen_add(&seen, fingerprint_of(i)), 1), "%zu", i);
    for (size_t i = 0; i < 100000; i++)
        cr_assert(eq(int, seen_add(&seen, fingerprint_of(i)), 0), "%zu", i);
    for (size_t i = 100000; i < 200000; i++)
        cr_assert(not(seen_has(&seen, fingerprint_of(i))), "%zu", i);
    cr_expect(eq(sz, seen.count, 100000));
    cr_expect(le(sz, seen.capacity, 262144));
    seen_free(&seen);
    cr_expect(eq(int, seen_add(&seen, fingerprint_of(1)), 1));
    seen_free(&seen);
}

Test(fingerprint_set, a_fingerprint_is_of_all_bytes_in_their_order)
{
    struct seen seen = {0};
    static const char *const texts[] = {"", "a", "b", "ab", "ba", "aa", "a\n", "A"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect(
            eq(int,
               seen_add(&seen, fingerprint_add(fingerprint_begin(), texts[i], strlen(texts[i]))),
               1),
            "%s", texts[i]);
    struct fingerprint in_parts = fingerprint_add(fingerprint_begin(), "a", 1);
    cr_expect(seen_has(&seen, fingerprint_add(in_parts, "b", 1)));
    seen_free(&seen);
}
