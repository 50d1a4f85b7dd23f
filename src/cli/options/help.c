#include "cli/options/help.h"

#include <errno.h>
#include <string.h>

#include <afetch/error.h>

#include "cli/options/help_topics.h"
#include "cli/options/table.h"
#include "cli/text/suggest.h"

enum {
    WIDTH = 80,
    TEXT_COLUMN = 30, /* where the help of an option begins */
};

/* ---------------------------------------------------------------- wrapping */

/* Writes a word behind what the line has AT columns of, or on a new line from COLUMN on. Returns
 * how many the line has then. */
static int print_word(FILE *file, const char *word, int length, int column, int at)
{
    if (at == column)
        return at + fprintf(file, "%.*s", length, word);
    if (at + 1 + length <= WIDTH)
        return at + fprintf(file, " %.*s", length, word);
    return fprintf(file, "\n%*s%.*s", column, "", length, word) - 1;
}

static void print_text(FILE *file, const char *text, int column)
{
    int at = column;
    while (*text) {
        int length = (int)strcspn(text, " ");
        at = print_word(file, text, length, column, at);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', file);
}

/* A term, and what it means from COLUMN on. A term that would touch the column has a line for
 * itself. */
static void print_fact(FILE *file, const char *term, const char *text, int column)
{
    if (strlen(term) < (size_t)column)
        fprintf(file, "%-*s", column, term);
    else
        fprintf(file, "%s\n%*s", term, column, "");
    print_text(file, text, column);
}

/* ----------------------------------------------------------------- options */

/* The option as it is typed: "  -m, --timeout SECS". */
static void write_usage(const struct option_spec *spec, char *to, size_t size)
{
    char letter[] = "   ";
    if (spec->letter)
        snprintf(letter, sizeof letter, "-%c,", spec->letter);
    snprintf(to, size, "  %s --%s%s%s%s", letter, spec->name, option_argument_opening(spec),
             spec->argument ? spec->argument : "", spec->optional ? "]" : "");
}

static void print_option_as(FILE *file, const struct option_spec *spec, const char *text)
{
    char usage[WIDTH];
    write_usage(spec, usage, sizeof usage);
    print_fact(file, usage, text, TEXT_COLUMN);
}

static void print_option(FILE *file, const struct option_spec *spec)
{
    char text[256];
    option_describe(spec, text, sizeof text);
    print_option_as(file, spec, text);
}

static void print_section(FILE *file, enum option_section section)
{
    fprintf(file, "%s:\n", option_sections[section].title);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        if (spec->section == section)
            print_option(file, spec);
}

/* ---------------------------------------------------------------- chapters */

static int term_column(const struct chapter *chapter)
{
    size_t longest = 0;
    struct fact fact;
    for (size_t i = 0; chapter_fact(chapter, i, &fact); i++)
        if (strlen(fact.term) > longest)
            longest = strlen(fact.term);
    return longest + 4 < TEXT_COLUMN ? (int)longest + 4 : TEXT_COLUMN;
}

static void print_chapter(FILE *file, const struct chapter *chapter)
{
    fprintf(file, "%s:\n", chapter->title);
    if (chapter->text) {
        fputs("  ", file);
        print_text(file, chapter->text, 2);
    }
    struct fact fact;
    for (size_t i = 0; chapter_fact(chapter, i, &fact); i++) {
        char term[WIDTH];
        snprintf(term, sizeof term, "  %s", fact.term);
        /* Of command lines the text stands below. */
        print_fact(file, term, fact.text, chapter->of_commands ? 6 : term_column(chapter));
    }
}

/* ------------------------------------------------------------------- pages */

void help_print_usage(FILE *file)
{
    fputs("Usage: afetch [OPTIONS] [URL | FILE | -]...\n", file);
}

static void print_opening(FILE *file)
{
    help_print_usage(file);
    fputc('\n', file);
    print_text(file, introduction, 0);
    fputc('\n', file);
}

static void print_first_page(FILE *file)
{
    print_opening(file);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        if (spec->brief)
            print_option_as(file, spec, spec->brief);
    fputs("\n'afetch --help SECTION' has the rest. The sections:\n  ", file);
    int at = 2;
    for (const struct option_section_name *section = option_sections;
         section < option_sections + SECTION_COUNT; section++)
        at = print_word(file, section->name, (int)strlen(section->name), 2, at);
    for (const struct chapter *chapter = chapters; chapter->name; chapter++)
        at = print_word(file, chapter->name, (int)strlen(chapter->name), 2, at);
    print_word(file, "all", 3, 2, at);
    fputc('\n', file);
}

static void print_all(FILE *file)
{
    print_opening(file);
    for (enum option_section section = 0; section < SECTION_COUNT; section++) {
        print_section(file, section);
        fputc('\n', file);
    }
    for (const struct chapter *chapter = chapters; chapter->name; chapter++) {
        print_chapter(file, chapter);
        if (chapter[1].name)
            fputc('\n', file);
    }
}

static bool print_named_section(FILE *file, const char *name)
{
    for (enum option_section section = 0; section < SECTION_COUNT; section++) {
        if (strcmp(option_sections[section].name, name) != 0)
            continue;
        print_section(file, section);
        return true;
    }
    for (const struct chapter *chapter = chapters; chapter->name; chapter++) {
        if (strcmp(chapter->name, name) != 0)
            continue;
        print_chapter(file, chapter);
        return true;
    }
    return false;
}

/* NAME may have its dashes. */
static bool print_named_option(FILE *file, const char *name)
{
    bool dashed = *name == '-';
    name += strspn(name, "-");
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        if (strcmp(spec->name, name) != 0 && !(dashed && spec->letter == *name && !name[1]))
            continue;
        print_option(file, spec);
        return true;
    }
    return false;
}

static int raise_unknown(const char *topic)
{
    struct spelling spelling = spelling_of(topic, strlen(topic));
    for (enum option_section section = 0; section < SECTION_COUNT; section++)
        spelling_offer(&spelling, option_sections[section].name);
    for (const struct chapter *chapter = chapters; chapter->name; chapter++)
        spelling_offer(&spelling, chapter->name);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        spelling_offer(&spelling, spec->name);
    if (spelling.nearest)
        return af_raise(-EINVAL, "the help has no section '%s'; did you mean '%s'?", topic,
                        spelling.nearest);
    return af_raise(-EINVAL, "the help has no section '%s'; 'afetch --help' names them", topic);
}

int help_print(FILE *file, const char *topic)
{
    if (strcmp(topic, "all") == 0)
        print_all(file);
    else if (print_named_section(file, topic) || (*topic && print_named_option(file, topic)))
        return 0;
    else if (!*topic || *topic == '-') /* who asks for help gets it, whatever follows */
        print_first_page(file);
    else
        return raise_unknown(topic);
    return 0;
}
