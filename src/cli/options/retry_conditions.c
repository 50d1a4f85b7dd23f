#include "cli/options/retry_conditions.h"

#include <errno.h>
#include <string.h>

#include "cli/record/record.h"

/* True for errors that a retry cannot change. */
static bool is_final(enum af_http_error error)
{
    return error == AF_HTTP_OK || error == AF_HTTP_URL || error == AF_HTTP_CANCELLED;
}

static bool add_error(struct retry_conditions *conditions, const char *word, size_t length)
{
    for (enum af_http_error error = AF_HTTP_OK; error <= AF_HTTP_OTHER; error++) {
        const char *name = outcome_words[error];
        if (is_final(error) || strlen(name) != length || memcmp(name, word, length) != 0)
            continue;
        conditions->errors |= 1U << error;
        return true;
    }
    return false;
}

int retry_conditions_parse(const char *list, struct retry_conditions *ret_conditions)
{
    struct retry_conditions conditions = {.given = true};
    for (;; list++) {
        size_t length = strcspn(list, ",");
        if (!status_set_add(&conditions.statuses, list, length) &&
            !add_error(&conditions, list, length))
            return af_raise(-EINVAL,
                            "'%.*s' is neither a status (429, 5xx) nor an error: resolve, connect, "
                            "tls, timeout, reset, protocol, redirect, too_large, io, other",
                            (int)length, list);
        list += length;
        if (!*list)
            break;
    }
    *ret_conditions = conditions;
    return 0;
}

void retry_conditions_default(const struct status_set *accepted,
                              struct retry_conditions *ret_conditions)
{
    retry_conditions_parse(RETRY_CONDITIONS_DEFAULT, ret_conditions);
    status_set_remove(&ret_conditions->statuses, accepted);
}

bool retry_conditions_match(const struct retry_conditions *conditions, const af_response *response)
{
    if (response->error != AF_HTTP_OK)
        return conditions->errors >> response->error & 1;
    return status_set_has(&conditions->statuses, response->status);
}
