/* Files without a name are not on every file system, so both kinds are tried. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/output/body_directory.h"

static char path[] = "/tmp/afetch-test-XXXXXX";
static struct body_directory directory;

static void open_directory(bool named)
{
    cr_assert_not_null(mkdtemp(path));
    cr_assert_eq(body_directory_open(&directory, path), 0);
    directory.named |= named;
}

/* Opens a directory that has these files, NULL-terminated. */
static void open_directory_of(const char *const *files)
{
    cr_assert_not_null(mkdtemp(path));
    for (; *files; files++) {
        char file[128];
        snprintf(file, sizeof file, "%s/%s", path, *files);
        FILE *stream = fopen(file, "w");
        cr_assert_not_null(stream);
        fclose(stream);
    }
    cr_assert_eq(body_directory_open(&directory, path), 0);
}

static unsigned long take(const char *text)
{
    struct file_name name = file_name_split(text);
    unsigned long number;
    cr_assert_eq(body_directory_take(&directory, &name, &number), 0);
    return number;
}

/* Removes what is in it, and tells how many files that were. */
static size_t empty_directory(void)
{
    size_t count = 0;
    DIR *stream = opendir(path);
    const struct dirent *entry;
    while ((entry = readdir(stream))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        unlinkat(dirfd(stream), entry->d_name, 0);
        count++;
    }
    closedir(stream);
    return count;
}

static void close_directory(void)
{
    body_directory_close(&directory);
    cr_expect_eq(rmdir(path), 0);
}

ParameterizedTestParameters(body_directory, a_temporary_file_gets_a_free_name)
{
    static bool named[] = {false, true};
    return cr_make_param_array(bool, named, 2);
}

ParameterizedTest(bool *named, body_directory, a_temporary_file_gets_a_free_name)
{
    open_directory(*named);
    struct temporary_file first, second;
    cr_assert_eq(body_directory_create(&directory, &first), 0);
    cr_assert_eq(body_directory_create(&directory, &second), 0);
    cr_expect_eq(write(first.fd, "x", 1), 1);
    cr_expect_eq(body_directory_commit(&directory, &first, "a"), 0);
    cr_expect_eq(first.fd, -1);
    cr_expect_eq(body_directory_commit(&directory, &second, "a"), -EEXIST);
    cr_expect_eq(body_directory_commit(&directory, &second, "b"), 0);
    cr_expect_eq(empty_directory(), 2);
    close_directory();
}

ParameterizedTestParameters(body_directory, a_discarded_file_leaves_nothing)
{
    static bool named[] = {false, true};
    return cr_make_param_array(bool, named, 2);
}

ParameterizedTest(bool *named, body_directory, a_discarded_file_leaves_nothing)
{
    open_directory(*named);
    struct temporary_file file;
    cr_assert_eq(body_directory_create(&directory, &file), 0);
    body_directory_discard(&directory, &file);
    body_directory_discard(&directory, &file);
    cr_expect_eq(file.fd, -1);
    cr_expect_eq(empty_directory(), 0);
    close_directory();
}

/* ------------------------------------------------------------------ numbers */

Test(body_directory, the_lowest_free_number_is_taken_whatever_files_there_are)
{
    open_directory_of((const char *const[]){"get.json", "get.1.json", "get.2.json", "get.4.json",
                                            "get.5.json", "get.8.json", "get.16.json", NULL});
    static const unsigned long free[] = {3, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17};
    for (size_t i = 0; i < sizeof free / sizeof free[0]; i++)
        cr_expect_eq(take("get.json"), free[i]);
    empty_directory();
    close_directory();
}

Test(body_directory, the_lowest_free_number_is_taken_where_other_names_lie_between)
{
    open_directory(false);
    cr_expect_eq(take("get.1.html"), 0);
    cr_expect_eq(take("get.3.html"), 0);
    cr_expect_eq(take("get"), 0);
    cr_expect_eq(take("get"), 2);
    cr_expect_eq(take("get.html"), 4);
    cr_expect_eq(take("get"), 5);
    cr_expect_eq(take("get.json"), 1);
    cr_expect_eq(take("get.json"), 3);
    cr_expect_eq(take("get.json"), 4);
    close_directory();
}

Test(body_directory, a_name_that_gets_its_extension_later_leaves_unknown_ones_free)
{
    open_directory(false);
    cr_expect_eq(take("get"), 0);
    cr_expect_eq(take("get.JSON"), 1);
    cr_expect_eq(take("get.xyz"), 0);
    cr_expect_eq(take("get.xyz"), 1);
    close_directory();
}

/* Trying all numbers for each name would take minutes. */
Test(body_directory, many_bodies_of_one_name_are_numbered_in_one_pass, .timeout = 60)
{
    open_directory(false);
    for (unsigned long i = 0; i < 30000; i++)
        cr_assert_eq(take("get"), i);
    char name[32];
    for (int i = 0; i < 30000; i++) {
        snprintf(name, sizeof name, "get.x%d", i);
        cr_assert_eq(take(name), 0);
    }
    close_directory();
}
