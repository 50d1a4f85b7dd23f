/* What an option does with its value, for each kind of option. */
#ifndef CLI_OPTIONS_VALUES_H
#define CLI_OPTIONS_VALUES_H

#include "cli/options/options.h"
#include "cli/options/table.h"

/* One option of the command line or of a config file. */
struct setting {
    const struct option_spec *spec;
    struct options *options;
    char option[32];   /* its name as a message gives it */
    const char *value; /* NULL where it has none */
    void *member;      /* what it sets */
};

/* Sets the member. -EINVAL with a text that names the option and says what is wrong with its value,
 * -ENOMEM. */
int setting_apply(const struct setting *setting);

/* The place of WORD in a list such as "this|that", or -1. */
int word_place(const char *list, char separator, const char *word);

#endif
