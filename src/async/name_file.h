/* Files of the system that say how names are looked up. */
#ifndef ASYNC_NAME_FILE_H
#define ASYNC_NAME_FILE_H

#include <stdio.h>

/* Opens a file for reading. 1: the caller closes *ret_file by name_file_close(). 0: it is missing
 * or may not be read, and says nothing. -EMFILE, -ENOMEM and the like: it cannot be read now, and
 * must not be taken for missing. */
int name_file_open(const char *path, FILE **ret_file);

/* Closes a file right after it could be read no further. 0, or a code as above. */
int name_file_close(FILE *file);

/* Checks that a file can be opened, or is missing. 0, or a code as above. */
int name_file_check(const char *path);

#endif
