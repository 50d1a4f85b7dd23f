#include "cli/retry_conditions.h"

#include <errno.h>
#include <string.h>

#include "cli/record.h"

/* A second try changes nothing in these. */
static bool is_final(enum af_http_error error)
{
    return error == AF_HTTP_OK || error == AF_HTTP_URL || error == AF_HTTP_CANCELLED;
}

static bool add_error(struct retry_conditions *conditions, const char *word, size_t length)
{
    for (enum af_http_error error = AF_HTTP_OK; error <= AF_HTTP_OTHER; error++) {
        const char *name = record_errors[error];
        if (is_final(error) || strlen(name) != length || memcmp(name, word, length) != 0)
            continue;
        conditions->errors |= 1U << error;
        return true;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 429, or 5xx for a hundred of them. */
static bool add_status(struct retry_conditions *conditions, const char *word, size_t length)
{
    if (length != 3 || word[0] < '1' || word[0] > '9')
        return false;
    unsigned first = (unsigned)(word[0] - '0') * 100, count = 100;
    if (is_digit(word[1]) && is_digit(word[2])) {
        first += (unsigned)(word[1] - '0') * 10 + (unsigned)(word[2] - '0');
        count = 1;
    } else if (strncasecmp(word + 1, "xx", 2) != 0) {
        return false;
    }
    for (unsigned status = first; status < first + count; status++)
        conditions->statuses[status / 64] |= 1ULL << status % 64;
    return true;
}

int retry_conditions_parse(const char *list, struct retry_conditions *ret_conditions)
{
    struct retry_conditions conditions = {.given = true};
    for (;; list++) {
        size_t length = strcspn(list, ",");
        if (!add_status(&conditions, list, length) && !add_error(&conditions, list, length))
            return af_raise(-EINVAL,
                            "'%.*s' is neither a status (429, 5xx) nor one of resolve, connect, "
                            "tls, timeout, reset, protocol, redirect, too_large, io, other",
                            (int)length, list);
        list += length;
        if (!*list)
            break;
    }
    *ret_conditions = conditions;
    return 0;
}

bool retry_conditions_match(const struct retry_conditions *conditions, const af_response *response)
{
    if (response->error != AF_HTTP_OK)
        return conditions->errors >> response->error & 1;
    long status = response->status;
    return status > 0 && status < STATUS_LIMIT &&
           conditions->statuses[status / 64] >> status % 64 & 1;
}
