#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for SIZE bytes and a NUL. */
static bool reserve(struct text *text, size_t size)
{
    size_t wanted = text->length + size + 1;
    if (text->failed || wanted <= text->capacity)
        return !text->failed;
    size_t capacity = text->capacity ? text->capacity : 512;
    while (capacity < wanted)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_append(struct text *text, const void *data, size_t size)
{
    if (size == 0 || !reserve(text, size))
        return;
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
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        text->failed = true;
    if (!reserve(text, (size_t)size))
        return;
    va_start(arguments, format);
    vsnprintf(text->data + text->length, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)size;
}

/* The length of the character of UTF-8 that begins here; 0 where none does. */
static size_t character_length(const unsigned char *at, size_t size)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (length == 0 || length > size || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xed && at[1] >= 0xa0;
    bool too_large = at[0] == 0xf4 && at[1] >= 0x90;
    return overlong || surrogate || too_large ? 0 : length;
}

void text_json(struct text *text, const char *data, size_t size)
{
    text_string(text, "\"");
    for (size_t length; size > 0; data += length, size -= length) {
        unsigned char c = (unsigned char)*data;
        length = character_length((const unsigned char *)data, size);
        if (length == 0) {
            text_string(text, "\\ufffd");
            length = 1;
        } else if (c == '"' || c == '\\') {
            text_format(text, "\\%c", c);
        } else if (c < 0x20 || c == 0x7f) {
            text_format(text, "\\u%04x", c);
        } else {
            text_append(text, data, length);
        }
    }
    text_string(text, "\"");
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}
