/* --output-dir: the directory of saved bodies, and the names that are taken in it.
 *
 * Each URL takes its name when its fetch begins, in the order of the list, so names do not depend
 * on the order in which responses arrive. If a name is taken, by another URL or by an older file, a
 * number is inserted before its extension. */
#ifndef CLI_OUTPUT_BODY_DIRECTORY_H
#define CLI_OUTPUT_BODY_DIRECTORY_H

#include "base/fingerprint_set.h"
#include "cli/output/file_name.h"

struct body_directory {
    int fd; /* -1: not open */
    struct fingerprint_set taken;
    uint64_t token;         /* of this run, in the names of temporary files */
    size_t temporary_count; /* of temporary files */
    bool named;             /* temporary files have names: the system lacks O_TMPFILE */
};

/* Opens the directory, creates it if it is missing, and checks that it can be written.
 * Errors: a negated errno; close it even then. */
int body_directory_open(struct body_directory *directory, const char *path);
void body_directory_close(struct body_directory *directory);

/* Takes NAME with the lowest number with which it is free. A name that has yet to get its extension
 * may get any that is known. Errors: -ENOMEM. */
int body_directory_take(struct body_directory *directory, const struct file_name *name,
                        unsigned long *ret_number);

/* The file of a body that is not complete. It has no name, so that nothing remains of it if the
 * program is killed; or a temporary one if the system cannot do that. */
struct temporary_file {
    int fd; /* -1: none */
    char name[56];
};

/* Errors: a negated errno; there is no file then. */
int body_directory_create(struct body_directory *directory, struct temporary_file *ret_file);

/* Gives the file its name, without replacing another, and closes it. Errors: a negated errno,
 * -EEXIST if the name is taken; the file stays open then. */
int body_directory_commit(struct body_directory *directory, struct temporary_file *file,
                          const char *name);

/* Closes and removes the file, if there is one. */
void body_directory_discard(struct body_directory *directory, struct temporary_file *file);

#endif
