#include "http/headers.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static const char STATUS[] = "HTTP/";

/* Whether the empty line that ends the headers of a response is in. */
static bool is_end(const struct buffer *lines)
{
    const char *end = lines->data + lines->length;
    return lines->length >= 2 && end[-1] == '\n' &&
           (end[-2] == '\n' || (lines->length >= 3 && end[-2] == '\r' && end[-3] == '\n'));
}

int headers_add_line(struct buffer *lines, const char *line, size_t size)
{
    bool first = lines->length == 0 || is_end(lines);
    if (first && size >= strlen(STATUS) && memcmp(line, STATUS, strlen(STATUS)) == 0) {
        lines->length = 0;
        return 0;
    }
    return buffer_append(lines, line, size);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What is between the blanks around it; END is set to its end. */
static char *trim(char *text, char **end)
{
    while (text < *end && is_blank(*text))
        text++;
    while (*end > text && is_blank((*end)[-1]))
        (*end)--;
    return text;
}

/* The line goes on with the value of the header before it, whose end is VALUE_END; returns the new
 * end. */
static char *unfold(char *value_end, char *line, char *end)
{
    char *text = trim(line, &end);
    size_t size = (size_t)(end - text);
    /* The value ends before its line does, so that there is room for the blank. */
    *value_end = ' ';
    memmove(value_end + 1, text, size);
    value_end[1 + size] = '\0';
    return value_end + 1 + size;
}

/* Makes a header of a line, which ends in a line end; returns the end of its value, or NULL where
 * it is no header. */
static char *parse_line(char *line, char *end, af_header *ret_header)
{
    char *colon = memchr(line, ':', (size_t)(end - line));
    if (!colon || colon == line)
        return NULL;
    for (char *c = line; c < colon; c++)
        *c = (char)tolower((unsigned char)*c);
    char *value = trim(colon + 1, &end);
    *colon = '\0';
    *end = '\0';
    *ret_header = (af_header){line, value};
    return end;
}

static size_t count_lines(const struct buffer *lines)
{
    size_t count = 0;
    for (size_t i = 0; i < lines->length; i++)
        count += lines->data[i] == '\n';
    return count;
}

int headers_parse(struct buffer *lines, af_header **ret_list, size_t *ret_count)
{
    af_header *list = calloc(count_lines(lines) + 1, sizeof *list);
    if (!list)
        return -ENOMEM;
    size_t count = 0;
    char *value_end = NULL;
    for (size_t left = count_lines(lines), at = 0; left > 0; left--) {
        char *line = lines->data + at, *line_end = memchr(line, '\n', lines->length - at);
        at += (size_t)(line_end + 1 - line);
        if (value_end && (*line == ' ' || *line == '\t')) {
            value_end = unfold(value_end, line, line_end);
        } else {
            value_end = parse_line(line, line_end, &list[count]);
            count += value_end != NULL;
        }
    }
    *ret_list = list;
    *ret_count = count;
    return 0;
}
