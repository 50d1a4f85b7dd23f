/* What the program may do with a terminal. */
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

/* Whether a descriptor is a terminal that can do more than print. */
bool terminal_is_able(int fd);

/* The same, and nobody has refused colours (NO_COLOR). */
bool terminal_likes_color(int fd);

/* Whether this process may write to the terminal now: not while it is in the background. */
bool terminal_is_ours(int fd);

/* Whether OUTPUT is a pipe to another program of a job that has the terminal FD: who reads there
 * may write here. */
bool terminal_has_pipeline(int fd, int output);

/* How many columns it has at the moment; 80 where it does not say. */
size_t terminal_width(int fd);

#endif
