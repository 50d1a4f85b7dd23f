#include "cli/text/columns.h"

#include <wchar.h>

#include "base/utf8.h"

/* The code of a valid character of SIZE bytes. */
static wchar_t decode(const char *character, size_t size)
{
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned code = (unsigned char)character[0] & masks[size];
    for (size_t i = 1; i < size; i++)
        code = code << 6 | ((unsigned char)character[i] & 0x3F);
    return (wchar_t)code;
}

/* A byte that is not UTF-8, of SIZE 0, has one column. */
static size_t width(const char *character, size_t size)
{
    int columns = size > 1 ? wcwidth(decode(character, size)) : 1;
    return columns < 0 ? 1 : (size_t)columns;
}

size_t columns_fit(const char *text, size_t length, size_t maximum, size_t *ret_columns)
{
    size_t end = 0, columns = 0;
    while (end < length) {
        size_t size = utf8_character(text + end, length - end);
        size_t wider = columns + width(text + end, size);
        if (wider > maximum)
            break;
        columns = wider;
        end += size > 0 ? size : 1;
    }
    *ret_columns = columns;
    return end;
}
