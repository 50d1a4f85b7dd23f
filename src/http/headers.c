#include "http/headers.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/blank.h"

static const char STATUS[] = "HTTP/";

void headers_init(struct header_lines *lines, size_t maximum)
{
    *lines = (struct header_lines){0};
    buffer_init(&lines->text, maximum);
}

void headers_free(struct header_lines *lines)
{
    buffer_free(&lines->text);
    headers_init(lines, lines->text.maximum);
}

/* ------------------------------------------------------------- as they come */

/* True if the empty line that ends the headers of a response has arrived. */
static bool is_end(const struct buffer *text)
{
    const char *end = text->data + text->length;
    return text->length >= 2 && end[-1] == '\n' &&
           (end[-2] == '\n' || (text->length >= 3 && end[-2] == '\r' && end[-3] == '\n'));
}

int headers_add_line(struct header_lines *lines, const char *line, size_t size)
{
    struct buffer *text = &lines->text;
    bool first = text->length == 0 || lines->has_trailers || is_end(text);
    if (first && size >= strlen(STATUS) && memcmp(line, STATUS, strlen(STATUS)) == 0) {
        text->length = 0;
        lines->has_trailers = false;
        return 0;
    }
    return buffer_append(text, line, size);
}

int headers_add_trailer(struct header_lines *lines, const char *line, size_t size)
{
    if (!lines->has_trailers)
        lines->header_size = lines->text.length;
    lines->has_trailers = true;
    return buffer_append(&lines->text, line, size);
}

/* ---------------------------------------------------------------- parsing */

/* Returns the start of what is between the blanks of TEXT, and moves *END to its end. */
static char *trim(char *text, char **end)
{
    while (text < *end && is_blank(*text))
        text++;
    while (*end > text && is_blank((*end)[-1]))
        (*end)--;
    return text;
}

/* Appends a folded LINE to VALUE, which ends at VALUE_END; returns the new end. A fold stands for a
 * blank (RFC 9112, 5.2), and blanks around a value are not part of it. */
static char *unfold(const char *value, char *value_end, char *line, char *end)
{
    char *text = trim(line, &end);
    size_t size = (size_t)(end - text);
    if (size == 0)
        return value_end;
    /* There is room for the blank: a value ends before its line does, and LINE begins with one. */
    if (value_end > value)
        *value_end++ = ' ';
    memmove(value_end, text, size);
    value_end[size] = '\0';
    return value_end + size;
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

static size_t count_lines(const struct buffer *text)
{
    size_t count = 0;
    for (size_t i = 0; i < text->length; i++)
        count += text->data[i] == '\n';
    return count;
}

/* Parses the lines from LINE to END into LIST, which has room for them, and returns how many
 * headers they are. */
static size_t parse_lines(char *line, char *end, af_header *list)
{
    size_t count = 0;
    char *value_end = NULL, *line_end, *next;
    for (; line < end && (line_end = memchr(line, '\n', (size_t)(end - line))); line = next) {
        next = line_end + 1;
        if (*line == ' ' || *line == '\t') {
            /* A fold of no header is dropped (RFC 9112, 2.2), even with a colon in it. */
            if (value_end)
                value_end = unfold(list[count - 1].value, value_end, line, line_end);
        } else {
            value_end = parse_line(line, line_end, &list[count]);
            count += value_end != NULL;
        }
    }
    return count;
}

int headers_parse(struct header_lines *lines, struct parsed_headers *ret_list)
{
    struct buffer *text = &lines->text;
    af_header *list = calloc(count_lines(text) + 1, sizeof *list);
    if (!list)
        return -ENOMEM;
    size_t header_size = lines->has_trailers ? lines->header_size : text->length;
    size_t headers = 0, trailers = 0;
    if (text->length > 0) {
        char *middle = text->data + header_size, *end = text->data + text->length;
        headers = parse_lines(text->data, middle, list);
        trailers = parse_lines(middle, end, list + headers);
    }
    *ret_list = (struct parsed_headers){list, headers, trailers};
    return 0;
}
