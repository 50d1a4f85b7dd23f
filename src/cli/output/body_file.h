/* A body that is being saved: under a temporary name as long as it is not whole, and under its own
 * from then on. */
#ifndef CLI_OUTPUT_BODY_FILE_H
#define CLI_OUTPUT_BODY_FILE_H

#include "cli/output/body_directory.h"

struct body_file;

/* Takes NAME, with the next free number where it is taken. -ENOMEM. The directory must outlive the
 * file. */
int body_file_new(struct body_directory *directory, const struct file_name *name,
                  struct body_file **ret_file);

/* Removes what was not kept. NULL is fine. */
void body_file_free(struct body_file *file);

/* Appends to the file. A negated errno, which body_file_error() gives from then on. */
int body_file_write(struct body_file *file, const void *data, size_t size);

/* Removes what was written; another attempt begins with nothing. */
void body_file_discard(struct body_file *file);

/* The body is whole: the file gets its name, by CONTENT_TYPE where its extension is open. A negated
 * errno, as when writing. */
int body_file_keep(struct body_file *file, const char *content_type);

/* The name of a file that was kept, or NULL. */
const char *body_file_name(const struct body_file *file);

/* Why it could not be written, a negated errno; 0: it could. */
int body_file_error(const struct body_file *file);

#endif
