/* A body that is being saved: in a temporary file, which gets its name when it is complete. */
#ifndef CLI_OUTPUT_BODY_FILE_H
#define CLI_OUTPUT_BODY_FILE_H

#include "cli/output/body_directory.h"

struct body_file;

/* Takes NAME in the directory. Ownership: the directory is borrowed. Errors: -ENOMEM. */
int body_file_new(struct body_directory *directory, const struct file_name *name,
                  struct body_file **ret_file);

/* Discards a file without a name yet. NULL is allowed. */
void body_file_free(struct body_file *file);

/* Appends to the file. Errors: a negated errno, also returned by body_file_error() from then on. */
int body_file_write(struct body_file *file, const void *data, size_t size);

/* Removes what was written, before another attempt. */
void body_file_discard(struct body_file *file);

/* Gives the complete file its name, with the extension of CONTENT_TYPE if it has none.
 * Errors: as those of body_file_write(). */
int body_file_commit(struct body_file *file, const char *content_type);

/* The name of a file that was committed, or NULL. */
const char *body_file_name(const struct body_file *file);

/* The error of writing, a negated errno, or 0. */
int body_file_error(const struct body_file *file);

#endif
