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
