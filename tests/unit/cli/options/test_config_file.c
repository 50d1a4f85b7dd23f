#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <afetch/error.h>

#include "cli/options/config_file.h"
#include "cli/options/options.h"
#include "failing_allocation.h"

static char path[] = "/tmp/afetch-config-XXXXXX";

static void setup(void)
{
    int fd = mkstemp(path);
    cr_assert(ge(int, fd, 0));
    close(fd);
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
}

static void teardown(void)
{
    unlink(path);
}

TestSuite(config_file, .init = setup, .fini = teardown);

static void write_file(const void *data, size_t size)
{
    FILE *file = fopen(path, "w");
    cr_assert(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* Notes "name=value;", or "name;" where there is no value. */
static int note(const char *name, char *value, void *arg)
{
    char *notes = arg;
    cr_assert(strlen(notes) + strlen(name) + strlen(value ? value : "") + 3 < 4096);
    strcat(notes, name);
    if (value)
        strcat(strcat(notes, "="), value);
    strcat(notes, ";");
    return 0;
}

static int read_notes(const char *content, char notes[4096])
{
    char *text;
    write_file(content, strlen(content));
    notes[0] = '\0';
    int r = config_read(path, note, notes, &text);
    if (r >= 0)
        free(text);
    return r;
}

Test(config_file, a_line_is_a_name_and_a_value)
{
    static const struct {
        const char *content, *notes;
    } cases[] = {
        {"", ""},
        {"\n\n# a = b\n  # c\n", ""},
        {"json", "json;"},
        {"--json\r\n", "--json;"},
        {"jobs=3\njobs = 3\njobs:3\njobs: 3\njobs 3\njobs\t=\t3 \n\tjobs\t3\t",
         "jobs=3;jobs=3;jobs=3;jobs=3;jobs=3;jobs=3;jobs=3;"},
        {"jobs : 3", "jobs=3;"},
        {"to ::1:2\nto = :a\nto: :b\nto :c", "to=::1:2;to=:a;to=:b;to=:c;"},
        {"a = b=c\nu http://x/?a=b#c", "a=b=c;u=http://x/?a=b#c;"},
        {"a = b # c\na # c\na = # c", "a=b;a;a;"},
        {"a =", "a;"},
        {"a = \"\"", "a=;"},
        {"a = \"b c\" # d", "a=b c;"},
        {"a = \"\\\"b\\\" \\\\ \\t\\n\\r\\v\\x\"", "a=\"b\" \\ \t\n\r\vx;"},
        {"-j20\n-j 20\n-H \"a: b\"\n-k", "-j20;-j=20;-H=a: b;-k;"},
        {"-Ha:b", "-Ha:b;"},
        {"= b", "=b;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char notes[4096];
        cr_expect(zero(int, read_notes(cases[i].content, notes)), "%s", cases[i].content);
        cr_expect_str_eq(notes, cases[i].notes);
    }
}

Test(config_file, an_error_names_its_line)
{
    static const struct {
        const char *content, *text;
    } cases[] = {
        {"a b c", ":1: a value with blanks must be quoted: \"...\""},
        {"a\n\nb = \"c",
         ":3: missing closing quote: end the value with \", and write \\\" for a quote within it"},
        {"a = \"\\\"",
         ":1: missing closing quote: end the value with \", and write \\\" for a quote within it"},
        {"a = \"b\"c", ":1: unexpected text after the value: write \\\" for a quote within it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char notes[4096];
        int r = read_notes(cases[i].content, notes);
        cr_expect(eq(int, r, -EINVAL), "%s", cases[i].content);
        const char *text = af_error_text(af_raised(r));
        cr_expect(strncmp(text, path, strlen(path)) == 0, "%s", text);
        cr_expect_str_eq(text + strlen(path), cases[i].text);
    }
}

static int accept(const char *name, char *value, void *arg)
{
    size_t *length = arg;
    *length += strlen(name) + (value ? strlen(value) : 0);
    return 0;
}

Test(config_file, random_content_is_read_or_rejected)
{
    static const char letters[] = "ab-=:# \t\"\\\r\n\n";
    unsigned seed = 1;
    for (int round = 0; round < 20000; round++) {
        char content[24];
        size_t size = (size_t)rand_r(&seed) % sizeof content, length = 0;
        for (size_t i = 0; i < size; i++)
            content[i] = letters[(size_t)rand_r(&seed) % (sizeof letters - 1)];
        write_file(content, size);
        char *text = NULL;
        int r = config_read(path, accept, &length, &text);
        cr_expect(r == 0 || r == -EINVAL);
        cr_expect(le(sz, length, size));
        if (r >= 0)
            free(text);
    }
}

Test(config_file, allocation_failures_leak_nothing)
{
    static const char content[] =
        "url = one.example\nheader = \"A: b\"\nfields = url\nurl http://x/\n";
    char *arguments[] = {(char *)"afetch", (char *)"-K", path, (char *)"two", NULL};
    write_file(content, strlen(content));
    bool failed = true;
    for (size_t number = 1; failed; number++) {
        struct options options;
        long live = live_allocations();
        fail_allocation(number, false);
        int r = options_parse(4, arguments, &options);
        failed = stop_failing();
        cr_assert(eq(int, r, failed ? -ENOMEM : 0), "%zu", number);
        if (r >= 0)
            options_free(&options);
        cr_assert(eq(long, live_allocations(), live), "%zu", number);
    }
}
