/* Messages on stderr. */
#ifndef CLI_CONSOLE_MESSAGE_H
#define CLI_CONSOLE_MESSAGE_H

/* Prints a line: "afetch: " and the text, with control characters escaped. Write errors are
 * ignored. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
