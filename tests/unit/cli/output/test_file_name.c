/* Names of files, made of URLs that anybody may have written. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/output/file_name.h"

static const char *name_of(const char *url)
{
    static char text[FILE_NAME_MAXIMUM + 1];
    struct file_name name = file_name_of_url(url);
    file_name_write(&name, 0, name.extension, text);
    return text;
}

Test(file_name, it_is_the_last_part_of_the_path)
{
    static const char *const names[][2] = {
        {"http://a.test/b/c.html", "c.html"},
        {"http://a.test/b/c.html?d/e.f#g/h.i", "c.html"},
        {"http://a.test/c#a/b", "c"},
        {"http://a.test/b/", "index"},
        {"http://a.test", "index"},
        {"http://a.test?x=/y", "index"},
        {"a.test/c.txt", "c.txt"},
        {"a.test", "index"},
        {"http://user:pass@a.test/c", "c"},
        {"", "index"},
        {"://", "index"},
        {"http://a.test/b//", "index"},
        {"http://a.test/a b+c", "a b+c"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        cr_expect_str_eq(name_of(names[i][0]), names[i][1], "%s", names[i][0]);
}

Test(file_name, an_extension_is_short_and_not_a_version)
{
    static const char *const parts[][3] = {
        {"a.html", "a", ".html"},
        {"a.tar.gz", "a.tar", ".gz"},
        {"a", "a", ""},
        {"v1.2", "v1.2", ""},
        {"a.mp4", "a", ".mp4"},
        {"a.7z", "a", ".7z"},
        {".a", ".a", ""},
        {"a.b c", "a.b c", ""},
        {"a.abcdefghij", "a", ".abcdefghij"},
        {"a.abcdefghijk", "a.abcdefghijk", ""},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct file_name name = file_name_split(parts[i][0]);
        cr_expect_str_eq(name.stem, parts[i][1]);
        cr_expect_str_eq(name.extension, parts[i][2]);
    }
}

Test(file_name, the_content_type_names_an_extension)
{
    cr_expect_str_eq(file_name_extension("text/html; charset=utf-8"), ".html");
    cr_expect_str_eq(file_name_extension("Image/JPEG"), ".jpg");
    cr_expect_str_eq(file_name_extension("application/json"), ".json");
    cr_expect_str_eq(file_name_extension("application/octet-stream"), "");
    cr_expect_str_eq(file_name_extension("text/htmlx"), "");
    cr_expect_str_eq(file_name_extension("../../x"), "");
    cr_expect_str_eq(file_name_extension(""), "");
    cr_expect_str_eq(file_name_extension(NULL), "");
}

Test(file_name, a_number_precedes_the_extension)
{
    char text[FILE_NAME_MAXIMUM + 1];
    struct file_name name = file_name_split("page.html");
    file_name_write(&name, 12, name.extension, text);
    cr_expect_str_eq(text, "page.12.html");
    name = file_name_split("page");
    file_name_write(&name, 1, ".json", text);
    cr_expect_str_eq(text, "page.1.json");
}

/* The rules for every file name. */
static void check_safe(const char *name, const char *url)
{
    size_t length = strlen(name);
    cr_assert(length > 0 && length <= FILE_NAME_MAXIMUM, "%s", url);
    cr_assert(utf8_valid(name, length), "%s", url);
    cr_assert_null(strpbrk(name, "/\\:*?\"<>|\x7f"), "%s: %s", url, name);
    cr_assert_null(strchr(".- ", name[0]), "%s: %s", url, name);
    cr_assert_null(strchr(". ", name[length - 1]), "%s: %s", url, name);
    for (const char *c = name; *c; c++)
        cr_assert_geq((unsigned char)*c, 0x20, "%s", url);
}

Test(file_name, random_urls_have_valid_names)
{
    srandom(1);
    static const char *const pieces[] = {
        "%00", "..",  ".",    "/",   "%2f",      "%2e",     "-",
        " ",   "%20", "\xff", "%c3", "\xc3\xa9", "con",     "a",
        "%",   "\\",  "%e2",  "%80", "%ae",      "\x1b",    "?",
        "#",   ":",   "nul.", "~",   "*",        "http://", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};
    for (int i = 0; i < 20000; i++) {
        char url[4096] = "http://a.test/";
        for (long count = random() % 40; count > 0; count--)
            strcat(url, pieces[(size_t)random() % (sizeof pieces / sizeof pieces[0])]);
        struct file_name name = file_name_of_url(url);
        char text[FILE_NAME_MAXIMUM + 1];
        static const unsigned long numbers[] = {0, 1, 1000000, ~0UL};
        for (size_t j = 0; j < sizeof numbers / sizeof numbers[0]; j++) {
            file_name_write(&name, numbers[j], name.extension[0] ? name.extension : ".html", text);
            check_safe(text, url);
            file_name_write(&name, numbers[j], name.extension, text);
            check_safe(text, url);
        }
    }
}
