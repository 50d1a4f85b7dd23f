#include "cli/options/completion.h"

#include <string.h>

#include "cli/options/help_topics.h"
#include "cli/options/table.h"
#include "cli/record/record.h"

enum completion {
    COMPLETE_NOTHING, /* a number, a text */
    COMPLETE_WORDS,
    COMPLETE_TOPICS, /* of --help */
    COMPLETE_FIELDS, /* several, with commas between them */
    COMPLETE_FILES,
    COMPLETE_DIRECTORIES,
};

static enum completion completion_of(const struct option_spec *spec)
{
    if (spec->kind == OPTION_WORD)
        return COMPLETE_WORDS;
    if (spec->kind == OPTION_TOPIC)
        return COMPLETE_TOPICS;
    if (spec->offset == offsetof(struct options, fields))
        return COMPLETE_FIELDS;
    if (strstr(spec->argument, "FILE"))
        return COMPLETE_FILES;
    return strcmp(spec->argument, "DIR") == 0 ? COMPLETE_DIRECTORIES : COMPLETE_NOTHING;
}

static void print_topics(FILE *file)
{
    for (size_t i = 0; i < SECTION_COUNT; i++)
        fprintf(file, "%s ", option_sections[i].name);
    for (const struct help_topic *topic = help_topics; topic->name; topic++)
        fprintf(file, "%s ", topic->name);
    fputs("all", file);
}

static void print_fields(FILE *file)
{
    for (const struct field *field = record_fields; field->name; field++)
        fprintf(file, "%s%s", field > record_fields ? " " : "", field->name);
}

/* True if the argument may be the next word. */
static bool takes_next_word(const struct option_spec *spec)
{
    return !spec->optional || spec->kind == OPTION_TOPIC;
}

/* Prints the possible arguments, separated by blanks. */
static void print_words(FILE *file, const struct option_spec *spec)
{
    switch (completion_of(spec)) {
    case COMPLETE_WORDS:
        for (const char *c = spec->argument; *c; c++)
            fputc(*c == '|' ? ' ' : *c, file);
        break;
    case COMPLETE_TOPICS:
        print_topics(file);
        break;
    case COMPLETE_FIELDS:
        print_fields(file);
        break;
    default:
        break;
    }
}

/* Prints text within '...' of a shell, with a '\' before the characters in ESCAPED. */
static void print_quoted(FILE *file, const char *text, const char *escaped)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", file);
        else if (strchr(escaped, *text))
            fputc('\\', file);
        fputc(*text, file);
    }
}

/* -------------------------------------------------------------------- bash */

static const char bash_opening[] =
    "# bash completion for afetch\n"
    "_afetch()\n"
    "{\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} words=\n"
    "    # bash takes --name=value for three words.\n"
    "    if [[ $current == = ]]; then\n"
    "        current= option+==\n"
    "    elif [[ $option == = ]]; then\n"
    "        option=${COMP_WORDS[COMP_CWORD-2]}=\n"
    "    fi\n"
    "    COMPREPLY=()\n"
    "    case $option in\n";

/* Keeps what was typed before the last comma. */
static const char bash_list[] =
    "        local before=\n"
    "        [[ $current == *,* ]] && before=${current%,*},\n"
    "        compopt -o nospace\n"
    "        COMPREPLY=($(compgen -P \"$before\" -W \"$words\" -- \"${current##*,}\"))\n"
    "        return\n";

static const char bash_closing[] = "    *)\n"
                                   "        [[ $current == -* ]] || return\n"
                                   "        words='";

static const char bash_end[] = "'\n"
                               "        ;;\n"
                               "    esac\n"
                               "    compopt +o default\n"
                               "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                               "}\n"
                               "complete -o default -F _afetch afetch\n";

/* Prints the words after which the argument is completed. */
static void print_bash_pattern(FILE *file, const struct option_spec *spec)
{
    if (takes_next_word(spec)) {
        if (spec->letter)
            fprintf(file, "-%c | ", spec->letter);
        fprintf(file, "--%s | ", spec->name);
    }
    fprintf(file, "--%s=", spec->name);
}

/* Prints a branch of the case. bash completes file names by itself. */
static void print_bash_option(FILE *file, const struct option_spec *spec)
{
    enum completion completion = completion_of(spec);
    fputs("    ", file);
    print_bash_pattern(file, spec);
    fputs(")\n", file);
    if (completion == COMPLETE_FILES) {
        fputs("        return\n", file);
    } else if (completion == COMPLETE_DIRECTORIES) {
        fputs("        compopt +o default -o dirnames\n        return\n", file);
    } else {
        fputs("        words='", file);
        print_words(file, spec);
        fputs("'\n", file);
    }
    if (completion == COMPLETE_FIELDS)
        fputs(bash_list, file);
    fputs("        ;;\n", file);
}

static void print_bash(FILE *file)
{
    fputs(bash_opening, file);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        if (spec->argument)
            print_bash_option(file, spec);
    fputs(bash_closing, file);
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        if (spec->letter)
            fprintf(file, "-%c ", spec->letter);
        fprintf(file, "--%s%s", spec->name, spec[1].name ? " " : "");
    }
    fputs(bash_end, file);
}

/* --------------------------------------------------------------------- zsh */

static void print_zsh_argument(FILE *file, const struct option_spec *spec)
{
    static const char *const actions[] = {
        [COMPLETE_NOTHING] = " ",    [COMPLETE_WORDS] = "(",
        [COMPLETE_TOPICS] = "(",     [COMPLETE_FIELDS] = "_values -s , field ",
        [COMPLETE_FILES] = "_files", [COMPLETE_DIRECTORIES] = "_files -/",
    };
    enum completion completion = completion_of(spec);
    fputs(spec->optional ? "::" : ":", file);
    print_quoted(file, spec->argument, ":");
    fprintf(file, ":%s", actions[completion]);
    print_words(file, spec);
    fputs(*actions[completion] == '(' ? ")" : "", file);
}

static void print_zsh_option(FILE *file, const struct option_spec *spec)
{
    /* "=": the argument may be the next word; "=-": it is in the same word. */
    const char *joint = "";
    if (spec->argument)
        joint = takes_next_word(spec) ? "=" : "=-";
    fputs("    '*'", file);
    if (spec->letter)
        fprintf(file, "{-%c%s,--%s%s}", spec->letter, spec->argument ? "+" : "", spec->name, joint);
    else
        fprintf(file, "--%s%s", spec->name, joint);
    fputs("'[", file);
    print_quoted(file, spec->help, "[]");
    fputc(']', file);
    if (spec->argument)
        print_zsh_argument(file, spec);
    fputs("' \\\n", file);
}

static void print_zsh(FILE *file)
{
    fputs("#compdef afetch\n_arguments -s -S \\\n", file);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        print_zsh_option(file, spec);
    fputs("    '*:URL, or file of URLs:_files'\n", file);
}

/* -------------------------------------------------------------------- fish */

/* -x requires an argument that is not a file; -f accepts one, in the same word only. */
static void print_fish_argument(FILE *file, const struct option_spec *spec)
{
    char mode = takes_next_word(spec) ? 'x' : 'f';
    switch (completion_of(spec)) {
    case COMPLETE_FILES:
        fputs(" -rF", file);
        break;
    case COMPLETE_DIRECTORIES:
        fputs(" -xa '(__fish_complete_directories)'", file);
        break;
    case COMPLETE_NOTHING:
        fprintf(file, " -%c", mode);
        break;
    case COMPLETE_FIELDS:
        fputs(" -xa '(__fish_append , ", file);
        print_words(file, spec);
        fputs(")'", file);
        break;
    default:
        fprintf(file, " -%ca '", mode);
        print_words(file, spec);
        fputc('\'', file);
    }
}

static void print_fish(FILE *file)
{
    fputs("# fish completion for afetch\n", file);
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        fputs("complete -c afetch", file);
        if (spec->letter)
            fprintf(file, " -s %c", spec->letter);
        fprintf(file, " -l %s", spec->name);
        if (spec->argument)
            print_fish_argument(file, spec);
        fputs(" -d '", file);
        print_quoted(file, spec->help, "\\");
        fputs("'\n", file);
    }
}

void completion_print(FILE *file, enum generate shell)
{
    switch (shell) {
    case GENERATE_BASH:
        print_bash(file);
        break;
    case GENERATE_ZSH:
        print_zsh(file);
        break;
    case GENERATE_FISH:
        print_fish(file);
        break;
    default:
        break;
    }
}
