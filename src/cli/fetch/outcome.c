#include "cli/fetch/outcome.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <afetch/error.h>

__attribute__((format(printf, 2, 3))) static const char *format(struct outcome_text *text,
                                                                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text->text, sizeof text->text, format, arguments);
    va_end(arguments);
    return text->text;
}

/* Only the client's errors have a code of libcurl's. */
static void set_error(struct record *record, enum af_http_error error, const char *errormsg)
{
    record->outcome = (enum outcome)error;
    record->errormsg = errormsg;
    record->exitcode = af_http_curl_code(error);
}

/* ----------------------------------------------------------- invalid entries */

/* ERROR with the place of the line in the list. */
static const char *locate(const struct outcome_input *input, struct outcome_text *text,
                          const char *error)
{
    if (input->line == 0)
        return format(text, "%s", error);
    return format(text, "%s (%s, line %zu)", error, input->list_name, input->line);
}

/* Advice for correcting an invalid URL, or NULL. */
static const char *url_advice(const char *url)
{
    const char *after = url + strspn(url, " \t");
    if (*after == '<')
        return "this is HTML or XML: write only URLs, one per line";
    /* A part of an object that stands on several lines. */
    if ((*after && strchr("[]}", *after)) || (*after == '"' && strstr(after, "\":")))
        return "each line must be one URL or one complete JSON object (jq -c)";
    if (*after == '"' || *after == '\'')
        return "remove the quotes (jq -r prints none)";
    if (strpbrk(url, " \t"))
        return "encode a blank as %20";
    return NULL;
}

/* True for ftp://, false for "http:// and <http://. */
static bool has_other_scheme(const char *url)
{
    size_t length = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    bool is_http = strncasecmp(url, "http", 4) == 0 && length >= 4 && length <= 5;
    return strncmp(url + length, "://", 3) == 0 && length > 0 && !is_http;
}

/* The error of a URL that is not valid. Advice replaces REASON, libcurl's, which seldom is the
 * cause; but that the scheme is wrong needs none. */
static const char *url_error(const struct outcome_input *input, struct outcome_text *text,
                             const char *url, const char *reason)
{
    char advised[128];
    const char *advice = has_other_scheme(url) ? NULL : url_advice(url);
    snprintf(advised, sizeof advised, "not a URL: %s", advice ? advice : "");
    return locate(input, text, advice ? advised : reason);
}

/* ------------------------------------------------------------- the response */

static const char *timeout_error(struct outcome_text *text, const af_response *response)
{
    static const char *const options[] = {
        [AF_HTTP_LIMIT_CONNECT] = "--connect-timeout",
        [AF_HTTP_LIMIT_IDLE] = "--idle-timeout",
        [AF_HTTP_LIMIT_ATTEMPT] = "--attempt-timeout",
    };
    return format(text, "%s (%s)", response->error_text, options[response->limit]);
}

static const char *size_error(struct outcome_text *text, int64_t maximum)
{
    static const char *const units[] = {"", "k", "M", "G"};
    int unit = 0;
    while (unit < 3 && maximum % 1024 == 0) {
        maximum /= 1024;
        unit++;
    }
    return format(text, "the body is larger than %" PRId64 "%s%s (--max-filesize)", maximum,
                  units[unit], unit == 0 ? " bytes" : "");
}

static const char *response_error(const struct outcome_input *input, struct outcome_text *text,
                                  const char *url, const af_response *response)
{
    if (response->error == AF_HTTP_URL) {
        /* Only a check of the URL by itself gives libcurl's full reason. */
        int r = af_url_check(url);
        return r == -EINVAL ? url_error(input, text, url, af_error_text(af_raised(r)))
                            : locate(input, text, response->error_text);
    }
    switch (response->limit) {
    case AF_HTTP_LIMIT_CONNECT:
    case AF_HTTP_LIMIT_IDLE:
    case AF_HTTP_LIMIT_ATTEMPT:
        return timeout_error(text, response);
    case AF_HTTP_LIMIT_BODY:
        return size_error(text, input->options->client.max_body);
    default: /* limits that no option sets */
        return response->error_text;
    }
}

static void judge_response(const struct outcome_input *input, struct outcome_text *text,
                           struct record *record)
{
    const af_response *response = record->response;
    if (input->file_error < 0) {
        set_error(record, AF_HTTP_IO,
                  format(text, "cannot save the body: %s", strerror(-input->file_error)));
        return;
    }
    record->exitcode = response->curl_code;
    if (response->error != AF_HTTP_OK) {
        record->outcome = (enum outcome)response->error;
        record->errormsg = response_error(input, text, record->url, response);
    } else if (!status_set_has(&input->options->accept, response->status)) {
        record->outcome = OUTCOME_STATUS;
        record->errormsg = format(text, "the server answered %ld", response->status);
    }
}

/* ------------------------------------------------- without a complete response */

static void judge_result(const struct outcome_input *input, struct outcome_text *text,
                         struct record *record)
{
    if (input->entry_error)
        set_error(record, AF_HTTP_URL, locate(input, text, input->entry_error));
    else if (input->result == AF_TIMEOUT)
        set_error(record, AF_HTTP_TIMEOUT,
                  format(text, "timed out after %g s (%s)", input->request->timeout,
                         input->request->timeout_is_own ? "timeout of the line" : "--timeout"));
    else if (input->result == AF_CANCELLED)
        set_error(record, AF_HTTP_CANCELLED,
                  input->cancelled_by ? input->cancelled_by : "the run has ended");
    else
        set_error(record, AF_HTTP_OTHER, format(text, "%s", af_strerror(input->result)));
}

/* --dry-run: only the URL can be wrong. */
static void judge_plan(const struct outcome_input *input, struct outcome_text *text,
                       struct record *record)
{
    int r = af_url_check(record->url);
    if (r < 0)
        set_error(record, AF_HTTP_URL,
                  url_error(input, text, record->url, af_error_text(af_raised(r))));
}

void outcome_judge(const struct outcome_input *input, struct outcome_text *text,
                   struct record *record)
{
    record->outcome = OUTCOME_OK;
    record->errormsg = NULL;
    record->exitcode = 0;
    if (input->result >= 0 && input->options->dry_run)
        judge_plan(input, text, record);
    else if (input->result >= 0 && record->response)
        judge_response(input, text, record);
    else
        judge_result(input, text, record);
}
