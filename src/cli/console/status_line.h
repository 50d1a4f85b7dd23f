/* The last line of a terminal's stderr, which comes and goes below what is said and written. There
 * is one stderr in a process, so there is one of these. */
#ifndef CLI_CONSOLE_STATUS_LINE_H
#define CLI_CONSOLE_STATUS_LINE_H

#include <stddef.h>

/* Shows TEXT, of one line and narrower than the terminal, in place of what was shown. Nothing
 * happens while the line is held, the terminal takes nothing, or another program has it. */
void status_line_show(const char *text, size_t length);

/* Nothing is shown any more. */
void status_line_clear(void);

/* Hides the line until it is released, while stdout is written to on the same terminal. */
void status_line_hold(void);
void status_line_release(void);

/* Writes whole lines to stderr, above the line. That it cannot be written is nothing anybody could
 * be told. */
void stderr_write(const char *text, size_t length);

#endif
