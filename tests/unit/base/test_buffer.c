#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buffer.h"

static struct buffer buffer;

static void setup(void)
{
    buffer_init(&buffer, 1000);
}

static void teardown(void)
{
    buffer_free(&buffer);
}

TestSuite(buffer, .init = setup, .fini = teardown);

static void expect_content(const char *content)
{
    cr_assert(eq(sz, buffer.length, strlen(content)));
    cr_assert(zero(int, memcmp(buffer.data, content, buffer.length)));
}

Test(buffer, init_allocates_nothing)
{
    cr_assert_null(buffer.data);
    cr_assert(zero(sz, buffer.length));
    cr_assert(zero(int, buffer_append(&buffer, NULL, 0)), "nothing is appended to nothing");
}

Test(buffer, appends_bytes_strings_characters_and_formats)
{
    buffer_append(&buffer, "one", 2);
    buffer_append_string(&buffer, "two");
    buffer_append_char(&buffer, '-');
    buffer_append_format(&buffer, "%03d%s", 7, "!");
    expect_content("ontwo-007!");
}

Test(buffer, stores_nul_bytes)
{
    buffer_append(&buffer, "a\0b", 3);
    cr_assert(zero(int, memcmp(buffer.data, "a\0b", 3)));
}

Test(buffer, consume_removes_the_first_bytes)
{
    buffer_append_string(&buffer, "headtail");
    buffer_consume(&buffer, 4);
    expect_content("tail");
    buffer_consume(&buffer, 0);
    expect_content("tail");
    buffer_consume(&buffer, 4);
    expect_content("");
}

Test(buffer, appends_up_to_the_maximum)
{
    static const char bytes[1000];
    for (size_t i = 0; i < 1000; i += 100)
        cr_assert(zero(int, buffer_append(&buffer, bytes, 100)));
    cr_assert(eq(int, buffer_append_char(&buffer, 'x'), -EMSGSIZE));
    cr_assert(eq(sz, buffer.length, 1000));
    cr_assert(eq(sz, buffer.capacity, 1000));
    buffer_consume(&buffer, 1);
    cr_assert(zero(int, buffer_append_char(&buffer, 'x')));
}

Test(buffer, allocates_at_most_the_maximum)
{
    struct buffer small;
    buffer_init(&small, 10);
    cr_assert(zero(int, buffer_append_string(&small, "0123456789")));
    cr_assert(eq(int, buffer_append_char(&small, 'x'), -EMSGSIZE));
    cr_assert(eq(sz, small.capacity, 10));
    buffer_free(&small);
}

Test(buffer, is_unchanged_if_data_exceeds_the_maximum)
{
    buffer_append_string(&buffer, "kept");
    static const char bytes[1000];
    cr_assert(eq(int, buffer_append(&buffer, bytes, 997), -EMSGSIZE));
    cr_assert(eq(int, buffer_reserve(&buffer, SIZE_MAX), -EMSGSIZE), "no overflow");
    cr_assert(eq(int, buffer_append_format(&buffer, "%997s", ""), -EMSGSIZE));
    expect_content("kept");
}

Test(buffer, grows_geometrically)
{
    struct buffer large;
    buffer_init(&large, 1 << 20);
    unsigned moves = 0;
    for (size_t i = 0, capacity = 0; i < 1 << 20; i++) {
        cr_assert(zero(int, buffer_append_char(&large, (char)i)));
        moves += large.capacity != capacity;
        capacity = large.capacity;
    }
    cr_assert(lt(uint, moves, 16));
    for (size_t i = 0; i < 1 << 20; i++)
        if (large.data[i] != (char)i)
            cr_fatal("byte %zu was lost", i);
    buffer_free(&large);
}

Test(buffer, free_leaves_it_empty_and_usable)
{
    buffer_append_string(&buffer, "old");
    buffer_free(&buffer);
    cr_assert_null(buffer.data);
    buffer_append_string(&buffer, "new");
    expect_content("new");
}

Test(buffer, reserve_allocates_once)
{
    cr_assert(zero(int, buffer_reserve(&buffer, 900)));
    char *data = buffer.data;
    for (size_t i = 0; i < 900; i++)
        buffer_append_char(&buffer, 'x');
    cr_assert(eq(ptr, buffer.data, data));
}
