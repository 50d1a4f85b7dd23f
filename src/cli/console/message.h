/* What is said to a person, on stderr. */
#ifndef CLI_CONSOLE_MESSAGE_H
#define CLI_CONSOLE_MESSAGE_H

/* One line, "afetch: " and the text, with control characters escaped. That stderr cannot be written
 * is nothing anybody could be told. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
