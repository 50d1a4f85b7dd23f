/* Text about options for the help and the manual page. */
#include <stdio.h>
#include <string.h>

#include "cli/options/table.h"

const char *option_argument_opening(const struct option_spec *spec)
{
    if (!spec->argument)
        return "";
    if (!spec->optional)
        return " ";
    return spec->kind == OPTION_TOPIC ? " [" : "[=";
}

/* Writes " (default 50)", if option_defaults has a value. */
static void write_default(const struct option_spec *spec, char *to, size_t size)
{
    const void *member = (const char *)&option_defaults + spec->offset;
    *to = '\0';
    if (!spec->argument)
        return;
    if (spec->kind == OPTION_NUMBER && *(const long *)member != 0)
        snprintf(to, size, " (default %ld)", *(const long *)member);
    if (spec->kind == OPTION_SECONDS && *(const double *)member != 0)
        snprintf(to, size, " (default %g)", *(const double *)member);
    if (spec->kind == OPTION_WORD) {
        /* An index after the last word means no default. */
        const char *word = spec->argument;
        for (unsigned index = *(const unsigned *)member; index > 0 && *word; index--)
            word += strcspn(word, "|") + (strchr(word, '|') != NULL);
        if (*word)
            snprintf(to, size, " (default %.*s)", (int)strcspn(word, "|"), word);
    }
}

void option_describe(const struct option_spec *spec, char *to, size_t size)
{
    char standard[32];
    write_default(spec, standard, sizeof standard);
    snprintf(to, size, "%s%s", spec->help, standard);
}
