/* The command line, read by one table. */
#ifndef CLI_OPTIONS_OPTIONS_H
#define CLI_OPTIONS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/string_list.h"
#include "cli/options/retry_conditions.h"
#include "cli/options/shard.h"
#include "cli/record/format.h"

enum order { ORDER_GATHER, ORDER_COMPLETED };
/* What --resume fetches: what has no record, or what failed besides. */
enum resume_choice { RESUME_MISSING, RESUME_FAILED, RESUME_NOTHING };

enum generate { GENERATE_MAN, GENERATE_BASH, GENERATE_ZSH, GENERATE_FISH, GENERATE_NOTHING };
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* What it means where there is a reason of its own for it, or none. */
static inline bool when_is_now(enum when when, bool automatically)
{
    return when == WHEN_ALWAYS || (when == WHEN_AUTO && automatically);
}

/* So many in so many seconds. 0: no limit. */
struct rate {
    double count;
    double period;
};

/* Times are seconds, 0 for no limit. Strings point into argv or texts where nothing else is said.
 */
struct options {
    long jobs;
    long per_host; /* 0: no limit */
    struct rate rate;
    struct rate rate_per_host;
    enum order order;
    struct shard shard;
    bool dedupe; /* no URL is fetched twice */
    double timeout;
    double attempt_timeout;
    double connect_timeout;
    double idle_timeout;
    double deadline;
    bool fail_fast;
    long first; /* successes that are enough; 0: all */
    long retries;
    double retry_delay;
    double retry_max_delay; /* 0 is no delay */
    struct retry_conditions retry_on;
    struct status_set accept; /* the statuses that are a success */
    bool location;
    long max_redirects;
    const char *method; /* NULL: what the body asks for */
    bool head;
    struct buffer data; /* the body of every request; its data is NULL where there is none */
    struct string_list headers; /* taken by the list */
    const char *user_agent;
    char *referer; /* owned */
    bool auto_referer;
    const char *user; /* NAME:PASSWORD */
    const char *bearer_token;
    bool netrc;
    const char *netrc_file;
    struct buffer cookies; /* "NAME=VALUE; NAME=VALUE", a header once all is read */
    struct string_list cookie_files;
    bool compressed;
    unsigned http_version; /* 11, 20, or 0: not given */
    const char *proxy;
    const char *proxy_user;
    unsigned ip_version; /* 4, 6, or 0: either */
    bool insecure;
    const char *ca_file;
    char *certificate;                /* owned */
    const char *certificate_password; /* in certificate */
    const char *key;
    bool uses_stdin; /* for a config file or one of the above */
    struct string_list connect_to;
    struct string_list resolve;
    int64_t max_filesize; /* as af_client_options.max_body */
    bool include_headers;
    bool keep_headers; /* for the above, or for a field that is named */
    bool include_body;
    enum format format;
    const char *fields;
    const char *output;
    unsigned resume;        /* enum resume_choice: the records that the output has are kept */
    const char *output_dir; /* where bodies are saved, or NULL */
    bool compare;
    bool dry_run;
    const char *timeline;
    enum when summary;
    enum when progress;
    enum when color;
    bool quiet;
    bool verbose;
    const char *help; /* the topic, "" for the first page; NULL: not asked for */
    bool version;
    enum generate generate;
    struct string_list configs;  /* files to be read before the command line */
    bool no_config;              /* without the default one */
    struct string_list operands; /* URLs, files and "-", in their order */
    struct string_list texts;    /* what strings point into, besides argv; owned */
};

/* Fills the options from the config files and the command line, which wins. 0, or -EINVAL with a
 * text that names the option and says what to do (af_raise), or -ENOMEM. Passwords among the
 * arguments are overwritten. */
int options_parse(int argc, char *const argv[], struct options *ret_options);
void options_free(struct options *options);

#endif
