#include "cli/text/escape.h"

#include <stdint.h>

#include "base/utf8.h"

static const char hexadecimal[] = "0123456789abcdef";

/* True if a byte needs no escape, neither in JSON nor on a terminal. */
static inline bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* True if eight bytes are all plain. */
static inline bool are_plain(const char *text)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t eight;
    memcpy(&eight, text, sizeof eight);
    /* A subtraction borrows into the top bit of a byte that is too small; lower bytes are not
     * affected. */
    uint64_t quote = eight ^ ones * '"', backslash = eight ^ ones * '\\';
    uint64_t small = (eight - ones * 0x20) | (quote - ones) | (backslash - ones);
    return !((small | eight | (eight + ones)) & tops);
}

/* The number of plain bytes at the start of TEXT. Nearly all text is plain, so it is checked eight
 * bytes at a time; the last eight may overlap. */
static inline size_t plain_run(const char *text, size_t length)
{
    size_t run = 0;
    while (length - run >= 8 && are_plain(text + run))
        run += 8;
    if (run > 0 && length - run < 8 && are_plain(text + length - 8))
        return length;
    while (run < length && is_plain((unsigned char)text[run]))
        run++;
    return run;
}

/* The letter of a control character after a backslash, in JSON as in C, or 0. */
static char escape_letter(unsigned char byte)
{
    switch (byte) {
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    default:
        return '\0';
    }
}

/* The code of a character of two or three bytes that a terminal interprets: the controls U+0080 to
 * U+009F, and those of text direction, which could disguise a line. 0 for others. */
static unsigned control_code(const unsigned char *character, size_t size)
{
    if (size == 2 && character[0] == 0xC2 && character[1] < 0xA0)
        return character[1];
    if (size == 2 && character[0] == 0xD8 && character[1] == 0x9C)
        return 0x061C;
    if (size != 3 || character[0] != 0xE2 || (character[1] & 0xFE) != 0x80)
        return 0;
    unsigned code = 0x2000 | (character[1] & 0x3FU) << 6 | (character[2] & 0x3F);
    bool turns = (code >= 0x200E && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
                 (code >= 0x2066 && code <= 0x2069);
    return turns ? code : 0;
}

bool text_is_control(const char *character, size_t size)
{
    return control_code((const unsigned char *)character, size) > 0;
}

static int append_unicode(struct buffer *buffer, unsigned code)
{
    const char escape[] = {'\\',
                           'u',
                           hexadecimal[code >> 12],
                           hexadecimal[code >> 8 & 15],
                           hexadecimal[code >> 4 & 15],
                           hexadecimal[code & 15]};
    return buffer_append(buffer, escape, sizeof escape);
}

static int append_byte(struct buffer *buffer, unsigned char byte)
{
    const char escape[] = {'\\', 'x', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
    return buffer_append(buffer, escape, sizeof escape);
}

static int append_letter(struct buffer *buffer, char letter)
{
    const char escape[] = {'\\', letter};
    return buffer_append(buffer, escape, sizeof escape);
}

/* Appends a character of SIZE bytes that is not plain, or, if SIZE is 0, a byte that is not UTF-8.
 */
static int json_write_special(struct buffer *buffer, const unsigned char *character, size_t size)
{
    if (size == 0)
        return buffer_append_string(buffer, "\xEF\xBF\xBD");
    unsigned code = control_code(character, size);
    if (code > 0)
        return append_unicode(buffer, code);
    if (size > 1)
        return buffer_append(buffer, character, size);
    if (*character == '"' || *character == '\\')
        return append_letter(buffer, (char)*character);
    char letter = escape_letter(*character);
    return letter ? append_letter(buffer, letter) : append_unicode(buffer, *character);
}

static int text_write_special(struct buffer *buffer, const unsigned char *character, size_t size)
{
    if (size == 0)
        return append_byte(buffer, *character);
    unsigned code = control_code(character, size);
    if (code > 0)
        return append_unicode(buffer, code);
    if (size > 1 || *character == '"' || *character == '\\')
        return buffer_append(buffer, character, size);
    char letter = escape_letter(*character);
    return letter ? append_letter(buffer, letter) : append_byte(buffer, *character);
}

/* Appends TEXT: plain parts as they are, the rest by SPECIAL. */
static inline int write_with(struct buffer *buffer, const char *text, size_t length,
                             int (*special)(struct buffer *, const unsigned char *, size_t))
{
    for (;;) {
        size_t run = plain_run(text, length);
        int r = buffer_append(buffer, text, run);
        if (r < 0 || run == length)
            return r;
        text += run;
        length -= run;
        size_t size = utf8_character(text, length);
        r = special(buffer, (const unsigned char *)text, size);
        if (r < 0)
            return r;
        size += size == 0;
        text += size;
        length -= size;
    }
}

int text_write_escaped(struct buffer *buffer, const char *text, size_t length)
{
    return write_with(buffer, text, length, text_write_special);
}

int text_write_lines(struct buffer *buffer, const char *text, size_t length)
{
    const char *end = text + length;
    for (;;) {
        const char *stop = text;
        while (stop < end && *stop != '\n' && *stop != '\t')
            stop++;
        bool carriage_return = stop < end && *stop == '\n' && stop > text && stop[-1] == '\r';
        int r = text_write_escaped(buffer, text, (size_t)(stop - text) - carriage_return);
        if (r < 0 || stop == end)
            return r;
        r = buffer_append_char(buffer, *stop);
        if (r < 0)
            return r;
        text = stop + 1;
    }
}

int json_write_string(struct buffer *buffer, const char *text, size_t length)
{
    int r = buffer_reserve(buffer, length + 2);
    if (r < 0)
        return r;
    /* Mostly the whole text is plain. */
    size_t run = plain_run(text, length);
    char *to = buffer->data + buffer->length;
    *to = '"';
    memcpy(to + 1, text, run);
    buffer->length += 1 + run;
    if (run < length)
        r = write_with(buffer, text + run, length - run, json_write_special);
    return r < 0 ? r : buffer_append_char(buffer, '"');
}
