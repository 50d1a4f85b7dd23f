/* Parses the values of options, and stores them. */
#ifndef CLI_OPTIONS_VALUES_H
#define CLI_OPTIONS_VALUES_H

#include "cli/options/options.h"
#include "cli/options/table.h"

/* An option of the command line or of a config file. */
struct setting {
    const struct option_spec *spec;
    struct options *options;
    char option[32];   /* its name, for messages */
    const char *value; /* NULL: none */
    void *member;      /* of the options, which it sets */
};

/* Sets the member. Errors: -EINVAL with a text that names the option and the fault, -ENOMEM. */
int setting_apply(const struct setting *setting);

/* The index of WORD in a list such as "this|that", or -1. */
int word_index(const char *list, char separator, const char *word);

#endif
