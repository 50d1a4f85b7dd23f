/* --output-dir: the directory in which bodies are saved, and which names in it are taken.
 *
 * Each URL has its name when it begins, in the order of the input, so that it does not depend on
 * which comes first. Who has a name that another had gets the next number before its extension; so
 * does who would take that of a file which was there before. */
#ifndef CLI_OUTPUT_BODY_DIRECTORY_H
#define CLI_OUTPUT_BODY_DIRECTORY_H

#include "base/fingerprint_set.h"
#include "cli/output/file_name.h"

struct body_directory {
    int fd; /* -1 where there is none */
    struct fingerprint_set taken;
    uint64_t token;   /* of this run, in the names of its temporary files */
    size_t temporary; /* how many of these there were */
    bool named;       /* a body that is not whole has a name, since the system cannot do without */
};

/* Opens the directory, which is made where it is missing, and makes sure that it can be written. A
 * negated errno. It may be closed all the same. */
int body_directory_open(struct body_directory *directory, const char *path);
void body_directory_close(struct body_directory *directory);

/* Takes the first number with which NAME is free. What has no extension may get any, and so shares
 * its stem with nobody. -ENOMEM. */
int body_directory_take(struct body_directory *directory, const struct file_name *name,
                        unsigned long *ret_number);

/* A file for a body that is not whole yet. It has no name, so that nothing is left of it whatever
 * happens to the program; or a temporary one where that cannot be. */
struct body_draft {
    int fd; /* -1 where there is none */
    char name[56];
};

/* A negated errno; there is none then. */
int body_directory_create(struct body_directory *directory, struct body_draft *ret_draft);

/* Gives it its name, never that of another, and closes it. A negated errno; -EEXIST where the name
 * is taken, and it is still there. */
int body_directory_keep(struct body_directory *directory, struct body_draft *draft,
                        const char *name);

/* Closes and removes it, if there is one. */
void body_directory_discard(struct body_directory *directory, struct body_draft *draft);

#endif
