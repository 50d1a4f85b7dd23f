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

/* Writes a word after the AT columns of the line, or on a new line from COLUMN on. Returns the
 * columns of the line. */
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

/* Prints a term, and its text from COLUMN on. A term that reaches the column is a line by itself.
 */
static void print_entry(FILE *file, const char *term, const char *text, int column)
{
    if (strlen(term) < (size_t)column)
        fprintf(file, "%-*s", column, term);
    else
        fprintf(file, "%s\n%*s", term, column, "");
    print_text(file, text, column);
}

/* ----------------------------------------------------------------- options */

/* Writes an option as it is typed: "  -m, --timeout SECS". */
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
    print_entry(file, usage, text, TEXT_COLUMN);
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

/* ------------------------------------------------------------------ topics */

static int term_column(const struct help_topic *topic)
{
    size_t longest = 0;
    struct help_entry entry;
    for (size_t i = 0; help_topic_entry(topic, i, &entry); i++)
        if (strlen(entry.term) > longest)
            longest = strlen(entry.term);
    return longest + 4 < TEXT_COLUMN ? (int)longest + 4 : TEXT_COLUMN;
}

static void print_topic(FILE *file, const struct help_topic *topic)
{
    fprintf(file, "%s:\n", topic->title);
    if (topic->text) {
        fputs("  ", file);
        print_text(file, topic->text, 2);
    }
    struct help_entry entry;
    for (size_t i = 0; help_topic_entry(topic, i, &entry); i++) {
        char term[WIDTH];
        snprintf(term, sizeof term, "  %s", entry.term);
        /* The text of a command line is below it. */
        print_entry(file, term, entry.text, topic->has_commands ? 6 : term_column(topic));
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
    fputc('\n', file);
    int at = fprintf(file, "More with --help NAME:");
    for (const struct option_section_name *section = option_sections;
         section < option_sections + SECTION_COUNT; section++)
        at = print_word(file, section->name, (int)strlen(section->name), 0, at);
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        at = print_word(file, topic->name, (int)strlen(topic->name), 0, at);
    print_word(file, "all", 3, 0, at);
    fputc('\n', file);
}

static void print_all(FILE *file)
{
    print_opening(file);
    for (enum option_section section = 0; section < SECTION_COUNT; section++) {
        print_section(file, section);
        fputc('\n', file);
    }
    for (const struct help_topic *topic = help_topics; topic->name; topic++) {
        print_topic(file, topic);
        if (topic[1].name)
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
    for (const struct help_topic *topic = help_topics; topic->name; topic++) {
        if (strcmp(topic->name, name) != 0)
            continue;
        print_topic(file, topic);
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

static int raise_unknown(const char *name)
{
    struct suggestion suggestion = suggestion_for(name, strlen(name));
    for (enum option_section section = 0; section < SECTION_COUNT; section++)
        suggestion_offer(&suggestion, option_sections[section].name);
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        suggestion_offer(&suggestion, topic->name);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        suggestion_offer(&suggestion, spec->name);
    if (suggestion.nearest)
        return af_raise(-EINVAL, "unknown help topic '%s'; did you mean '%s'?", name,
                        suggestion.nearest);
    return af_raise(-EINVAL, "unknown help topic '%s'; 'afetch --help' lists them", name);
}

int help_print(FILE *file, const char *topic)
{
    if (strcmp(topic, "all") == 0)
        print_all(file);
    else if (print_named_section(file, topic) || (*topic && print_named_option(file, topic)))
        return 0;
    else if (!*topic || *topic == '-') /* -h followed by another option */
        print_first_page(file);
    else
        return raise_unknown(topic);
    return 0;
}
