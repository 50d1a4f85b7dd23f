/* Error texts for files, with advice. */
#ifndef CLI_CONSOLE_FILE_ERROR_H
#define CLI_CONSOLE_FILE_ERROR_H

/* The text for a list that cannot be read. ERROR is an errno, ENOEXEC for a binary file. The text
 * has PATH in it; the caller frees it. Errors: -ENOMEM. */
int list_error_text(const char *path, int error, char **ret_text);

/* The same for a file that cannot be written. */
int output_error_text(const char *path, int error, char **ret_text);

#endif
