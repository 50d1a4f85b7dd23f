/* Entries that --shard, --dedupe and --resume leave out. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "cli/input/filter.h"
#include "cli/record/value_text.h"
#include "cli/text/escape.h"

static struct options options;
static struct source *source;
static struct filter filter;
static struct known_records known;

static void ignore_message(const char *message, void *arg)
{
    (void)message, (void)arg;
}

/* Filters up to four URLs; NULL for those that are not there. */
static void open_filter(const char *const *urls)
{
    for (; *urls; urls++)
        cr_assert(zero(int, string_list_append(&options.operands, *urls)));
    cr_assert(zero(int, source_new(&options.operands, ignore_message, NULL, &source)));
    filter_init(&filter, &options, source, &known);
}

#define OPEN(...) open_filter((const char *const[]){__VA_ARGS__, NULL})

static void teardown(void)
{
    filter_free(&filter);
    source_free(source);
    known_records_free(&known);
    free(options.operands.strings);
}

TestSuite(filter, .fini = teardown);

/* The indexes of the entries that pass, as digits; or the error. */
static const char *passing(void)
{
    static char indexes[16];
    struct entry entry;
    size_t count = 0;
    int r;
    while ((r = filter_next(&filter, &entry)) > 0)
        indexes[count++] = (char)('0' + entry.index);
    indexes[count] = '\0';
    return r < 0 ? af_error_text(af_raised(r)) : indexes;
}

static int add_record(size_t index, const char *url, bool failed)
{
    struct buffer text;
    buffer_init(&text, 1000);
    cr_assert(zero(int, url_append(&text, url, json_write_string)));
    int r = known_records_add(&known, index, &text, failed);
    buffer_free(&text);
    return r;
}

Test(filter, everything_passes_without_options)
{
    OPEN("http://a/", "http://a/", "http://b/");
    cr_expect_str_eq(passing(), "012");
    cr_expect(eq(sz, filter.count, 3));
}

Test(filter, duplicates_are_left_out_and_keep_their_indexes)
{
    options.dedupe = true;
    OPEN("http://a/", "HTTP://A:80/#x", "http://b/", "http://a/");
    cr_expect_str_eq(passing(), "02");
    cr_expect(eq(sz, filter.count, 2));
}

Test(filter, an_invalid_url_is_never_a_duplicate)
{
    options.dedupe = true;
    OPEN("http://", "http://");
    cr_expect_str_eq(passing(), "01");
}

Test(filter, shards_together_are_the_list)
{
    size_t count = 0;
    options.shard.count = 3;
    for (options.shard.index = 1; options.shard.index <= 3; options.shard.index++) {
        OPEN("http://a/", "http://b/", "http://c/");
        count += strlen(passing());
        filter_free(&filter);
        source_free(source);
        options.operands.count = 0;
    }
    cr_expect(eq(sz, count, 3));
    source = NULL;
}

Test(filter, a_known_record_is_left_out)
{
    OPEN("http://a/", "http://u:secret@b/", "http://c/");
    cr_assert(zero(int, add_record(1, "http://u:secret@b/", false)));
    cr_expect_str_eq(passing(), "02");
    cr_expect(zero(int, known_records_finish(&known)));
}

Test(filter, a_rewound_list_passes_again)
{
    options.dedupe = true;
    OPEN("http://a/", "http://b/", "http://a/");
    cr_assert(zero(int, add_record(1, "http://b/", false)));
    cr_expect_str_eq(passing(), "0");
    cr_assert(zero(int, filter_rewind(&filter)));
    cr_expect(zero(sz, filter.count));
    cr_expect_str_eq(passing(), "0");
    cr_expect(zero(int, known_records_finish(&known)));
}

Test(known_records, a_record_for_another_url_is_of_another_list)
{
    OPEN("http://a/", "http://b/");
    cr_assert(zero(int, add_record(1, "http://x/", false)));
    cr_expect_not_null(strstr(passing(), "record 1"));
}

Test(known_records, a_record_that_the_list_lacks_is_of_another_list)
{
    OPEN("http://a/");
    cr_assert(zero(int, add_record(7, "http://b/", false)));
    cr_expect_str_eq(passing(), "0");
    cr_expect(eq(int, known_records_finish(&known), -EBADMSG));
}

Test(known_records, an_index_has_one_record)
{
    cr_assert(zero(int, add_record(1, "http://a/", false)));
    cr_expect(eq(int, add_record(1, "http://a/", false), -EBADMSG));
}

Test(known_records, failures_are_counted)
{
    cr_assert(zero(int, add_record(0, "http://a/", true)));
    cr_assert(zero(int, add_record(1, "http://b/", false)));
    cr_expect(eq(sz, known.count, 2));
    cr_expect(eq(sz, known.failed, 1));
}

Test(known_records, a_whole_list_is_checked_and_rewound)
{
    OPEN("http://a/", "http://b/");
    cr_assert(zero(int, add_record(1, "http://b/", false)));
    cr_expect(zero(int, known_records_check_list(&known, source)));
    cr_expect_str_eq(passing(), "0");
    cr_expect(zero(int, known_records_finish(&known)));
}
