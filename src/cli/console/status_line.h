/* The status line: the last line of stderr on a terminal, below messages and records. A process has
 * one. */
#ifndef CLI_CONSOLE_STATUS_LINE_H
#define CLI_CONSOLE_STATUS_LINE_H

#include <stddef.h>

/* Shows TEXT, a line narrower than the terminal, instead of the previous text. Not drawn while the
 * line is held, the terminal is not writable, or another program is in the foreground. */
void status_line_show(const char *text, size_t length);

/* Removes the line. */
void status_line_clear(void);

/* Hide the line while stdout, on the same terminal, is written. */
void status_line_hold(void);
void status_line_release(void);

/* Writes whole lines to stderr, above the status line. Errors are ignored. */
void stderr_write(const char *text, size_t length);

#endif
