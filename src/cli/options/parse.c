/* Parses the command line and config files, as getopt_long() does, but without printing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <afetch/error.h>

#include "base/utf8.h"
#include "cli/options/config_file.h"
#include "cli/options/foreign_options.h"
#include "cli/options/options.h"
#include "cli/options/request_options.h"
#include "cli/options/validate.h"
#include "cli/options/values.h"
#include "cli/text/suggest.h"

/* Nested config files. */
enum { CONFIG_DEPTH = 5 };

/* The command line is parsed twice: first for the config files, and after these, so that it wins.
 */
enum phase { PHASE_EARLY, PHASE_CONFIG, PHASE_COMMAND_LINE };

struct parser {
    char *const *next; /* the argument to read; NULL after the last */
    enum phase phase;
    size_t depth; /* of config files */
    struct options options;
};

static int read_config(struct parser *parser, const char *path);

/* True if WORD, after an option with an optional value, is a valid value and not a file. */
static bool is_value(const struct option_spec *spec, const char *word)
{
    bool fits = spec->kind == OPTION_WORD ? word_index(spec->argument, '|', word) >= 0
                                          : *word && !word[strspn(word, "0123456789")];
    return fits && access(word, F_OK) < 0;
}

/* Applies an option, whose value is the next argument, if it has none yet. */
static int parse_option(struct parser *parser, struct setting *setting)
{
    const struct option_spec *spec = setting->spec;
    if (spec->argument && !spec->optional && !setting->value) {
        setting->value = *parser->next;
        if (!setting->value)
            return af_raise(-EINVAL, "option '%s' requires a value: %s", setting->option,
                            spec->argument);
        parser->next++;
    }
    if (spec->kind == OPTION_TOPIC && !setting->value)
        setting->value = *parser->next ? *parser->next++ : "";
    else if (spec->optional && !setting->value && *parser->next && is_value(spec, *parser->next))
        return af_raise(-EINVAL, "%s %s: the value is optional: write %s=%s", setting->option,
                        *parser->next, setting->option, *parser->next);
    setting->options = &parser->options;
    setting->member = (char *)&parser->options + spec->offset;
    if (parser->phase == PHASE_CONFIG && spec->kind == OPTION_CONFIG)
        return read_config(parser, setting->value);
    if (parser->phase != PHASE_CONFIG && spec->early != (parser->phase == PHASE_EARLY))
        return 0;
    return setting_apply(setting);
}

static const struct option_spec *find_letter(char letter)
{
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        if (spec->letter == letter)
            return spec;
    return NULL;
}

static int raise_unknown(const char *word, size_t length)
{
    struct suggestion suggestion = suggestion_for(word, length);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        suggestion_offer(&suggestion, spec->name);
    if (suggestion.nearest)
        return af_raise(-EINVAL,
                        "unknown option '--%.*s'; did you mean '--%s'? Try 'afetch --help'",
                        (int)length, word, suggestion.nearest);
    return af_raise(-EINVAL, "unknown option '--%.*s'; try 'afetch --help'", (int)length, word);
}

static int raise_ambiguous(const char *word, size_t length)
{
    struct buffer names;
    buffer_init(&names, 4096);
    int r = 0;
    for (const struct option_spec *spec = option_table; spec->name && r >= 0; spec++)
        if (strncmp(spec->name, word, length) == 0)
            r = buffer_append_format(&names, "%s--%s", names.length > 0 ? ", " : "", spec->name);
    if (r >= 0)
        r = af_raise(-EINVAL, "option '--%.*s' is ambiguous: %.*s", (int)length, word,
                     (int)names.length, names.data);
    buffer_free(&names);
    return r;
}

/* If NAME is another program's option, raises an error that names ours; else returns 0. */
static int raise_foreign(const char *dashes, const char *name, size_t length)
{
    const char *advice = foreign_option_advice(name, length);
    return advice
               ? af_raise(-EINVAL, "unknown option '%s%.*s': %s", dashes, (int)length, name, advice)
               : 0;
}

/* Finds the option of this name, or the only one whose name begins with it. */
static int find_name(const char *word, size_t length, const struct option_spec **ret_spec)
{
    size_t count = 0;
    for (const struct option_spec *spec = option_table; spec->name && length > 0; spec++) {
        if (strncmp(spec->name, word, length) != 0)
            continue;
        *ret_spec = spec;
        if (!spec->name[length])
            return 0;
        count++;
    }
    int r = raise_foreign("--", word, length);
    if (r < 0 || count == 1)
        return r;
    return count > 1 ? raise_ambiguous(word, length) : raise_unknown(word, length);
}

/* Parses a long option; VALUE is NULL, or was given after '='. */
static int parse_name(struct parser *parser, const char *name, size_t length, const char *value)
{
    const struct option_spec *spec = NULL;
    int r = find_name(name, length, &spec);
    if (r < 0)
        return r;
    struct setting setting = {.spec = spec, .value = value};
    snprintf(setting.option, sizeof setting.option, "--%s", spec->name);
    if (setting.value && !spec->argument)
        return af_raise(-EINVAL, "option '%s' takes no value", setting.option);
    return parse_option(parser, &setting);
}

static int parse_letters(struct parser *parser, const char *word)
{
    while (*word) {
        const struct option_spec *spec = find_letter(*word);
        if (!spec) {
            size_t size = utf8_character(word, strlen(word));
            int r = raise_foreign("-", word, 1);
            return r < 0 ? r
                         : af_raise(-EINVAL, "unknown option '-%.*s'; try 'afetch --help'",
                                    size > 0 ? (int)size : 1, word);
        }
        struct setting setting = {.spec = spec, .option = {'-', *word++}};
        if (spec->argument && !spec->optional && *word) {
            setting.value = word;
            word += strlen(word);
        }
        int r = parse_option(parser, &setting);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Suggests "--json" for "-json", if "-j son" is not valid. */
static int parse_dashed(struct parser *parser, const char *word)
{
    size_t length = strcspn(word, "=");
    int r = parse_letters(parser, word);
    if (r == -EINVAL && length > 1 && foreign_option_advice(word, length))
        return raise_foreign("-", word, length); /* as wget's -nc */
    for (const struct option_spec *spec = option_table; spec->name && r == -EINVAL; spec++)
        if (strlen(spec->name) == length && memcmp(spec->name, word, length) == 0)
            return af_raise(r, "unknown option '-%.*s'; did you mean '--%s'?", (int)length, word,
                            spec->name);
    return r;
}

static int parse_word(struct parser *parser, const char *word)
{
    size_t length = strcspn(word, "=");
    return parse_name(parser, word, length, word[length] ? word + length + 1 : NULL);
}

/* ------------------------------------------------------------ config files */

/* Applies a line of a config file. The value of a letter may be part of NAME. */
static int set_from_config(const char *name, char *value, void *arg)
{
    struct parser *parser = arg;
    char *const arguments[] = {value, NULL};
    bool is_letter = name[0] == '-' && name[1] != '-';
    parser->next = is_letter ? arguments : arguments + (value != NULL);
    if (!is_letter) {
        name += strspn(name, "-");
        return parse_name(parser, name, strlen(name), value);
    }
    int r = parse_letters(parser, name + 1);
    /* Show the letter alone: the rest may be secret. */
    return r >= 0 && *parser->next ? af_raise(-EINVAL, "option '%.2s' takes no value", name) : r;
}

/* Errors: a negated errno if the file cannot be read, -EINVAL. */
static int read_config_file(struct parser *parser, const char *path)
{
    char *text;
    int r = strcmp(path, "-") == 0 ? standard_input_take(&parser->options) : 0;
    if (r < 0)
        return r;
    char *const *next = parser->next; /* a config file may be read amid another one */
    parser->depth++;
    r = config_read(path, set_from_config, parser, &text);
    parser->depth--;
    parser->next = next;
    if (r < 0)
        return r;
    return string_list_take(&parser->options.texts, text);
}

static int read_config(struct parser *parser, const char *path)
{
    if (parser->depth == CONFIG_DEPTH)
        return af_raise(
            -EINVAL,
            "--config %s: config files are nested more than %d deep: put the options in one file",
            path, CONFIG_DEPTH);
    int r = read_config_file(parser, path);
    return r < 0 && r != -EINVAL && r != -ENOMEM
               ? af_raise(-EINVAL, "--config %s: %s", path, strerror(-r))
               : r;
}

/* Reads the default config file, if it exists. */
static int read_default_config(struct parser *parser)
{
    char *path;
    int r = config_default_path(&path);
    if (r <= 0)
        return r;
    r = read_config_file(parser, path);
    if (r == -ENOENT || r == -ENOTDIR)
        r = 0;
    else if (r < 0 && r != -EINVAL && r != -ENOMEM)
        r = af_raise(-EINVAL, "%s: %s; use --no-config to ignore it", path, strerror(-r));
    free(path);
    return r;
}

static int read_configs(struct parser *parser)
{
    const struct string_list *configs = &parser->options.configs;
    int r = parser->options.no_config ? 0 : read_default_config(parser);
    for (size_t i = 0; i < configs->count && r >= 0; i++)
        r = read_config(parser, configs->strings[i]);
    return r;
}

/* ------------------------------------------------------------ command line */

/* True if the options ask for text, and nothing is fetched. */
static bool only_prints(const struct options *options)
{
    return options->help || options->version || options->generate != GENERATE_NOTHING;
}

static int take_operand(struct parser *parser, const char *word)
{
    if (parser->phase == PHASE_EARLY)
        return 0;
    /* Probably the body of curl's --json. It may be secret. */
    if ((*word == '{' || *word == '[') && access(word, F_OK) < 0)
        return af_raise(-EINVAL, "JSON is not an operand: use -d to send it, or put a request in "
                                 "JSON into a list, on one line");
    return string_list_append(&parser->options.operands, word);
}

static int parse_arguments(struct parser *parser, char *const *arguments)
{
    struct options *options = &parser->options;
    bool operands_only = false;
    int r = 0;
    parser->next = arguments;
    /* After --help, arguments are not checked. */
    while (r >= 0 && *parser->next && !only_prints(options)) {
        const char *word = *parser->next++;
        if (operands_only || word[0] != '-' || !word[1])
            r = take_operand(parser, word);
        else if (word[1] != '-')
            r = parse_dashed(parser, word + 1);
        else if (word[2])
            r = parse_word(parser, word + 2);
        else
            operands_only = true;
    }
    return r;
}

static int parse_all(struct parser *parser, char *const *arguments)
{
    parser->phase = PHASE_EARLY;
    int r = parse_arguments(parser, arguments);
    if (r < 0 || only_prints(&parser->options))
        return r;
    parser->phase = PHASE_CONFIG;
    r = read_configs(parser);
    if (r < 0 || only_prints(&parser->options))
        return r;
    parser->phase = PHASE_COMMAND_LINE;
    return parse_arguments(parser, arguments);
}

int options_parse(int argc, char *const argv[], struct options *ret_options)
{
    struct parser parser = {.options = option_defaults};
    int r = parse_all(&parser, argc > 0 ? argv + 1 : argv);
    if (r >= 0 && !only_prints(&parser.options))
        r = options_validate(&parser.options);
    if (r < 0) {
        options_free(&parser.options);
        return r;
    }
    *ret_options = parser.options;
    return 0;
}

void options_free(struct options *options)
{
    string_list_free(&options->headers);
    buffer_free(&options->data);
    buffer_free(&options->cookies);
    free(options->cookie_files.strings);
    free((char *)options->client.referer);
    free((char *)options->client.certificate);
    free(options->connect_to.strings);
    free(options->resolve.strings);
    free(options->operands.strings);
    free(options->configs.strings);
    string_list_free(&options->texts);
}
