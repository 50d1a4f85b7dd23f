#include "cli/options/config_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "base/blank.h"
#include "base/buffer.h"
#include "base/read_file.h"

/* A larger file is not a config file, or endless. */
enum { FILE_MAXIMUM = 256 << 20 };

/* -------------------------------------------------------------------- line */

static char *after_blanks(char *text)
{
    while (is_blank(*text))
        text++;
    return text;
}

/* Skips a name. The value may follow a letter directly; both are skipped then. */
static char *skip_name(char *text)
{
    bool is_letter = text[0] == '-' && text[1] != '-';
    while (*text && !is_blank(*text) && (is_letter || (*text != '=' && *text != ':')))
        text++;
    return text;
}

/* Skips the separator between name and value. A ':' that is neither next to the name nor before a
 * blank belongs to the value: "connect-to ::127.0.0.1:80". */
static char *skip_separator(char *text)
{
    char *separator = after_blanks(text);
    bool is_colon = *separator == ':' && (separator == text || is_blank(separator[1]));
    return *separator == '=' || is_colon ? after_blanks(separator + 1) : separator;
}

static char unescape(char c)
{
    switch (c) {
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 'v':
        return '\v';
    default:
        return c;
    }
}

/* Removes quotes and escapes from the value at TEXT, in place. Returns an error, or NULL. */
static const char *unquote(char *text)
{
    char *to = text, *from = text + 1;
    for (; *from && *from != '"'; from++) {
        bool escaped = *from == '\\' && from[1];
        *to++ = escaped ? unescape(*++from) : *from;
    }
    if (!*from)
        return "missing closing quote: end the value with \", and write \\\" for a quote within it";
    from = after_blanks(from + 1);
    if (*from && *from != '#')
        return "unexpected text after the value: write \\\" for a quote within it";
    *to = '\0';
    return NULL;
}

/* Terminates a value without quotes. Returns an error, or NULL. */
static const char *trim(char *value)
{
    char *end = value;
    while (*end && !is_blank(*end))
        end++;
    char *rest = after_blanks(end);
    if (*rest && *rest != '#')
        return "a value with blanks must be quoted: \"...\"";
    *end = '\0';
    return NULL;
}

/* Splits a line; *ret_name is NULL if it has no option. Returns an error, or NULL. */
static const char *parse_line(char *line, char **ret_name, char **ret_value)
{
    char *name = after_blanks(line);
    char *end = skip_name(name);
    char *value = skip_separator(end);
    bool has_value = *value && *value != '#';
    *ret_name = *name && *name != '#' ? name : NULL;
    *ret_value = has_value ? value : NULL;
    if (!*ret_name)
        return NULL;
    const char *error = !has_value ? NULL : *value == '"' ? unquote(value) : trim(value);
    *end = '\0';
    return error;
}

/* Applies the lines; *ret_line is the number of the last. */
static int take_lines(char *text, config_callback *set, void *arg, size_t *ret_line)
{
    int r = 0;
    char *end;
    *ret_line = 0;
    for (char *line = text; line && r >= 0; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        ++*ret_line;
        char *name, *value;
        const char *error = parse_line(line, &name, &value);
        if (error)
            r = af_raise(-EINVAL, "%s", error);
        else if (name)
            r = set(name, value, arg);
    }
    return r;
}

int config_read(const char *path, config_callback *set, void *arg, char **ret_text)
{
    struct buffer buffer;
    buffer_init(&buffer, FILE_MAXIMUM);
    int r = read_file(path, &buffer);
    if (r >= 0)
        r = buffer_append_char(&buffer, '\0');
    if (r < 0) {
        buffer_free(&buffer);
        return r;
    }
    char *text = buffer.data;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    size_t line = 0;
    if (strlen(buffer.data) + 1 < buffer.length)
        r = af_raise(-EINVAL, "%s: a binary file, not a config file", path);
    else
        r = take_lines(text, set, arg, &line);
    if (r == -EINVAL && line > 0)
        r = af_raise(r, "%s:%zu: %s", strcmp(path, "-") == 0 ? "stdin" : path, line,
                     af_error_text(af_raised(r)));
    if (r < 0)
        buffer_free(&buffer);
    else
        *ret_text = buffer.data;
    return r;
}

int config_default_path(char **ret_path)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const char *between = "";
    /* The XDG specification says to ignore a relative path. */
    if (!base || *base != '/') {
        base = home;
        between = "/.config";
    }
    if (!base || !*base)
        return 0;
    return asprintf(ret_path, "%s%s/afetch/config", base, between) < 0 ? -ENOMEM : 1;
}
