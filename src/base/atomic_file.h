/* Replaces a file atomically: the new content goes to a temporary file beside it, which is renamed
 * once it is complete. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

struct atomic_file {
    int fd;          /* to write to; the caller closes it */
    char *path;      /* of the file to be replaced; links are resolved */
    char *temporary; /* path of the temporary file; NULL once it is renamed */
};

/* Creates the temporary file, with the permissions of the file at PATH, or of a new one.
 * Errors: a negated errno. */
int atomic_file_open(struct atomic_file *file, const char *path);

/* Renames the temporary file. Errors: a negated errno. */
int atomic_file_commit(struct atomic_file *file);

/* Removes a temporary file that was not renamed. */
void atomic_file_close(struct atomic_file *file);

#endif
