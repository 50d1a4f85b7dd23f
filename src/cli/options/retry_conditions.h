/* What is tried again: --retry-on. */
#ifndef CLI_OPTIONS_RETRY_CONDITIONS_H
#define CLI_OPTIONS_RETRY_CONDITIONS_H

#include <afetch/http.h>

#include "cli/record/status_set.h"

/* What curl's --retry takes for transient, and a connection that was refused or lost. */
#define RETRY_CONDITIONS_DEFAULT "resolve,connect,timeout,reset,408,429,500,502,503,504"

struct retry_conditions {
    bool given;
    unsigned errors; /* a bit for each enum af_http_error */
    struct status_set statuses;
};

/* Reads LIST, words with commas between them: 429, 5xx, timeout. -EINVAL with a text that names the
 * word; the conditions are untouched then. */
int retry_conditions_parse(const char *list, struct retry_conditions *ret_conditions);

/* What holds where nothing is given: the default without what is ACCEPTED, since a success need not
 * be tried again. */
void retry_conditions_default(const struct status_set *accepted,
                              struct retry_conditions *ret_conditions);

/* Whether the request that this is the response of is to be tried again. */
bool retry_conditions_match(const struct retry_conditions *conditions, const af_response *response);

#endif
