#include "cli/options/man_page.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "cli/options/help_topics.h"
#include "cli/options/table.h"

enum { WIDTH = 66 }; /* escapes come on top */

/* Prints text without escapes and requests of roff. '-' would become a hyphen, which shells do not
 * accept. */
static void print_text(FILE *file, const char *text, size_t length)
{
    if (length > 0 && *text == '.')
        fputs("\\&", file);
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '\\':
            fputs("\\e", file);
            break;
        case '-':
            fputs("\\-", file);
            break;
        case '\'':
            fputs("\\(aq", file);
            break;
        case '~':
            fputs("\\(ti", file);
            break;
        case '^':
            fputs("\\(ha", file);
            break;
        case '`':
            fputs("\\(ga", file);
            break;
        default:
            fputc(text[i], file);
        }
    }
}

/* Prints lines of limited width, and ends a line after each sentence, as roff expects. */
static void print_sentences(FILE *file, const char *text)
{
    for (size_t at = 0; *text; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        at += length + 1;
        print_text(file, text, length);
        bool ends = text[length - 1] == '.' ||
                    at + strcspn(text + length + (text[length] != 0), " ") > WIDTH;
        text += length;
        fputc(ends || !*text ? '\n' : ' ', file);
        if (ends)
            at = 0;
    }
}

/* Prints text in a font of roff: B is bold. */
static void print_in_font(FILE *file, char font, const char *text)
{
    fprintf(file, "\\f%c", font);
    print_text(file, text, strlen(text));
    fputs("\\fR", file);
}

static void print_heading(FILE *file, const char *request, const char *title)
{
    fprintf(file, "%s ", request);
    print_text(file, title, strlen(title));
    fputc('\n', file);
}

/* Prints a title in capitals. */
static void print_section_heading(FILE *file, const char *title)
{
    fputs(".SH ", file);
    for (; *title; title++)
        fputc(toupper((unsigned char)*title), file);
    fputc('\n', file);
}

static void print_option(FILE *file, const struct option_spec *spec)
{
    char name[64], text[256];
    fputs(".TP\n", file);
    if (spec->letter) {
        print_in_font(file, 'B', (char[]){'-', spec->letter, '\0'});
        fputs(", ", file);
    }
    snprintf(name, sizeof name, "--%s", spec->name);
    print_in_font(file, 'B', name);
    if (spec->argument) {
        fputs(option_argument_opening(spec), file);
        print_in_font(file, 'I', spec->argument);
        fputs(spec->optional ? "]" : "", file);
    }
    fputc('\n', file);
    option_describe(spec, text, sizeof text);
    print_sentences(file, text);
}

static void print_options(FILE *file)
{
    print_section_heading(file, "Options");
    print_sentences(file,
                    "Long options may be abbreviated to an unambiguous prefix. If an option is "
                    "given more than once, the last one applies, unless it is repeatable.");
    for (enum option_section section = 0; section < SECTION_COUNT; section++) {
        print_heading(file, ".SS", option_sections[section].title);
        for (const struct option_spec *spec = option_table; spec->name; spec++)
            if (spec->section == section)
                print_option(file, spec);
    }
}

static void print_topic(FILE *file, const struct help_topic *topic)
{
    print_section_heading(file, topic->title);
    if (topic->text)
        print_sentences(file, topic->text);
    struct help_entry entry;
    for (size_t i = 0; help_topic_entry(topic, i, &entry); i++) {
        fputs(".TP\n", file);
        print_in_font(file, 'B', entry.term);
        fputc('\n', file);
        print_sentences(file, entry.text);
    }
}

void man_page_print(FILE *file)
{
    fprintf(file, ".TH AFETCH 1 %s \"afetch %s\" \"User Commands\"\n", AFETCH_DATE, AFETCH_VERSION);
    fputs(".SH NAME\nafetch \\- fetch many URLs concurrently\n.SH SYNOPSIS\n.B "
          "afetch\n[\\fIOPTIONS\\fR] [\\fIURL\\fR | \\fIFILE\\fR | \\fB\\-\\fR]...\n.SH "
          "DESCRIPTION\n",
          file);
    print_sentences(file, introduction);
    print_options(file);
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        print_topic(file, topic);
    fputs(".SH SEE ALSO\n.BR curl (1),\n.BR jq (1),\n.BR wget (1),\n.BR xargs (1)\n", file);
}
