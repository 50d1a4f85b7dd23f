/* What --help and the manual page say besides the options. */
#ifndef CLI_OPTIONS_HELP_TOPICS_H
#define CLI_OPTIONS_HELP_TOPICS_H

#include <stdbool.h>
#include <stddef.h>

/* A word and what it means. */
struct fact {
    const char *term;
    const char *text;
};

struct chapter {
    const char *name;  /* as --help takes it; NULL ends the table */
    const char *title; /* as the page has it */
    const char *text;  /* one paragraph, or NULL */
    const struct fact *facts;
    bool of_fields;   /* the facts are the fields of a record */
    bool of_commands; /* the terms are command lines */
};

extern const char introduction[];
extern const struct chapter chapters[];

/* The fact at this place of the chapter, counted from 0. False behind the last one. */
bool chapter_fact(const struct chapter *chapter, size_t place, struct fact *ret_fact);

#endif
