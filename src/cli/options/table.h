/* The table of options, for the parser, --help, the manual page and the completions. */
#ifndef CLI_OPTIONS_TABLE_H
#define CLI_OPTIONS_TABLE_H

#include "cli/options/options.h"

enum option_section {
    SECTION_CONCURRENCY,
    SECTION_TIME,
    SECTION_RETRY,
    SECTION_REQUEST,
    SECTION_CONNECTION,
    SECTION_RECORD,
    SECTION_MESSAGE,
    SECTION_PROGRAM,
    SECTION_COUNT,
};

enum option_kind {
    OPTION_FLAG,    /* bool: set to value */
    OPTION_WORD,    /* enum: set to the index of the word in argument, or to value */
    OPTION_NUMBER,  /* long: from minimum to maximum */
    OPTION_SECONDS, /* double: from 0 to OPTION_LONGEST_TIME */
    OPTION_BYTES,   /* int64_t: with k, M or G behind it */
    OPTION_RATE,    /* struct rate: 10/s, 5/15s */
    OPTION_RETRY_CONDITIONS,
    OPTION_SHARD,    /* struct shard: 1/4 */
    OPTION_STATUSES, /* struct status_set: 200-399,404 */
    OPTION_STRING,   /* const char * */
    OPTION_HOSTS,    /* a list whose words have as many ':' as argument, or more */
    OPTION_URL,      /* struct string_list: a URL, which may lack its scheme */
    OPTION_CONFIG,   /* struct string_list: a config file */
    OPTION_TOPIC,    /* const char *: the next argument, whatever it is, or "" */
    /* Parts of every request: request_options.h */
    OPTION_METHOD,
    OPTION_HEADER,
    OPTION_DATA,         /* value is its enum data_kind */
    OPTION_HEADER_VALUE, /* const char * without control characters */
    OPTION_REFERER,
    OPTION_USER,   /* NAME:PASSWORD, a secret */
    OPTION_TOKEN,  /* a header's value, a secret */
    OPTION_SECRET, /* const char * */
    OPTION_COOKIE,
    OPTION_CERTIFICATE,
};

/* Fits, in milliseconds, the integers of all libraries. */
enum { OPTION_LONGEST_TIME = 1000000000 };

struct option_section_name {
    const char *name; /* as --help takes it */
    const char *title;
};

struct option_spec {
    enum option_section section;
    enum option_kind kind;
    size_t offset;        /* of the member of struct options */
    char letter;          /* or 0 */
    const char *name;     /* without its dashes; NULL ends the table */
    const char *argument; /* as help shows it, "this|that" for words; NULL: it takes none */
    const char *help;
    bool early;        /* applied before config files are read */
    const char *brief; /* on the first page of --help; NULL: not there */
    bool optional;     /* the argument may be left out, and otherwise comes behind a '=' */
    long value;        /* of the member, without an argument */
    long minimum;
    long maximum;
};

extern const struct option_section_name option_sections[SECTION_COUNT];
extern const struct option_spec option_table[];

/* The values of options that are not given. */
extern const struct options option_defaults;

/* The text between the name of an option and its argument: " ", "[=" or " [". */
const char *option_argument_opening(const struct option_spec *spec);

/* Writes its help, with the default: "requests in flight at once (default 50)". */
void option_describe(const struct option_spec *spec, char *to, size_t size);

#endif
