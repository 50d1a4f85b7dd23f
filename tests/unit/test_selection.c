/* What is passed over: the set of what was seen, URLs that are the same, and shards. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/http.h>

#include "base/fingerprint_set.h"
#include "cli/options/shard.h"

static struct fingerprint fingerprint_of(size_t number)
{
    return fingerprint_add(fingerprint_begin(), &number, sizeof number);
}

Test(selection, what_was_seen_is_seen_and_nothing_else)
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

Test(selection, a_fingerprint_is_of_all_bytes_in_their_order)
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

Test(selection, a_url_is_what_is_asked_for)
{
    static const char *const pairs[][2] = {
        {"example.com", "http://example.com/"},
        {"HTTP://Example.COM:80", "http://example.com/"},
        {"https://example.com:443/a/./b/../c#part", "https://example.com/a/c"},
        {"http://example.com:8080/A%2fb?q=#x", "http://example.com:8080/A%2fb?q="},
        {"http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"},
        {"ftp.example.com", "http://ftp.example.com/"},
        {"http://User:Pass@Example.com/", "http://User:Pass@example.com/"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *url = NULL;
        cr_assert(zero(int, af_url_normalize(pairs[i][0], &url)), "%s", pairs[i][0]);
        cr_expect_str_eq(url, pairs[i][1]);
        free(url);
    }
    static const char *const wrong[] = {"", "http://", "http://a b/", "://x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *url = NULL;
        cr_expect(eq(int, af_url_normalize(wrong[i], &url), -EINVAL), "%s", wrong[i]);
        cr_expect_null(url);
    }
}

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

Test(selection, shards_are_disjoint_complete_and_about_equal)
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

Test(selection, a_host_is_in_one_shard_whatever_else_its_urls_have)
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
Test(selection, the_hash_never_changes)
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

Test(selection, a_shard_is_written_as_a_fraction)
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
