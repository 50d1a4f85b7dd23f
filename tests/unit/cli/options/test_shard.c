#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>

#include "cli/options/shard.h"

/* Which of three shards has URL; just one must. */
static int shard_of(const char *url)
{
    int found = 0;
    for (int i = 1; i <= 3; i++) {
        int has = shard_has(&(struct shard){.index = i, .count = 3}, url);
        cr_assert(has == 0 || has == 1);
        cr_assert(not(has && found), "%s is in two shards", url);
        found = has ? i : found;
    }
    cr_assert(found > 0, "%s is in no shard", url);
    return found;
}

Test(shard, shards_are_disjoint_complete_and_about_equal)
{
    int counts[4] = {0};
    for (int i = 0; i < 3000; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://host%d.example.com/%d", i, i);
        counts[shard_of(url)]++;
    }
    for (int i = 1; i <= 3; i++)
        cr_expect(counts[i] > 900 && counts[i] < 1100, "shard %d has %d", i, counts[i]);
}

Test(shard, all_urls_of_a_host_are_in_one_shard)
{
    int expected = shard_of("http://example.com/");
    static const char *const same[] = {"example.com", "HTTPS://EXAMPLE.com:8443/a?b",
                                       "http://user:secret@example.com/#x"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        cr_expect(eq(int, shard_of(same[i]), expected), "%s", same[i]);
    cr_expect(eq(int, shard_of("http://[::1]:81/"), shard_of("http://[::1]/")));
    cr_expect(eq(int, shard_of(""), shard_of("http://")));
}

/* Machines with different versions share one list. */
Test(shard, the_hash_never_changes)
{
    static const struct {
        const char *url;
        int of_1000;
    } known[] = {{"http://example.com/", 182},
                 {"http://localhost/", 975},
                 {"http://127.0.0.1/", 448},
                 {"", 946}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct shard shard = {.index = known[i].of_1000, .count = 1000};
        cr_expect(eq(int, shard_has(&shard, known[i].url), 1), "%s", known[i].url);
    }
}

Test(shard, a_shard_is_written_as_a_fraction)
{
    struct shard shard = {0};
    cr_assert(zero(int, shard_parse("3/17", &shard)));
    cr_expect(shard.index == 3 && shard.count == 17);
    static const char *const wrong[] = {
        "",    "/",    "1",    "1/",   "/2",   "0/2",       "3/2",
        "1/0", "1/2/", " 1/2", "1/2 ", "+1/2", "1/1000001", "99999999999999999999/2",
        "a/b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect(eq(int, shard_parse(wrong[i], &shard), -EINVAL), "%s", wrong[i]);
    cr_expect(shard.index == 3 && shard.count == 17);
}
