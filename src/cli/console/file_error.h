/* What is wrong with a file that was named, and what to do about it. */
#ifndef CLI_CONSOLE_FILE_ERROR_H
#define CLI_CONSOLE_FILE_ERROR_H

/* Of a list that cannot be read because of ERROR, an errno, ENOEXEC being that it is a binary file:
 * 0 and the text, with PATH in it, which the caller frees; -ENOMEM. */
int list_error_text(const char *path, int error, char **ret_text);

/* The same of a file that cannot be written. */
int output_error_text(const char *path, int error, char **ret_text);

#endif
