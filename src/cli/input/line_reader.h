/* Reads a list line by line, on demand. */
#ifndef CLI_INPUT_LINE_READER_H
#define CLI_INPUT_LINE_READER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"

enum {
    LINE_AHEAD_MAXIMUM = 65536,   /* bytes read ahead */
    LINE_MAXIMUM_BYTES = 8000000, /* bytes of a line, without its end */
};

struct line_reader {
    int fd;             /* -1 for none */
    bool may_wait;      /* a pipe or a terminal, not a file */
    bool check_binary;  /* the first line has not been checked yet */
    size_t number;      /* of the line, from 1 */
    bool too_long;      /* the line was truncated */
    bool returned;      /* the line was read to its end and returned */
    struct buffer line; /* as far as it has been read */
    off_t read;         /* bytes of all lists */
    size_t begin;       /* of the bytes read ahead */
    size_t end;
    char ahead[LINE_AHEAD_MAXIMUM];
};

void line_reader_init(struct line_reader *reader);
void line_reader_free(struct line_reader *reader);

/* Starts reading FD, which is closed at the end, unless it is standard input. CHECK_BINARY: fail if
 * the first line is binary. */
void line_reader_open(struct line_reader *reader, int fd, bool check_binary);
void line_reader_close(struct line_reader *reader);

/* Returns 1 and the next line that is neither blank nor a comment, without blanks around it; or 0
 * at the end of the list, after closing it. The text lives until the next call, may be changed, and
 * has room for a NUL after it. Suspends if a pipe has no data yet; if that is cancelled, no data is
 * lost. Errors: AF_CANCELLED, -ENOMEM; a negated errno if the list cannot be read, -ENOEXEC if it
 * is binary, after closing it. */
int line_reader_next(struct line_reader *reader, char **ret_text, size_t *ret_length);

/* Bytes of all lists that lines were made of. */
off_t line_reader_consumed(const struct line_reader *reader);

/* True if a file of this mode can be read only once, and may have no data yet. */
bool list_is_stream(mode_t mode);

#endif
