#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "failing_allocation.h"

static char directory[] = "/tmp/afetch-test-XXXXXX";

static void enter_directory(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert(zero(int, chdir(directory)));
}

static void remove_directory(void)
{
    DIR *stream = opendir(".");
    const struct dirent *entry;
    while ((entry = readdir(stream)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove(entry->d_name);
    closedir(stream);
    cr_expect(zero(int, rmdir(directory)));
}

TestSuite(atomic_file, .init = enter_directory, .fini = remove_directory);

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_file(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    cr_expect_str_eq(text, expected);
}

static void expect_count(size_t expected)
{
    size_t count = 0;
    DIR *stream = opendir(".");
    while (readdir(stream))
        count++;
    closedir(stream);
    cr_expect(eq(sz, count - 2, expected)); /* without "." and ".." */
}

static mode_t permissions_of(const char *path)
{
    struct stat status;
    cr_assert(zero(int, stat(path, &status)));
    return status.st_mode & 07777;
}

/* Opens, writes and closes: the file is to be committed. */
static void prepare(struct atomic_file *file, const char *path)
{
    cr_assert(zero(int, atomic_file_open(file, path)));
    cr_assert(eq(sz, (size_t)write(file->fd, "new", 3), 3));
    cr_assert(zero(int, close(file->fd)));
}

Test(atomic_file, a_file_is_replaced_when_it_is_committed_and_not_before)
{
    struct atomic_file file;
    write_file("file", "old");
    prepare(&file, "file");
    expect_file("file", "old");
    cr_expect(zero(int, atomic_file_commit(&file)));
    atomic_file_close(&file);
    expect_file("file", "new");
    expect_count(1);
}

Test(atomic_file, a_file_that_is_not_committed_leaves_nothing)
{
    struct atomic_file file;
    write_file("file", "old");
    prepare(&file, "file");
    expect_count(2);
    atomic_file_close(&file);
    atomic_file_close(&file);
    expect_file("file", "old");
    expect_count(1);
}

Test(atomic_file, a_file_keeps_its_permissions)
{
    struct atomic_file file;
    write_file("file", "old");
    cr_assert(zero(int, chmod("file", 0640)));
    prepare(&file, "file");
    cr_expect(zero(int, atomic_file_commit(&file)));
    atomic_file_close(&file);
    cr_expect(eq(int, (int)permissions_of("file"), 0640));
}

Test(atomic_file, a_new_file_has_the_permissions_that_umask_leaves)
{
    struct atomic_file file;
    umask(027);
    prepare(&file, "file");
    cr_expect(zero(int, atomic_file_commit(&file)));
    atomic_file_close(&file);
    cr_expect(eq(int, (int)permissions_of("file"), 0640));
    cr_expect(eq(int, (int)umask(0), 027));
}

Test(atomic_file, the_file_behind_a_link_is_replaced_and_the_link_stays)
{
    struct atomic_file file;
    struct stat status;
    write_file("file", "old");
    cr_assert(zero(int, symlink("file", "link")));
    prepare(&file, "link");
    cr_expect(zero(int, atomic_file_commit(&file)));
    atomic_file_close(&file);
    expect_file("file", "new");
    cr_assert(zero(int, lstat("link", &status)));
    cr_expect(eq(int, status.st_mode &S_IFMT, S_IFLNK));
}

Test(atomic_file, a_directory_that_is_missing_is_an_error_and_leaves_nothing)
{
    struct atomic_file file;
    long live = live_allocations();
    cr_expect(eq(int, atomic_file_open(&file, "missing/file"), -ENOENT));
    cr_expect(eq(int, file.fd, -1));
    cr_expect(eq(long, live_allocations(), live));
    expect_count(0);
}

Test(atomic_file, a_failed_commit_leaves_what_was_there)
{
    struct atomic_file file;
    prepare(&file, "file");
    cr_assert(zero(int, mkdir("file", 0700)));
    cr_expect(eq(int, atomic_file_commit(&file), -EISDIR));
    atomic_file_close(&file);
    expect_count(1);
}

Test(atomic_file, without_memory_there_is_no_file)
{
    struct atomic_file file;
    for (size_t number = 1; number <= 2; number++) {
        fail_allocation(number, false);
        int r = atomic_file_open(&file, "file");
        cr_assert(stop_failing(), "%zu", number);
        cr_expect(eq(int, r, -ENOMEM));
        expect_count(0);
    }
}
