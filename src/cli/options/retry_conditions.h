/* The conditions of a retry: --retry-on. */
#ifndef CLI_OPTIONS_RETRY_CONDITIONS_H
#define CLI_OPTIONS_RETRY_CONDITIONS_H

#include <afetch/http.h>

#include "cli/record/status_set.h"

/* The transient errors of curl's --retry, and connections that were refused or lost. */
#define RETRY_CONDITIONS_DEFAULT "resolve,connect,timeout,reset,408,429,500,502,503,504"

struct retry_conditions {
    bool given;
    unsigned errors; /* a bit for each enum af_http_error */
    struct status_set statuses;
};

/* Parses LIST, words separated by commas: 429, 5xx, timeout. Errors: -EINVAL with a text that names
 * the word. */
int retry_conditions_parse(const char *list, struct retry_conditions *ret_conditions);

/* The default, without the statuses that are ACCEPTED: a success is not retried. */
void retry_conditions_default(const struct status_set *accepted,
                              struct retry_conditions *ret_conditions);

/* True if the request with this response is to be retried. */
bool retry_conditions_match(const struct retry_conditions *conditions, const af_response *response);

#endif
