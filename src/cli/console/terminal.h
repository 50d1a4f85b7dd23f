/* Properties of terminals. */
#ifndef CLI_CONSOLE_TERMINAL_H
#define CLI_CONSOLE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#define COLOR_RED "\x1b[31m"
#define COLOR_GREEN "\x1b[32m"
#define COLOR_YELLOW "\x1b[33m"
#define COLOR_CYAN "\x1b[36m"
#define COLOR_FAINT "\x1b[2m"
#define COLOR_NONE "\x1b[0m"

/* True if a descriptor is a terminal with escape sequences. */
bool terminal_is_able(int fd);

/* The same, unless NO_COLOR is set. */
bool terminal_likes_color(int fd);

/* True if this process is in the foreground of the terminal. */
bool terminal_is_ours(int fd);

/* True if OUTPUT is a pipe to another program of the foreground job of terminal FD, which may write
 * to it. */
bool terminal_has_pipeline(int fd, int output);

/* The current number of columns; 80 if unknown. */
size_t terminal_width(int fd);

#endif
