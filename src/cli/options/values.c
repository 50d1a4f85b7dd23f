#include "cli/options/values.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "cli/options/request_options.h"
#include "cli/text/http_syntax.h"
#include "cli/text/suggest.h"

static int set_flag(const struct setting *setting)
{
    *(bool *)setting->member = setting->spec->value;
    return 0;
}

int word_index(const char *list, char separator, const char *word)
{
    size_t length = strlen(word);
    for (int index = 0;; index++) {
        const char *end = strchrnul(list, separator);
        if ((size_t)(end - list) == length && memcmp(list, word, length) == 0)
            return index;
        if (!*end)
            return -1;
        list = end + 1;
    }
}

static int raise_no_word(const struct setting *setting)
{
    const char *words = setting->spec->argument;
    struct suggestion suggestion = suggestion_for(setting->value, strlen(setting->value));
    char *copy = strdup(words), *rest = copy, *word;
    if (!copy)
        return -ENOMEM;
    while ((word = strsep(&rest, "|")))
        suggestion_offer(&suggestion, word);
    bool found = *setting->value && suggestion.nearest;
    int r =
        af_raise(-EINVAL, "%s %s: not one of %s%s%s%s", setting->option, setting->value, words,
                 found ? "; did you mean " : "", found ? suggestion.nearest : "", found ? "?" : "");
    free(copy);
    return r;
}

static int set_word(const struct setting *setting)
{
    const struct option_spec *spec = setting->spec;
    long value = spec->value;
    if (setting->value) {
        value = word_index(spec->argument, '|', setting->value);
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
        /* strtol() accepts blanks and a '+'. */
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
    /* strtod() accepts blanks, signs, hexadecimal numbers and "inf". */
    bool clean = !setting->value[strspn(setting->value, ".0123456789")];
    if (!clean || end == setting->value || *end || seconds > OPTION_LONGEST_TIME)
        return af_raise(-EINVAL, "%s %s: not a number of seconds from 0 to %d", setting->option,
                        setting->value, OPTION_LONGEST_TIME);
    *(double *)setting->member = seconds;
    return 0;
}

/* The factor of a unit, or 0 if it is not valid. */
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

/* Parses a number at *TEXT and moves past it. Returns FALLBACK if there is none. */
static double take_number(const char **text, double fallback)
{
    /* strtod() accepts blanks, signs, hexadecimal numbers and exponents. */
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

/* Prefixes an error with the option and its value. */
static int add_value(const struct setting *setting, int r)
{
    return r == -EINVAL ? af_raise(r, "%s %s: %s", setting->option, setting->value,
                                   af_error_text(af_raised(r)))
                        : r;
}

static int set_retry_conditions(const struct setting *setting)
{
    return add_value(setting, retry_conditions_parse(setting->value, setting->member));
}

static int set_statuses(const struct setting *setting)
{
    return add_value(setting, status_set_parse(setting->value, setting->member));
}

static int set_shard(const struct setting *setting)
{
    return add_value(setting, shard_parse(setting->value, setting->member));
}

static int set_string(const struct setting *setting)
{
    *(const char **)setting->member = setting->value;
    return 0;
}

/* Overwrites a secret: arguments are visible in ps. */
static void erase_argument(const struct setting *setting)
{
    memset((char *)setting->value, '*', strlen(setting->value));
}

static int set_secret(const struct setting *setting)
{
    char *copy = strdup(setting->value);
    int r = copy ? string_list_take(&setting->options->texts, copy) : -ENOMEM;
    if (r < 0)
        return r;
    *(const char **)setting->member = copy;
    erase_argument(setting);
    return 0;
}

static int set_list(const struct setting *setting)
{
    return string_list_append(setting->member, setting->value);
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

/* Prefixes an error with the option, without its value, which may be secret. */
static int add_option(const struct setting *setting, int r)
{
    return r == -EINVAL ? af_raise(r, "%s: %s", setting->option, af_error_text(af_raised(r))) : r;
}

static int take_stdin(const struct setting *setting)
{
    return strcmp(setting->value, "@-") == 0 ? standard_input_take(setting->options) : 0;
}

static int set_method(const struct setting *setting)
{
    if (!http_is_token(setting->value, strlen(setting->value)))
        return af_raise(-EINVAL, "%s %s: not a valid method, such as PUT", setting->option,
                        setting->value);
    return set_string(setting);
}

static int set_data(const struct setting *setting)
{
    enum data_kind kind = (enum data_kind)setting->spec->value;
    int r = kind == DATA_RAW ? 0 : take_stdin(setting);
    if (r >= 0)
        r = data_append(setting->member, setting->value, kind);
    return add_option(setting, r);
}

static int set_header(const struct setting *setting)
{
    int r = take_stdin(setting);
    if (r >= 0)
        r = headers_append(setting->member, setting->value);
    return add_option(setting, r);
}

static int set_header_value(const struct setting *setting)
{
    if (!http_is_value(setting->value))
        return af_raise(-EINVAL, "%s: a header must not contain control characters",
                        setting->option);
    return set_string(setting);
}

static int set_token(const struct setting *setting)
{
    int r = set_header_value(setting);
    return r < 0 ? r : set_secret(setting);
}

/* As in curl, ";auto" at the end sends the previous URL after each redirect. */
static int set_referer(const struct setting *setting)
{
    static const char mark[] = ";auto";
    size_t length = strlen(setting->value), end = strlen(mark);
    bool automatic = length >= end && strcmp(setting->value + length - end, mark) == 0;
    if (!http_is_value(setting->value))
        return af_raise(-EINVAL, "%s: a header must not contain control characters",
                        setting->option);
    length -= automatic ? end : 0;
    /* An empty value sends no header. */
    char *copy = length > 0 ? strndup(setting->value, length) : NULL;
    if (length > 0 && !copy)
        return -ENOMEM;
    setting->options->client.auto_referer = automatic;
    char **referer = (char **)setting->member;
    free(*referer);
    *referer = copy;
    return 0;
}

static int set_user(const struct setting *setting)
{
    if (!strchr(setting->value, ':'))
        return af_raise(-EINVAL, "%s: not of the form %s (\"NAME:\" for an empty password)",
                        setting->option, setting->spec->argument);
    return set_secret(setting);
}

static int set_cookie(const struct setting *setting)
{
    struct options *options = setting->options;
    return add_option(setting,
                      cookie_append(&options->cookies, &options->cookie_files, setting->value));
}

static int set_certificate(const struct setting *setting)
{
    struct options *options = setting->options;
    char *file;
    int r = certificate_parse(setting->value, &file, &options->client.certificate_password);
    if (r < 0)
        return r;
    free((char *)options->client.certificate);
    options->client.certificate = file;
    if (options->client.certificate_password)
        erase_argument(setting);
    return 0;
}

/* A URL without a scheme, which as an operand would be a file. */
static int set_url(const struct setting *setting)
{
    if (strstr(setting->value, "://"))
        return set_list(setting);
    char *url;
    if (asprintf(&url, "http://%s", setting->value) < 0)
        return -ENOMEM;
    int r = string_list_take(&setting->options->texts, url);
    return r < 0 ? r : string_list_append(setting->member, url);
}

static int (*const setters[])(const struct setting *setting) = {
    [OPTION_FLAG] = set_flag,
    [OPTION_WORD] = set_word,
    [OPTION_NUMBER] = set_number,
    [OPTION_SECONDS] = set_seconds,
    [OPTION_BYTES] = set_bytes,
    [OPTION_STRING] = set_string,
    [OPTION_HOSTS] = set_hosts,
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
    [OPTION_TOKEN] = set_token,
    [OPTION_SECRET] = set_secret,
    [OPTION_REFERER] = set_referer,
    [OPTION_COOKIE] = set_cookie,
    [OPTION_CERTIFICATE] = set_certificate,
};

int setting_apply(const struct setting *setting)
{
    return setters[setting->spec->kind](setting);
}
