/* The topics of --help and of the manual page besides the options. */
#ifndef CLI_OPTIONS_HELP_TOPICS_H
#define CLI_OPTIONS_HELP_TOPICS_H

#include <stdbool.h>
#include <stddef.h>

/* A term and its explanation. */
struct help_entry {
    const char *term;
    const char *text;
};

struct help_topic {
    const char *name;  /* for --help; NULL ends the table */
    const char *title; /* on the page */
    const char *text;  /* a paragraph, or NULL */
    const struct help_entry *entries;
    bool has_fields;   /* the entries are the fields of a record */
    bool has_commands; /* the terms are command lines */
};

extern const char introduction[];
extern const struct help_topic help_topics[];

/* Gets the entry of this index, from 0. Returns false after the last one. */
bool help_topic_entry(const struct help_topic *topic, size_t index, struct help_entry *ret_entry);

#endif
