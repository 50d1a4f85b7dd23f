#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <afetch/run.h>

#include "base/buffer.h"
#include "cli/input/source.h"

static char directory[] = "/tmp/afetch-source-XXXXXX";
static struct source *source;
static struct buffer reported; /* the messages, a line each */

static void setup(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert(zero(int, chdir(directory)));
    buffer_init(&reported, 4096);
}

/* A test makes its files in a directory without others in it. */
static void remove_file(const char *name)
{
    cr_assert(remove(name) == 0 || errno == ENOENT);
}

static void teardown(void)
{
    static const char *const names[] = {"list", "second", "prog.bin", "pipe", "folder"};
    source_free(source);
    buffer_free(&reported);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        remove_file(names[i]);
    cr_assert(zero(int, rmdir(directory)));
}

TestSuite(source, .init = setup, .fini = teardown);

static void note_message(const char *message, void *arg)
{
    cr_assert(eq(ptr, arg, &reported));
    cr_assert(zero(int, buffer_append_string(&reported, message)));
    cr_assert(zero(int, buffer_append_char(&reported, '\n')));
}

static void write_file(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(name, "w");
    cr_assert_not_null(file);
    cr_assert(eq(sz, fwrite(data, 1, size, file), size));
    cr_assert(zero(int, fclose(file)));
}

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

/* Begins to read up to three operands; NULL for those that are not there. */
static void open_source(const char *one, const char *two, const char *three)
{
    static const char *list[4];
    struct string_list operands = {.strings = list};
    const char *const all[] = {one, two, three};
    for (size_t i = 0; i < 3 && all[i]; i++)
        list[operands.count++] = all[i];
    cr_assert(zero(int, source_new(&operands, note_message, &reported, &source)));
}

static const char *messages(void)
{
    cr_assert(zero(int, buffer_append_char(&reported, '\0')));
    return reported.data;
}

/* Asserts that the entries to come are these, and are no more. */
static void expect_urls(const char *const *urls)
{
    struct entry entry;
    for (; *urls; urls++) {
        cr_assert(eq(int, source_next(source, &entry), 1), "%s", *urls);
        cr_expect_null(entry.error, "%s", entry.error);
        cr_expect_str_eq(entry.url, *urls);
    }
    cr_assert(zero(int, source_next(source, &entry)));
    cr_assert(zero(int, source_next(source, &entry)));
}

#define EXPECT_URLS(...) expect_urls((const char *const[]){__VA_ARGS__, NULL})

/* The next entry, which is no URL. */
static struct entry expect_error(const char *error)
{
    struct entry entry;
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_assert_not_null(entry.error);
    cr_expect_str_eq(entry.error, error);
    return entry;
}

Test(source, operands_keep_their_order)
{
    write_text("list", "http://b/\nhttp://c/\n");
    write_text("second", "http://e/\n");
    open_source("http://a/", "list", "http://d/");
    EXPECT_URLS("http://a/", "http://b/", "http://c/", "http://d/");
    source_free(source);
    open_source("second", "list", "second");
    EXPECT_URLS("http://e/", "http://b/", "http://c/", "http://e/");
    cr_assert(not(source_failed(source)));
}

Test(source, entries_have_an_index_a_list_name_and_a_line)
{
    write_text("list", "# a comment\n\nhttp://b/\n");
    open_source("http://a/", "list", NULL);
    struct entry entry;
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_expect(zero(sz, entry.index));
    cr_expect(zero(sz, entry.line));
    cr_expect_str_eq(entry.list_name, "operand");
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_expect(eq(sz, entry.index, 1));
    cr_expect(eq(sz, entry.line, 3));
    cr_expect_str_eq(entry.list_name, "list");
}

Test(source, blanks_comments_and_byte_order_marks_are_skipped)
{
    static const char *const lists[] = {
        "a\nb\n",
        "a\nb",
        "a\r\nb\r\n",
        "\uFEFFa\nb\n",
        "\uFEFF# comment\r\na\r\n\r\n \t \r\nb",
        "\n\n  a\t\n#b\n   # c\n\t b  ",
        "\uFEFF\n a\n \n\nb\n\n\n",
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        write_text("list", lists[i]);
        open_source("list", NULL, NULL);
        EXPECT_URLS("a", "b");
        source_free(source);
    }
    source = NULL;
}

Test(source, an_empty_list_has_no_entries)
{
    static const char *const lists[] = {"", "\n", "#", "\uFEFF", " \r\n\r\n"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        write_text("list", lists[i]);
        open_source("list", NULL, NULL);
        struct entry entry;
        cr_assert(zero(int, source_next(source, &entry)));
        cr_assert(not(source_failed(source)));
        source_free(source);
    }
    source = NULL;
}

Test(source, lines_may_cross_reads)
{
    /* Lines of 1 to 200 bytes, over several times what is read at once. */
    enum { COUNT = 5000 };
    FILE *file = fopen("list", "w");
    cr_assert_not_null(file);
    for (int i = 0; i < COUNT; i++)
        fprintf(file, "%0*d\n", 1 + i % 200, i % 10);
    cr_assert(zero(int, fclose(file)));
    open_source("list", NULL, NULL);
    struct entry entry;
    for (int i = 0; i < COUNT; i++) {
        char expected[256];
        snprintf(expected, sizeof expected, "%0*d", 1 + i % 200, i % 10);
        cr_assert(eq(int, source_next(source, &entry), 1));
        cr_assert_str_eq(entry.url, expected);
        cr_assert(eq(sz, entry.line, (size_t)i + 1));
    }
    cr_assert(zero(int, source_next(source, &entry)));
}

Test(source, an_unreadable_list_is_reported_and_the_next_follows)
{
    cr_assert(zero(int, mkdir("folder", 0777)));
    open_source("missing", "folder", "http://a/");
    EXPECT_URLS("http://a/");
    cr_assert(source_failed(source));
    cr_assert_str_eq(messages(), "missing: No such file or directory\nfolder: Is a directory; give "
                                 "the lists in it, one by one\n");
}

Test(source, a_binary_file_is_rejected)
{
    static const struct {
        const char *bytes;
        size_t size;
    } files[] = {
        {"\x7f"
         "ELF\x02\x01\x01\0\nhttp://a/\n",
         19},
        {"\x89PNG\r\n\x1a\nhttp://a/\n", 18},
        {"\x1f\x8b\x08\0\nhttp://a/\n", 15},
        {"\xFF\xFEh\0t\0\n", 7},
        {"# a comment\n\nhttp://\x01/\n", 23},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        write_file("prog.bin", files[i].bytes, files[i].size);
        open_source("prog.bin", "http://b/", NULL);
        EXPECT_URLS("http://b/");
        cr_assert(source_failed(source));
        cr_assert_str_eq(messages(), "prog.bin: a binary file, not a list of URLs\n");
        reported.length = 0;
        source_free(source);
    }
    source = NULL;
}

Test(source, an_old_encoding_does_not_make_a_list_binary)
{
    write_text("list", "http://a/caf\xE9\n");
    open_source("list", NULL, NULL);
    EXPECT_URLS("http://a/caf\xE9");
}

Test(source, an_invalid_line_has_an_entry)
{
    static const char text[] = "http://a/\nht\0tp\x1b\n {\"url\":\"x\"}\nhttp://b/\n";
    write_file("list", text, sizeof text - 1);
    open_source("list", NULL, NULL);
    struct entry entry;
    cr_assert(eq(int, source_next(source, &entry), 1));
    entry = expect_error("line contains a NUL byte");
    cr_expect_str_eq(entry.url, "ht\\x00tp\\x1b");
    cr_expect(eq(sz, entry.index, 1));
    cr_expect(eq(sz, entry.line, 2));
    EXPECT_URLS("x", "http://b/");
    cr_assert(not(source_failed(source)));
}

Test(source, a_line_may_be_a_request_in_json)
{
    write_text("list", "{\"url\":\"http://a/\",\"method\":\"PUT\"}\r\nhttp://b/\n"
                       "  {\"url\":\"http://c/\"\n{\"url\":\"http://d/\",\"id\":\"4\",\"x\":1}");
    open_source("list", NULL, NULL);
    struct entry entry;
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_assert_null(entry.error);
    cr_expect_str_eq(entry.url, "http://a/");
    cr_expect_str_eq(entry.request->method, "PUT");
    struct json_request *kept = json_request_ref(entry.request);
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_expect_str_eq(entry.url, "http://b/");
    cr_expect_null(entry.request);
    cr_expect_str_eq(kept->url, "http://a/");
    json_request_unref(kept);
    entry = expect_error("not valid JSON at byte 18 of the line");
    cr_expect_str_eq(entry.url, "{...}");
    cr_expect(eq(sz, entry.line, 3));
    entry = expect_error("unknown key 'x'");
    cr_expect_str_eq(entry.url, "http://d/");
    cr_expect_str_eq(entry.request->id, "4");
    cr_assert(zero(int, source_next(source, &entry)));
}

Test(source, a_line_may_have_8000000_bytes_and_no_more)
{
    enum { MAXIMUM = 8000000 };
    char *line = malloc(3 * MAXIMUM);
    cr_assert_not_null(line);
    memset(line, 'x', 3 * MAXIMUM);
    line[MAXIMUM] = '\n';
    line[3 * MAXIMUM - 3] = '\n';
    line[3 * MAXIMUM - 1] = '\n';
    /* In the middle of what is shown of it stands a character of three bytes. */
    memcpy(line + MAXIMUM + 1 + 199, "\xE2\x82\xAC", 3);
    write_file("list", line, 3 * MAXIMUM);
    free(line);

    open_source("list", NULL, NULL);
    struct entry entry;
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_expect_null(entry.error);
    cr_expect(eq(sz, strlen(entry.url), MAXIMUM));
    entry = expect_error("line is longer than 8000000 bytes");
    cr_expect(eq(sz, strlen(entry.url), 199 + 3));
    cr_expect_str_eq(entry.url + 197, "xx...");
    EXPECT_URLS("x");
}

Test(source, a_long_comment_is_a_comment)
{
    enum { SIZE = 9000000 };
    char *line = malloc(SIZE);
    cr_assert_not_null(line);
    memset(line, '#', SIZE);
    memcpy(line + SIZE - 3, "\na\n", 3);
    write_file("list", line, SIZE);
    free(line);
    open_source("list", NULL, NULL);
    EXPECT_URLS("a");
}

Test(source, a_list_can_be_rewound)
{
    write_text("list", "a\nb\n");
    open_source("http://x/", "list", NULL);
    struct entry entry;
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_assert(zero(int, source_rewind(source)));
    EXPECT_URLS("http://x/", "a", "b");
    cr_assert(zero(int, source_rewind(source)));
    cr_assert(eq(int, source_next(source, &entry), 1));
    cr_expect(zero(sz, entry.index));
}

Test(source, an_unreadable_list_is_reported_once)
{
    write_text("list", "a\n");
    open_source("list", "missing", NULL);
    EXPECT_URLS("a");
    cr_assert(zero(int, unlink("list")));
    for (int i = 0; i < 2; i++) {
        cr_assert(zero(int, source_rewind(source)));
        expect_urls((const char *const[]){NULL});
    }
    cr_assert(source_failed(source));
    cr_expect_str_eq(messages(), "missing: No such file or directory\n"
                                 "list: No such file or directory\n");
}

/* Makes NAME, opened with FLAGS, the standard input. */
static void take_input(const char *name, int flags)
{
    int fd = open(name, flags);
    cr_assert(fd >= 0);
    cr_assert(zero(int, dup2(fd, STDIN_FILENO)));
    close(fd);
}

Test(source, standard_input_is_read_without_operands_or_as_a_dash)
{
    static const char *const operands[] = {NULL, "-"};
    for (size_t i = 0; i < 2; i++) {
        write_text("list", "before\na\nb");
        take_input("list", O_RDONLY);
        /* Lines that another program has read from it are not read, in the second pass either. */
        cr_assert(eq(long, lseek(STDIN_FILENO, 7, SEEK_SET), 7));
        open_source(operands[i], NULL, NULL);
        EXPECT_URLS("a", "b");
        cr_assert(zero(int, source_rewind(source)));
        EXPECT_URLS("a", "b");
        source_free(source);
    }
    source = NULL;
}

Test(source, a_pipe_cannot_be_rewound)
{
    cr_assert(zero(int, mkfifo("pipe", 0666)));
    open_source("http://a/", "pipe", NULL);
    cr_assert(eq(int, source_rewind(source), -ESPIPE));
    source_free(source);
    take_input("pipe", O_RDWR);
    open_source("-", NULL, NULL);
    cr_assert(eq(int, source_rewind(source), -ESPIPE));
}

/* -------------------------------------------------------------------- count */

static void expect_total(double expected)
{
    double count;
    cr_assert(zero(int, source_count(source, &count)));
    cr_expect(isnan(expected) ? isnan(count) : count == expected, "%g, not %g", count, expected);
}

Test(source, the_entries_of_a_small_list_are_counted_before_they_are_read)
{
    write_text("list", "\xEF\xBB\xBF# comment\n\na\n  \n\t# another\nb # c\nlast");
    open_source("http://x/", "list", "list");
    expect_total(7);
    EXPECT_URLS("http://x/", "a", "b # c", "last", "a", "b # c", "last");
}

Test(source, what_is_counted_of_standard_input_can_be_read)
{
    write_text("list", "before\na\nb");
    take_input("list", O_RDONLY);
    cr_assert(eq(long, lseek(STDIN_FILENO, 7, SEEK_SET), 7));
    open_source("-", NULL, NULL);
    expect_total(2);
    EXPECT_URLS("a", "b");
}

Test(source, a_list_that_is_large_or_a_pipe_or_unreadable_is_not_counted)
{
    enum { SIZE = (1 << 20) + 1 };
    static char lines[SIZE];
    memset(lines, '\n', sizeof lines);
    write_file("list", lines, sizeof lines);
    open_source("list", NULL, NULL);
    expect_total(NAN);
    source_free(source);
    cr_assert(zero(int, mkfifo("pipe", 0666)));
    open_source("http://x/", "pipe", NULL);
    expect_total(NAN);
    source_free(source);
    open_source("missing", NULL, NULL);
    expect_total(NAN);
    source_free(source);
    write_file("prog.bin", "\1\2\n", 3);
    open_source("prog.bin", NULL, NULL);
    expect_total(NAN);
    cr_expect_str_eq(messages(), "");
}

static struct buffer urls; /* what the tasks below have read */

static int read_urls(void *arg, void **ret_result)
{
    (void)arg;
    (void)ret_result;
    struct entry entry;
    int r;
    while ((r = source_next(source, &entry)) > 0) {
        cr_assert(zero(int, buffer_append_format(&urls, "%s ", entry.url)));
    }
    return r;
}

static void write_pipe(int fd, const char *text)
{
    cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

static af_task *start_reader(void)
{
    af_task *task;
    cr_assert(zero(int, af_create_task(read_urls, NULL, NULL, &task)));
    cr_assert(zero(int, af_sleep(0.01)));
    return task;
}

/* The reader is cancelled in the midst of a line, and another goes on with it. */
static int write_slowly(void *arg, void **ret_result)
{
    (void)arg;
    (void)ret_result;
    af_task *task = start_reader();
    int fd = open("pipe", O_WRONLY | O_NONBLOCK);
    cr_assert(fd >= 0, "the reader has not opened the pipe");
    write_pipe(fd, "http://a/\nhttp://");
    cr_assert(zero(int, af_sleep(0.01)));
    cr_assert(af_future_cancel(task));
    cr_assert(eq(int, af_await(task, NULL), AF_CANCELLED));
    af_future_unref(task);

    task = start_reader();
    write_pipe(fd, "b/\nc");
    cr_assert(zero(int, af_sleep(0.01)));
    cr_assert(not(af_future_done(task)));
    close(fd);
    int r = af_await(task, NULL);
    af_future_unref(task);
    return r;
}

Test(source, a_pipe_suspends_its_reader_only_and_loses_nothing)
{
    buffer_init(&urls, 4096);
    cr_assert(zero(int, mkfifo("pipe", 0666)));
    open_source("pipe", "http://d/", NULL);
    cr_assert(zero(int, af_run(NULL, write_slowly, NULL, NULL)));
    cr_assert(zero(int, buffer_append_char(&urls, '\0')));
    cr_expect_str_eq(urls.data, "http://a/ http://b/ c http://d/ ");
    buffer_free(&urls);
}
