/* Opens the system's configuration files for name lookups, and tells missing files from those that
 * cannot be read at the moment. */
#ifndef ASYNC_NAME_FILE_H
#define ASYNC_NAME_FILE_H

#include <stdio.h>

/* Opens a file for reading. Returns 1 and *ret_file; or 0 if the file is missing or permission is
 * denied, which has the effect of an empty file.
 * Errors: -EMFILE, -ENOMEM and other temporary errors, with which the file must not be treated as
 * missing.
 * Ownership: the caller closes *ret_file with name_file_close(). */
int name_file_open(const char *path, FILE **ret_file);

/* Closes a file. Must directly follow the read that failed or reached the end of the file, since it
 * uses errno.
 * Errors: those of name_file_open(), if the read failed. */
int name_file_close(FILE *file);

/* Checks that a file can be opened or is missing.
 * Errors: those of name_file_open(). */
int name_file_check(const char *path);

#endif
