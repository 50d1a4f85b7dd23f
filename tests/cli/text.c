#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 3000 };

static void text_reserve(struct text *text, size_t size)
{
    size_t wanted = text->length + size + 1;
    if (wanted <= text->capacity)
        return;
    text->capacity = wanted * 2;
    text->data = realloc(text->data, text->capacity);
    if (!text->data)
        abort();
}

void text_append(struct text *text, const void *data, size_t size)
{
    text_reserve(text, size);
    if (size > 0)
        memcpy(text->data + text->length, data, size);
    text->length += size;
    text->data[text->length] = '\0';
}

void text_string(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_format(struct text *text, const char *format, ...)
{
    char *formatted;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&formatted, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    text_append(text, formatted, (size_t)length);
    free(formatted);
}

static void show_bytes(struct text *text, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        if ((byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7F)
            text_format(text, "\\x%02x", byte);
        else
            text_append(text, data + i, 1);
    }
}

void text_show(struct text *text, const char *data, size_t size)
{
    if (size <= PAGE) {
        show_bytes(text, data, size);
        return;
    }
    show_bytes(text, data, PAGE / 2);
    text_format(text, "\n[... %zu bytes more ...]\n", size - PAGE);
    show_bytes(text, data + size - PAGE / 2, PAGE / 2);
}

const char *text_get(const struct text *text)
{
    return text->data ? text->data : "";
}

size_t text_lines(const struct text *text)
{
    size_t lines = 0;
    const char *at = text->data, *end = text->data + text->length;
    while (at && (at = memchr(at, '\n', (size_t)(end - at)))) {
        lines++;
        at++;
    }
    return lines;
}

/* Returns the length of the character at the start (RFC 3629), or 0 if there is none. */
static size_t character_size(const unsigned char *text, size_t length)
{
    unsigned char first = text[0];
    if (first < 0x80)
        return 1;
    size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length < size)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    /* Too long for what it says, a surrogate, or beyond U+10FFFF. */
    if ((first == 0xE0 && text[1] < 0xA0) || (first == 0xED && text[1] > 0x9F) ||
        (first == 0xF0 && text[1] < 0x90) || (first == 0xF4 && text[1] > 0x8F))
        return 0;
    return size;
}

long text_invalid_utf8(const struct text *text)
{
    const unsigned char *data = (const unsigned char *)text->data;
    for (size_t at = 0, size; at < text->length; at += size) {
        size = character_size(data + at, text->length - at);
        if (size == 0)
            return (long)at;
    }
    return -1;
}

bool text_read_file(struct text *text, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    char block[16 * 1024];
    size_t size;
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        text_append(text, block, size);
    bool whole = !ferror(file);
    fclose(file);
    return whole;
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}
