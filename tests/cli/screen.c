#include "screen.h"

#include <string.h>

#include "failure.h"

enum { CELLS = 4096 };

/* The line on which the cursor stands; each cell has a character of up to four bytes. */
struct line {
    char cells[CELLS][5];
    size_t length;
    size_t cursor;
};

static void append_line(struct line *line, struct text *screen)
{
    for (size_t i = 0; i < line->length; i++)
        text_string(screen, line->cells[i]);
    line->length = line->cursor = 0;
}

static size_t character_size(const char *at, const char *end)
{
    size_t size = 1;
    while (at + size < end && size < 4 && ((unsigned char)at[size] & 0xC0) == 0x80)
        size++;
    return size;
}

static void put(struct line *line, const char *character, size_t size)
{
    if (line->cursor == CELLS)
        fail("a line has more than %d characters", CELLS);
    if (line->cursor == line->length)
        line->length++;
    memcpy(line->cells[line->cursor], character, size);
    line->cells[line->cursor++][size] = '\0';
}

/* An escape sequence; returns its end. */
static const char *obey(struct line *line, const char *at, const char *end)
{
    const char *letter = at + 2;
    while (letter < end && (*letter == ';' || (*letter >= '0' && *letter <= '9')))
        letter++;
    if (at + 1 >= end || at[1] != '[' || letter >= end)
        fail("an escape sequence of an unknown kind");
    if (*letter == 'J')
        line->length = line->cursor;
    else if (*letter != 'm')
        fail("the escape sequence %c is not known everywhere", *letter);
    return letter + 1;
}

void screen_render(const struct text *written, size_t columns, struct text *screen)
{
    static struct line line;
    const char *at = text_get(written), *end = at + written->length;
    line.length = line.cursor = 0;
    text_string(screen, "");
    while (at < end) {
        size_t size = character_size(at, end);
        if (*at == '\x1b') {
            at = obey(&line, at, end);
            continue;
        }
        if (*at == '\r') {
            if (line.length >= columns)
                fail("a line of %zu columns wraps", line.length);
            line.cursor = 0;
        } else if (*at == '\n') {
            append_line(&line, screen);
            text_string(screen, "\n");
        } else {
            put(&line, at, size);
        }
        at += size;
    }
    append_line(&line, screen);
}
