/* The options, as the command line and config files set them. */
#ifndef CLI_OPTIONS_OPTIONS_H
#define CLI_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <afetch/http.h>

#include "base/buffer.h"
#include "base/string_list.h"
#include "cli/options/retry_conditions.h"
#include "cli/options/shard.h"
#include "cli/record/format.h"

enum order { ORDER_GATHER, ORDER_COMPLETED };
/* Entries that --resume fetches: those without a record, or also those that failed. */
enum resume_choice { RESUME_MISSING, RESUME_FAILED, RESUME_NOTHING };

enum generate { GENERATE_MAN, GENERATE_BASH, GENERATE_ZSH, GENERATE_FISH, GENERATE_NOTHING };
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* Resolves WHEN; AUTOMATICALLY is the choice of auto. */
static inline bool when_is_now(enum when when, bool automatically)
{
    return when == WHEN_ALWAYS || (when == WHEN_AUTO && automatically);
}

/* COUNT per PERIOD seconds. 0: no limit. */
struct rate {
    double count;
    double period;
};

/* In the order of the table's sections. Times are seconds, 0 for no limit. Strings point into argv
 * or into texts, unless they are owned. */
struct options {
    af_client_options client; /* what the client does itself; referer and certificate are owned */

    /* concurrency */
    long jobs;
    long per_host; /* 0: no limit */
    struct rate rate;
    struct rate rate_per_host;
    enum order order;
    long first; /* stop after so many successes; 0: do not */
    bool fail_fast;
    bool dedupe;
    struct shard shard;
    bool compare;
    bool dry_run;

    /* time */
    double timeout;
    double deadline;

    /* retries */
    long retries;
    double retry_delay;
    double retry_max_delay; /* 0 is no delay */
    struct retry_conditions retry_on;

    /* requests */
    struct string_list operands; /* URLs, files and "-", in their order */
    const char *method;          /* NULL: POST with data, else GET */
    bool head;
    struct string_list headers; /* owned by the list */
    struct buffer data;         /* the body of every request; its data is NULL if there is none */
    struct buffer cookies;      /* "NAME=VALUE; NAME=VALUE"; becomes a header */
    struct string_list cookie_files;

    /* connections */
    struct string_list connect_to;
    struct string_list resolve;

    /* records */
    struct status_set accept; /* the statuses that are a success */
    enum format format;
    const char *fields;
    bool include_headers;
    bool include_body;
    bool keep_headers; /* for include_headers, or for a field that is named */
    const char *output;
    enum resume_choice resume;
    const char *output_dir;

    /* messages */
    enum when summary;
    enum when progress;
    const char *timeline;
    enum when color;
    bool quiet;
    bool verbose;

    /* the program itself */
    struct string_list configs; /* files to be read before the command line */
    bool no_config;             /* ignore the default one */
    const char *help;           /* the topic, "" for the first page; NULL: not asked for */
    bool version;
    enum generate generate;

    bool uses_stdin;          /* as a config file, or for a value */
    struct string_list texts; /* what strings point into, besides argv; owned */
};

/* Parses and validates the config files and the command line, which wins. Overwrites passwords
 * among the arguments.
 * Errors: -EINVAL with a text that names the option and says what to do, -ENOMEM. */
int options_parse(int argc, char *const argv[], struct options *ret_options);
void options_free(struct options *options);

#endif
