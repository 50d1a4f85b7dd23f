/* The lines of a list, read when they are asked for, and none kept. */
#ifndef CLI_INPUT_LINE_READER_H
#define CLI_INPUT_LINE_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"

enum {
    LINE_AHEAD_MAXIMUM = 65536,   /* bytes read before they are asked for */
    LINE_MAXIMUM_BYTES = 8000000, /* bytes of a line, without its end */
};

struct line_reader {
    int fd;             /* -1 for none */
    bool may_wait;      /* a pipe or a terminal, not a file */
    bool unproven;      /* may yet be a binary file */
    size_t number;      /* of the line, from 1 */
    bool too_long;      /* the line is longer than what is kept of it */
    bool given;         /* it was read to its end, and given */
    struct buffer line; /* as far as it was read */
    off_t taken;        /* bytes of all lists so far */
    size_t begin;       /* of what was read ahead */
    size_t end;
    char ahead[LINE_AHEAD_MAXIMUM];
};

void line_reader_init(struct line_reader *reader);
void line_reader_free(struct line_reader *reader);

/* Begins to read FD, which is closed at the end, unless it is standard input. A list that is
 * UNPROVEN is given up where its first line is binary. */
void line_reader_open(struct line_reader *reader, int fd, bool unproven);
void line_reader_close(struct line_reader *reader);

/* Reads the next line that is neither blank nor a comment, without the blanks around it: 1, or 0 at
 * the end of the list, which is closed then. The text lives until the next call, and may be
 * changed; there is room for a NUL behind it. Suspends where a pipe has nothing yet, and what it
 * has of a line stays where that is cancelled. AF_CANCELLED, -ENOMEM; a negated errno where the
 * list cannot be read, -ENOEXEC where it is binary, and then too it is closed. */
int line_reader_next(struct line_reader *reader, char **ret_text, size_t *ret_length);

/* How many bytes of all lists were asked for. */
off_t line_reader_asked(const struct line_reader *reader);

/* Whether what is of this mode gives its bytes only once, and not before somebody wrote them. */
bool list_is_stream(mode_t mode);

#endif
