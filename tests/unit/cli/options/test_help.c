#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options/help.h"
#include "cli/options/help_topics.h"
#include "cli/options/table.h"
#include "cli/record/record.h"

static char *page;

static void teardown(void)
{
    free(page);
}

TestSuite(help, .fini = teardown);

static const char *print(const char *topic)
{
    size_t size;
    free(page);
    FILE *file = open_memstream(&page, &size);
    cr_assert(file != NULL);
    cr_assert(zero(int, help_print(file, topic)), "%s", topic);
    cr_assert(zero(int, fclose(file)));
    return page;
}

/* Returns the number of lines, none of which is too long. */
static size_t measure(const char *text)
{
    size_t lines = 0;
    for (; *text; text += strcspn(text, "\n") + 1) {
        size_t length = strcspn(text, "\n");
        cr_expect(length <= 80, "%.*s", (int)length, text);
        cr_expect(length == 0 || text[length - 1] != ' ', "%.*s", (int)length, text);
        lines++;
    }
    return lines;
}

Test(help, the_first_page_fits_a_screen)
{
    cr_expect(le(sz, measure(print("")), 24));
    cr_expect(strstr(page, " --jobs N ") != NULL);
}

Test(help, the_first_page_names_all_others)
{
    char *first = strdup(print(""));
    for (size_t i = 0; i < SECTION_COUNT; i++)
        cr_expect(strstr(first, option_sections[i].name) != NULL, "%s", option_sections[i].name);
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        cr_expect(strstr(first, topic->name) != NULL, "%s", topic->name);
    free(first);
}

Test(help, a_section_is_about_a_screen)
{
    for (size_t i = 0; i < SECTION_COUNT; i++)
        cr_expect(le(sz, measure(print(option_sections[i].name)), 40), "%s",
                  option_sections[i].name);
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        cr_expect(le(sz, measure(print(topic->name)), 48), "%s", topic->name);
}

Test(help, every_option_is_in_its_section_and_in_all)
{
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        char name[64];
        snprintf(name, sizeof name, " --%s", spec->name);
        cr_expect(strstr(print(option_sections[spec->section].name), name) != NULL, "%s", name);
        cr_expect(strstr(print("all"), name) != NULL, "%s", name);
        cr_expect(strstr(print(name + 1), name) != NULL, "%s", name);
    }
    measure(print("all"));
}

Test(help, every_field_and_every_error_is_explained)
{
    print("fields");
    for (const struct field *field = record_fields; field->name; field++)
        cr_expect(strstr(page, field->name) && field->help, "%s", field->name);
    print("errors");
    for (size_t i = 1; i < sizeof outcome_words / sizeof outcome_words[0]; i++)
        cr_expect(strstr(page, outcome_words[i]) != NULL, "%s", outcome_words[i]);
}

Test(help, an_option_as_topic_gets_the_first_page)
{
    char *first = strdup(print(""));
    cr_expect_str_eq(print("--frobnicate"), first);
    free(first);
    cr_expect(eq(int, help_print(stdout, "frobnicate"), -EINVAL));
}
