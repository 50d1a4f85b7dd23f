/* The parser of the command line and of config files. It takes what getopt_long() takes, but never
 * prints. */
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

/* With bodies in the records, where --max-filesize is not given: they are kept in memory. */
enum { BODY_MAXIMUM = 16 << 20 };

/* An explicit 0: for the client no limit at all, not even its own on decompression. */
enum { BODY_UNLIMITED = -1 };

/* Config files that name each other, one in the other. */
enum { CONFIG_DEPTH = 5 };

/* The command line is read twice: it says which config files there are, and then it wins. */
enum phase { PHASE_EARLY, PHASE_CONFIG, PHASE_COMMAND_LINE };

struct parser {
    char *const *next; /* the argument to read; NULL after the last */
    enum phase phase;
    size_t depth; /* of config files */
    struct options options;
};

static int read_config(struct parser *parser, const char *path);

/* Whether WORD, which follows an option, was meant to be its value: it is one, and no list. */
static bool is_value(const struct option_spec *spec, const char *word)
{
    bool fits = spec->kind == OPTION_WORD ? word_place(spec->argument, '|', word) >= 0
                                          : *word && !word[strspn(word, "0123456789")];
    return fits && access(word, F_OK) < 0;
}

/* Sets an option, whose value, where it did not come in the same word, is the next argument. */
static int parse_option(struct parser *parser, struct setting *setting)
{
    const struct option_spec *spec = setting->spec;
    if (spec->argument && !spec->optional && !setting->value) {
        setting->value = *parser->next;
        if (!setting->value)
            return af_raise(-EINVAL, "option '%s' needs a value: %s", setting->option,
                            spec->argument);
        parser->next++;
    }
    if (spec->kind == OPTION_TOPIC && !setting->value)
        setting->value = *parser->next ? *parser->next++ : "";
    else if (spec->optional && !setting->value && *parser->next && is_value(spec, *parser->next))
        return af_raise(-EINVAL, "%s %s: write %s=%s, since the value may be left out",
                        setting->option, *parser->next, setting->option, *parser->next);
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
    struct spelling spelling = spelling_of(word, length);
    for (const struct option_spec *spec = option_table; spec->name; spec++)
        spelling_offer(&spelling, spec->name);
    if (spelling.nearest)
        return af_raise(-EINVAL,
                        "unknown option '--%.*s'; did you mean '--%s'? Try 'afetch --help'",
                        (int)length, word, spelling.nearest);
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

/* Who knows the option of another program is told what stands for it; 0 where it is of none. */
static int raise_habit(const char *dashes, const char *name, size_t length)
{
    const char *advice = habit_advice(name, length);
    return advice
               ? af_raise(-EINVAL, "unknown option '%s%.*s': %s", dashes, (int)length, name, advice)
               : 0;
}

/* Finds the option of this name, or the one whose name begins so. */
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
    int r = raise_habit("--", word, length);
    if (r < 0 || count == 1)
        return r;
    return count > 1 ? raise_ambiguous(word, length) : raise_unknown(word, length);
}

/* An option by its name, with VALUE where that was given with it. */
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
            int r = raise_habit("-", word, 1);
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

/* Whoever writes "-json" has forgotten a dash, though "-json" may be "-j son". */
static int parse_dashed(struct parser *parser, const char *word)
{
    size_t length = strcspn(word, "=");
    int r = parse_letters(parser, word);
    if (r == -EINVAL && length > 1 && habit_advice(word, length))
        return raise_habit("-", word, length); /* as wget's -nc */
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

/* A line of a config file. A letter may have its value behind it, a name has all there is. */
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
    /* Its letter alone: the rest may be secret. */
    return r >= 0 && *parser->next ? af_raise(-EINVAL, "option '%.2s' takes no value", name) : r;
}

/* A negated errno where it cannot be read. */
static int read_config_file(struct parser *parser, const char *path)
{
    char *text;
    int r = strcmp(path, "-") == 0 ? standard_input_take(&parser->options) : 0;
    if (r < 0)
        return r;
    char *const *next = parser->next; /* a file is read amid the arguments of another */
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
        return af_raise(-EINVAL,
                        "--config %s: more than %d files, each in the other: put them in one", path,
                        CONFIG_DEPTH);
    int r = read_config_file(parser, path);
    return r < 0 && r != -EINVAL && r != -ENOMEM
               ? af_raise(-EINVAL, "--config %s: %s", path, strerror(-r))
               : r;
}

/* The file that need not be there. */
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
        r = af_raise(-EINVAL, "%s: %s; --no-config leaves it out", path, strerror(-r));
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

/* Whether there is something to be said, and nothing to be fetched. */
static bool wants_words(const struct options *options)
{
    return options->help || options->version || options->generate != GENERATE_NOTHING;
}

static int take_operand(struct parser *parser, const char *word)
{
    if (parser->phase == PHASE_EARLY)
        return 0;
    /* Who brings curl's --json with him has a body here. It may be secret. */
    if ((*word == '{' || *word == '[') && access(word, F_OK) < 0)
        return af_raise(-EINVAL, "JSON is no operand: -d sends it, and a request in JSON is a line "
                                 "of a list");
    return string_list_append(&parser->options.operands, word);
}

static int parse_arguments(struct parser *parser, char *const *arguments)
{
    struct options *options = &parser->options;
    bool operands_only = false;
    int r = 0;
    parser->next = arguments;
    /* Who asks for help gets it, whatever follows. */
    while (r >= 0 && *parser->next && !wants_words(options)) {
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

static void apply_dry_run(struct options *options)
{
    /* Every request is reported, and no file is written. */
    options->first = 0;
    options->fail_fast = false;
    options->deadline = 0;
    options->compare = false;
    options->output = NULL;
    options->output_dir = NULL;
    options->timeline = NULL;
    options->progress = WHEN_NEVER;
    options->summary = WHEN_NEVER;
    options->verbose = false;
    if (!options->fields && options->format != FORMAT_TEXT)
        options->fields = "index,url,id,method,ok,error,errormsg";
}

/* Applies interactions between options, and defaults that depend on others. */
static void settle(struct options *options)
{
    if (options->dry_run)
        apply_dry_run(options);
    /* A field that is asked for by name need not be asked for again. */
    const char *fields = options->fields ? options->fields : "";
    options->keep_headers = options->include_headers || word_place(fields, ',', "headers") >= 0 ||
                            word_place(fields, ',', "trailers") >= 0;
    options->include_body |= word_place(fields, ',', "body") >= 0;
    if (options->output && strcmp(options->output, "-") == 0)
        options->output = NULL; /* stdout, as for curl */
    if (!options->accept.given)
        status_set_parse(STATUS_SET_DEFAULT, &options->accept);
    if (!options->retry_on.given)
        retry_conditions_default(&options->accept, &options->retry_on);
    if (options->max_filesize == 0)
        options->max_filesize = BODY_UNLIMITED;
    else if (options->max_filesize < 0)
        options->max_filesize = options->include_body ? BODY_MAXIMUM : 0;
}

static int parse_all(struct parser *parser, char *const *arguments)
{
    parser->phase = PHASE_EARLY;
    int r = parse_arguments(parser, arguments);
    if (r < 0 || wants_words(&parser->options))
        return r;
    parser->phase = PHASE_CONFIG;
    r = read_configs(parser);
    if (r < 0 || wants_words(&parser->options))
        return r;
    parser->phase = PHASE_COMMAND_LINE;
    return parse_arguments(parser, arguments);
}

int options_parse(int argc, char *const argv[], struct options *ret_options)
{
    struct parser parser = {.options = option_defaults};
    int r = parse_all(&parser, argc > 0 ? argv + 1 : argv);
    if (r >= 0 && !wants_words(&parser.options))
        r = parts_settle(&parser.options);
    if (r < 0) {
        options_free(&parser.options);
        return r;
    }
    settle(&parser.options);
    r = conflicts_check(&parser.options);
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
    free(options->referer);
    free(options->certificate);
    free(options->connect_to.strings);
    free(options->resolve.strings);
    free(options->operands.strings);
    free(options->configs.strings);
    string_list_free(&options->texts);
}
