/* --help, written from the table of options and the table of fields. */
#include <string.h>

#include "cli/option_table.h"
#include "cli/record.h"

enum {
    WIDTH = 80,
    TEXT_COLUMN = 30, /* where the help of an option begins */
};

static const char introduction[] =
    "Fetches many URLs at once and says of every one what happened. An operand with\n"
    "'://' in it is a URL, '-' is standard input, anything else is a file of URLs,\n"
    "one a line; blank lines and those that begin with # are skipped. Without\n"
    "operands standard input is read, unless it is a terminal.\n";

static const char conclusion[] =
    "\n"
    "Exit status:\n"
    "  0    every request is ok: a whole response, and its status is 200 to 399\n"
    "  1    at least one is not\n"
    "  2    the command line is wrong\n"
    "  3    a list cannot be read, or the output cannot be written\n"
    "  124  the deadline ended the run\n"
    "  130  interrupted (143: by SIGTERM)\n"
    "\n"
    "Examples:\n"
    "  afetch urls.txt\n"
    "      A line for each URL in the file, and a summary.\n"
    "  afetch -j 200 --as-completed --jsonl -o records.jsonl < urls.txt\n"
    "      Records for a program, 200 requests at a time, the fastest first.\n"
    "  afetch --json urls.txt | jq -r '.[] | select(.ok | not) | .url'\n"
    "      What failed.\n"
    "  afetch --fields url,response_code,time_total urls.txt | sort -nk 3\n"
    "      The slowest last.\n"
    "  afetch --first https://one.example/file https://two.example/file\n"
    "      A race between two mirrors.\n";

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

/* The option as it is typed: "  -m, --timeout SECS". */
static void write_usage(const struct option_spec *spec, char *to, size_t size)
{
    char letter[] = "   ";
    if (spec->letter)
        snprintf(letter, sizeof letter, "-%c,", spec->letter);
    snprintf(to, size, "  %s --%s%s%s%s", letter, spec->name,
             !spec->argument  ? ""
             : spec->optional ? "[="
                              : " ",
             spec->argument ? spec->argument : "", spec->optional ? "]" : "");
}

/* "(default 50)", from the value that option_defaults has for it; nothing where that is none. */
static void write_default(const struct option_spec *spec, char *to, size_t size)
{
    const void *member = (const char *)&option_defaults + spec->offset;
    *to = '\0';
    if (!spec->argument)
        return;
    if (spec->kind == OPTION_NUMBER && *(const long *)member != 0)
        snprintf(to, size, " (default %ld)", *(const long *)member);
    if (spec->kind == OPTION_SECONDS && *(const double *)member != 0)
        snprintf(to, size, " (default %g)", *(const double *)member);
    if (spec->kind == OPTION_WORD) {
        const char *word = spec->argument;
        for (unsigned place = *(const unsigned *)member; place > 0; place--)
            word = strchr(word, '|') + 1;
        snprintf(to, size, " (default %.*s)", (int)strcspn(word, "|"), word);
    }
}

static void print_option(FILE *file, const struct option_spec *spec)
{
    char usage[80], standard[32], text[256];
    write_usage(spec, usage, sizeof usage);
    write_default(spec, standard, sizeof standard);
    snprintf(text, sizeof text, "%s%s", spec->help, standard);

    /* A usage that would touch the column has a line for itself. */
    if (strlen(usage) < TEXT_COLUMN)
        fprintf(file, "%-*s", TEXT_COLUMN, usage);
    else
        fprintf(file, "%s\n%*s", usage, TEXT_COLUMN, "");
    print_text(file, text, TEXT_COLUMN);
}

static void print_fields(FILE *file)
{
    fputs("\nFields of a record:\n  ", file);
    int at = 2;
    for (const struct field *field = record_fields; field->name; field++)
        at = print_word(file, field->name, (int)strlen(field->name), 2, at);
    fputc('\n', file);
}

void options_print_usage(FILE *file)
{
    fputs("Usage: afetch [OPTIONS] [URL | FILE | -]...\n", file);
}

void options_print_help(FILE *file)
{
    options_print_usage(file);
    fprintf(file, "\n%s", introduction);
    enum option_section section = SECTION_COUNT;
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        if (spec->section != section)
            fprintf(file, "\n%s:\n", option_section_titles[spec->section]);
        section = spec->section;
        print_option(file, spec);
    }
    print_fields(file);
    fputs(conclusion, file);
}
