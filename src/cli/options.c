/* The parser of the command line and of config files. It takes what getopt_long() takes, but never
 * prints. */
#include "cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "cli/config.h"
#include "cli/conflicts.h"
#include "cli/dry_run.h"
#include "cli/http_text.h"
#include "cli/option_table.h"
#include "cli/parts.h"
#include "cli/spelling.h"

/* With bodies in the records, where --max-filesize is not given: they are kept in memory. */
enum { BODY_MAXIMUM = 16 << 20 };

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

/* One option of the command line. */
struct setting {
    const struct option_spec *spec;
    struct options *options;
    char option[32];   /* its name as a message gives it */
    const char *value; /* NULL where it has none */
    void *member;      /* what it sets */
};

static int set_flag(const struct setting *setting)
{
    *(bool *)setting->member = setting->spec->value;
    return 0;
}

/* The place of WORD in a list such as "this|that", or -1. */
static int word_place(const char *list, char separator, const char *word)
{
    size_t length = strlen(word);
    for (int place = 0;; place++) {
        const char *end = strchrnul(list, separator);
        if ((size_t)(end - list) == length && memcmp(list, word, length) == 0)
            return place;
        if (!*end)
            return -1;
        list = end + 1;
    }
}

static int raise_no_word(const struct setting *setting)
{
    const char *words = setting->spec->argument;
    struct spelling spelling = spelling_of(setting->value, strlen(setting->value));
    char *copy = strdup(words), *rest = copy, *word;
    if (!copy)
        return -ENOMEM;
    while ((word = strsep(&rest, "|")))
        spelling_offer(&spelling, word);
    bool found = *setting->value && spelling.nearest;
    int r =
        af_raise(-EINVAL, "%s %s: not one of %s%s%s%s", setting->option, setting->value, words,
                 found ? "; did you mean " : "", found ? spelling.nearest : "", found ? "?" : "");
    free(copy);
    return r;
}

static int set_word(const struct setting *setting)
{
    const struct option_spec *spec = setting->spec;
    long value = spec->value;
    if (setting->value) {
        value = word_place(spec->argument, '|', setting->value);
        if (value < 0)
            return raise_no_word(setting);
    }
    _Static_assert(_Generic((enum when)0, unsigned : true, default : false), "the type of an enum");
    *(unsigned *)setting->member = (unsigned)value;
    return 0;
}

static int set_number(const struct setting *setting)
{
    const struct option_spec *spec = setting->spec;
    long number = spec->value;
    if (setting->value) {
        char *end;
        errno = 0;
        number = strtol(setting->value, &end, 10);
        /* strtol() lets blanks and a '+' pass. */
        bool clean = !setting->value[strspn(setting->value, "-0123456789")];
        if (!clean || end == setting->value || *end || errno || number < spec->minimum ||
            number > spec->maximum)
            return af_raise(-EINVAL, "%s %s: not a number from %ld to %ld", setting->option,
                            setting->value, spec->minimum, spec->maximum);
    }
    *(long *)setting->member = number;
    return 0;
}

static int set_seconds(const struct setting *setting)
{
    char *end;
    double seconds = strtod(setting->value, &end);
    /* strtod() lets blanks, signs, hexadecimal numbers and "inf" pass. */
    bool clean = !setting->value[strspn(setting->value, ".0123456789")];
    if (!clean || end == setting->value || *end || seconds > OPTION_LONGEST_TIME)
        return af_raise(-EINVAL, "%s %s: not a number of seconds from 0 to %d", setting->option,
                        setting->value, OPTION_LONGEST_TIME);
    *(double *)setting->member = seconds;
    return 0;
}

/* The factor that a unit stands for, or 0 where it is none. */
static long long unit_factor(const char *unit)
{
    static const char units[] = "bBkKmMgG";
    if (!*unit)
        return 1;
    const char *found = strchr(units, *unit);
    return found && !unit[1] ? 1LL << 10 * ((found - units) / 2) : 0;
}

static int set_bytes(const struct setting *setting)
{
    char *end;
    errno = 0;
    long long bytes = strtoll(setting->value, &end, 10);
    bool clean = *setting->value >= '0' && *setting->value <= '9';
    long long factor = unit_factor(end);
    if (!clean || errno || !factor || __builtin_mul_overflow(bytes, factor, &bytes))
        return af_raise(-EINVAL, "%s %s: not a number of bytes, such as 4096, 512k, 10M or 1G",
                        setting->option, setting->value);
    *(int64_t *)setting->member = bytes;
    return 0;
}

/* A number at *TEXT, which is moved behind it, or FALLBACK where there is none. */
static double take_number(const char **text, double fallback)
{
    /* strtod() lets blanks, signs, hexadecimal numbers and exponents pass. */
    char digits[32];
    size_t length = strspn(*text, ".0123456789");
    if (length == 0)
        return fallback;
    if (length >= sizeof digits)
        return NAN;
    memcpy(digits, *text, length);
    digits[length] = '\0';
    char *end;
    double number = strtod(digits, &end);
    *text += length;
    return *end ? NAN : number;
}

static double seconds_of_unit(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return NAN;
}

static bool is_positive(double number)
{
    return number > 0 && number <= OPTION_LONGEST_TIME;
}

static int set_rate(const struct setting *setting)
{
    const char *text = setting->value;
    struct rate rate = {.count = take_number(&text, NAN)};
    if (*text == '/') {
        text++;
        rate.period = take_number(&text, 1) * seconds_of_unit(text);
    }
    if (!is_positive(rate.count) || !is_positive(rate.period))
        return af_raise(-EINVAL, "%s %s: not a rate, such as 10/s, 5/15s, 100/m or 1000/h",
                        setting->option, setting->value);
    *(struct rate *)setting->member = rate;
    return 0;
}

static int set_retry_conditions(const struct setting *setting)
{
    int r = retry_conditions_parse(setting->value, setting->member);
    return r == -EINVAL ? af_raise(r, "%s %s: %s", setting->option, setting->value,
                                   af_error_text(af_raised(r)))
                        : r;
}

static int set_statuses(const struct setting *setting)
{
    int r = status_set_parse(setting->value, setting->member);
    return r == -EINVAL ? af_raise(r, "%s %s: %s", setting->option, setting->value,
                                   af_error_text(af_raised(r)))
                        : r;
}

static int set_shard(const struct setting *setting)
{
    int r = shard_parse(setting->value, setting->member);
    return r == -EINVAL ? af_raise(r, "%s %s: %s", setting->option, setting->value,
                                   af_error_text(af_raised(r)))
                        : r;
}

static int set_string(const struct setting *setting)
{
    *(const char **)setting->member = setting->value;
    return 0;
}

static int set_list(const struct setting *setting)
{
    return words_append(setting->member, setting->value);
}

static size_t count_colons(const char *text)
{
    size_t count = 0;
    while ((text = strchr(text, ':'))) {
        count++;
        text++;
    }
    return count;
}

static int set_hosts(const struct setting *setting)
{
    const char *shape = setting->spec->argument;
    if (count_colons(setting->value) < count_colons(shape))
        return af_raise(-EINVAL, "%s %s: not %s", setting->option, setting->value, shape);
    return set_list(setting);
}

/* ------------------------------------------------------------ the request */

/* Says which option a text is about. It does not show the value, which may be secret. */
static int name_option(const struct setting *setting, int r)
{
    return r == -EINVAL ? af_raise(r, "%s: %s", setting->option, af_error_text(af_raised(r))) : r;
}

static int take_stdin(const struct setting *setting)
{
    if (!reads_standard_input(setting->value))
        return 0;
    if (setting->options->uses_stdin)
        return af_raise(-EINVAL, "standard input can be read only once");
    setting->options->uses_stdin = true;
    return 0;
}

static int set_method(const struct setting *setting)
{
    if (!http_is_token(setting->value, strlen(setting->value)))
        return af_raise(-EINVAL, "%s %s: not a method, such as PUT", setting->option,
                        setting->value);
    return set_string(setting);
}

static int set_data(const struct setting *setting)
{
    enum data_kind kind = (enum data_kind)setting->spec->value;
    int r = kind == DATA_RAW ? 0 : take_stdin(setting);
    if (r >= 0)
        r = data_append(setting->member, setting->value, kind);
    return name_option(setting, r);
}

static int set_header(const struct setting *setting)
{
    int r = take_stdin(setting);
    if (r >= 0)
        r = headers_append(setting->member, setting->value);
    return name_option(setting, r);
}

static int set_header_value(const struct setting *setting)
{
    if (!http_is_value(setting->value))
        return af_raise(-EINVAL, "%s: a header has no control characters", setting->option);
    return set_string(setting);
}

/* As for curl, what ends in ";auto" is followed by where each redirect came from. */
static int set_referer(const struct setting *setting)
{
    static const char mark[] = ";auto";
    size_t length = strlen(setting->value), end = strlen(mark);
    bool automatic = length >= end && strcmp(setting->value + length - end, mark) == 0;
    if (!http_is_value(setting->value))
        return af_raise(-EINVAL, "%s: a header has no control characters", setting->option);
    char *copy;
    if (asprintf(&copy, "%.*s", (int)(automatic ? length - end : length), setting->value) < 0)
        return -ENOMEM;
    setting->options->auto_referer = automatic;
    free(*(char **)setting->member);
    *(char **)setting->member = copy;
    return 0;
}

static int set_user(const struct setting *setting)
{
    if (!strchr(setting->value, ':'))
        return af_raise(-EINVAL, "%s: not %s (\"NAME:\" where the password is empty)",
                        setting->option, setting->spec->argument);
    return set_string(setting);
}

static int set_cookie(const struct setting *setting)
{
    struct options *options = setting->options;
    return name_option(setting,
                       cookie_append(&options->cookies, &options->cookie_files, setting->value));
}

static int set_certificate(const struct setting *setting)
{
    struct options *options = setting->options;
    char *file;
    int r = certificate_parse(setting->value, &file, &options->certificate_password);
    if (r < 0)
        return r;
    free(options->certificate);
    options->certificate = file;
    return 0;
}

/* Unlike an operand, it is no list where it lacks its scheme. */
static int set_url(const struct setting *setting)
{
    if (strstr(setting->value, "://"))
        return set_list(setting);
    char *url;
    if (asprintf(&url, "http://%s", setting->value) < 0)
        return -ENOMEM;
    int r = words_take(&setting->options->texts, url);
    return r < 0 ? r : words_append(setting->member, url);
}

static int (*const setters[])(const struct setting *setting) = {
    [OPTION_FLAG] = set_flag,
    [OPTION_WORD] = set_word,
    [OPTION_NUMBER] = set_number,
    [OPTION_SECONDS] = set_seconds,
    [OPTION_BYTES] = set_bytes,
    [OPTION_STRING] = set_string,
    [OPTION_HOSTS] = set_hosts,
    [OPTION_LIST] = set_list,
    [OPTION_STATUSES] = set_statuses,
    [OPTION_SHARD] = set_shard,
    [OPTION_RATE] = set_rate,
    [OPTION_RETRY_CONDITIONS] = set_retry_conditions,
    [OPTION_TOPIC] = set_string,
    [OPTION_CONFIG] = set_list,
    [OPTION_URL] = set_url,
    [OPTION_METHOD] = set_method,
    [OPTION_HEADER] = set_header,
    [OPTION_DATA] = set_data,
    [OPTION_HEADER_VALUE] = set_header_value,
    [OPTION_USER] = set_user,
    [OPTION_REFERER] = set_referer,
    [OPTION_COOKIE] = set_cookie,
    [OPTION_CERTIFICATE] = set_certificate,
};

static int read_config(struct parser *parser, const char *path);

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
    setting->options = &parser->options;
    setting->options = &parser->options;
    setting->member = (char *)&parser->options + spec->offset;
    if (parser->phase == PHASE_CONFIG && spec->kind == OPTION_CONFIG)
        return read_config(parser, setting->value);
    if (parser->phase != PHASE_CONFIG && spec->early != (parser->phase == PHASE_EARLY))
        return 0;
    return setters[spec->kind](setting);
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
    if (count == 1)
        return 0;
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
            return af_raise(-EINVAL, "unknown option '-%.*s'; try 'afetch --help'",
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
    return r >= 0 && *parser->next ? af_raise(-EINVAL, "option '%s' takes no value", name) : r;
}

/* A negated errno where it cannot be read. */
static int read_config_file(struct parser *parser, const char *path)
{
    char *text;
    parser->depth++;
    int r = config_read(path, set_from_config, parser, &text);
    parser->depth--;
    if (r < 0)
        return r;
    return words_take(&parser->options.texts, text);
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
    const struct words *configs = &parser->options.configs;
    int r = parser->options.no_config ? 0 : read_default_config(parser);
    for (size_t i = 0; i < configs->count && r >= 0; i++)
        r = read_config(parser, configs->list[i]);
    return r;
}

/* ------------------------------------------------------------ command line */

/* Whether there is something to be said, and nothing to be fetched. */
static bool wants_words(const struct options *options)
{
    return options->help || options->version || options->generate != GENERATE_NOTHING;
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
            r = parser->phase == PHASE_EARLY ? 0 : words_append(&options->operands, word);
        else if (word[1] != '-')
            r = parse_dashed(parser, word + 1);
        else if (word[2])
            r = parse_word(parser, word + 2);
        else
            operands_only = true;
    }
    return r;
}

/* What one option says of another. */
static void settle(struct options *options)
{
    if (options->dry_run)
        dry_run_settle(options);
    /* A field that is asked for by name need not be asked for again. */
    const char *fields = options->fields ? options->fields : "";
    options->include_headers |= word_place(fields, ',', "headers") >= 0;
    options->include_body |= word_place(fields, ',', "body") >= 0;
    if (options->output && strcmp(options->output, "-") == 0)
        options->output = NULL; /* stdout, as for curl */
    if (!options->accept.given)
        status_set_parse(STATUS_SET_DEFAULT, &options->accept);
    if (!options->retry_on.given)
        retry_conditions_default(&options->accept, &options->retry_on);
    if (options->max_filesize < 0)
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
    words_free(&options->headers);
    buffer_free(&options->data);
    buffer_free(&options->cookies);
    free(options->cookie_files.list);
    free(options->referer);
    free(options->certificate);
    free(options->connect_to.list);
    free(options->resolve.list);
    free(options->operands.list);
    free(options->configs.list);
    words_free(&options->texts);
}
