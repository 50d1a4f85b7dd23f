#include "cli/options/request_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <afetch/error.h>

#include "base/read_file.h"
#include "cli/text/http_syntax.h"

/* ------------------------------------------------------------------- files */

int standard_input_take(struct options *options)
{
    if (options->uses_stdin)
        return af_raise(-EINVAL, "standard input can be read only once");
    options->uses_stdin = true;
    return 0;
}

/* Reads a file, "-" being standard input. The caller frees the content. */
static int read_argument(const char *name, struct buffer *content)
{
    buffer_init(content, DATA_MAXIMUM);
    int r = read_file(name, content);
    if (r >= 0 || r == -ENOMEM)
        return r;
    return af_raise(-EINVAL, "%s: %s", strcmp(name, "-") == 0 ? "standard input" : name,
                    r == -EMSGSIZE ? "larger than 1 GiB" : strerror(-r));
}

/* -------------------------------------------------------------------- data */

/* As curl does, so that a file may be broken into lines. */
static void remove_line_ends(struct buffer *content)
{
    size_t length = 0;
    for (size_t i = 0; i < content->length; i++) {
        char c = content->data[i];
        if (c != '\n' && c != '\r' && c != '\0')
            content->data[length++] = c;
    }
    content->length = length;
}

static int append_part(struct buffer *data, const char *part, size_t size)
{
    int r = data->data ? buffer_append_char(data, '&') : buffer_reserve(data, 1);
    if (r >= 0)
        r = buffer_append(data, part, size);
    return r == -EMSGSIZE ? af_raise(-EINVAL, "larger than 1 GiB") : r;
}

int data_append(struct buffer *data, const char *value, enum data_kind kind)
{
    if (kind == DATA_RAW || *value != '@')
        return append_part(data, value, strlen(value));
    struct buffer content;
    int r = read_argument(value + 1, &content);
    if (r >= 0 && kind == DATA_TEXT)
        remove_line_ends(&content);
    if (r >= 0)
        r = append_part(data, content.data, content.length);
    buffer_free(&content);
    return r;
}

/* ----------------------------------------------------------------- headers */

static int append_header(struct string_list *lines, const char *line)
{
    const char *error = http_header_error(line);
    if (error)
        return af_raise(-EINVAL, "%s", error);
    char *copy = strdup(line);
    return copy ? string_list_take(lines, copy) : -ENOMEM;
}

int headers_append(struct string_list *lines, const char *value)
{
    if (*value != '@')
        return append_header(lines, value);
    struct buffer content;
    int r = read_argument(value + 1, &content);
    if (r >= 0)
        r = buffer_append_char(&content, '\0');
    char *rest = content.data, *line;
    while (r >= 0 && (line = strsep(&rest, "\n"))) {
        size_t length = strlen(line);
        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
        r = *line ? append_header(lines, line) : 0;
    }
    buffer_free(&content);
    return r;
}

/* ----------------------------------------------------- cookies, certificates */

int cookie_append(struct buffer *text, struct string_list *files, const char *value)
{
    if (!strchr(value, '='))
        return string_list_append(files, value);
    if (!http_is_value(value))
        return af_raise(-EINVAL, "a cookie must not contain control characters");
    int r = text->length > 0 ? buffer_append_string(text, "; ") : 0;
    return r < 0 ? r : buffer_append_string(text, value);
}

int certificate_parse(const char *value, char **ret_file, const char **ret_password)
{
    char *file = malloc(strlen(value) + 1);
    if (!file)
        return -ENOMEM;
    char *to = file;
    const char *password = NULL;
    for (; *value && !password; value++) {
        if (*value == '\\' && (value[1] == ':' || value[1] == '\\')) {
            *to++ = *++value;
        } else if (*value == ':') {
            *to++ = '\0';
            password = strcpy(to, value + 1);
        } else {
            *to++ = *value;
        }
    }
    if (!password)
        *to = '\0';
    *ret_file = file;
    *ret_password = password;
    return 0;
}
