/* What became of a fetch, as its record tells it. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/fetch/fetch.h"

/* The text of a record, for which libcurl's own is not enough. */
__attribute__((format(printf, 2, 3))) static const char *tell(struct fetch *fetch,
                                                              const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fetch->errormsg, sizeof fetch->errormsg, format, arguments);
    va_end(arguments);
    return fetch->errormsg;
}

/* What is wrong with a line, and where it stands. */
static const char *tell_place(struct fetch *fetch, const char *text)
{
    if (fetch->line == 0)
        return tell(fetch, "%s", text);
    return tell(fetch, "%s (%s, line %zu)", text, fetch->origin, fetch->line);
}

/* What must be done to a URL that is none, where that is easily said. */
static const char *url_advice(const char *url)
{
    const char *after = url + strspn(url, " \t");
    if (*after == '<')
        return "this is HTML or XML: give the URLs alone, one a line";
    /* A part of an object that stands on several lines. */
    if ((*after && strchr("[]}", *after)) || (*after == '"' && strstr(after, "\":")))
        return "a line is one URL, or one whole object in JSON (jq -c)";
    if (*after == '"' || *after == '\'')
        return "leave out the quotes (jq -r prints none)";
    if (strpbrk(url, " \t"))
        return "write a blank as %20";
    return NULL;
}

static const char *tell_url(struct fetch *fetch, const char *text)
{
    static const char no_url[] = "not a URL: ";
    char advised[128];
    const char *advice = url_advice(fetch->url);
    /* In the place of what libcurl stumbled over, which is seldom the cause. */
    bool advises = advice && strncmp(text, no_url, strlen(no_url)) == 0;
    snprintf(advised, sizeof advised, "%s%s", no_url, advises ? advice : "");
    return tell_place(fetch, advises ? advised : text);
}

/* What became of the file in which the body was to be saved. */
static void judge_file(struct fetch *fetch, struct record *record)
{
    record->outcome = OUTCOME_IO;
    record->errormsg =
        tell(fetch, "the body cannot be saved: %s", strerror(-body_file_error(fetch->file)));
    record->exitcode = af_http_curl_code(AF_HTTP_IO);
}

/* Adds the option that set the time limit. */
static const char *tell_timeout(struct fetch *fetch, const af_response *response)
{
    static const char *const options[] = {
        [AF_HTTP_LIMIT_CONNECT] = "--connect-timeout",
        [AF_HTTP_LIMIT_IDLE] = "--idle-timeout",
        [AF_HTTP_LIMIT_ATTEMPT] = "--attempt-timeout",
    };
    return tell(fetch, "%s (%s)", response->error_text, options[response->limit]);
}

static const char *tell_size(struct fetch *fetch)
{
    static const char *const units[] = {"", "k", "M", "G"};
    int64_t most = fetch->session->options->max_filesize;
    int unit = 0;
    while (unit < 3 && most % 1024 == 0) {
        most /= 1024;
        unit++;
    }
    return tell(fetch, "the body is larger than %" PRId64 "%s%s (--max-filesize)", most,
                units[unit], unit == 0 ? " bytes" : "");
}

static const char *tell_error(struct fetch *fetch, const af_response *response)
{
    if (response->error == AF_HTTP_URL) {
        /* libcurl says in full what is wrong only of a URL by itself. */
        int r = af_url_check(fetch->url);
        return tell_url(fetch, r == -EINVAL ? af_error_text(af_raised(r)) : response->error_text);
    }
    switch (response->limit) {
    case AF_HTTP_LIMIT_CONNECT:
    case AF_HTTP_LIMIT_IDLE:
    case AF_HTTP_LIMIT_ATTEMPT:
        return tell_timeout(fetch, response);
    case AF_HTTP_LIMIT_BODY:
        return tell_size(fetch);
    default: /* limits that no option sets */
        return response->error_text;
    }
}

/* What the transfer itself has to say. */
static void judge_response(struct fetch *fetch, struct record *record)
{
    const af_response *response = record->response;
    if (fetch->file && body_file_error(fetch->file) < 0) {
        judge_file(fetch, record);
        return;
    }
    record->exitcode = response->curl_code;
    if (response->error != AF_HTTP_OK) {
        record->outcome = (enum outcome)response->error;
        record->errormsg = tell_error(fetch, response);
        return;
    }
    if (status_set_has(&fetch->session->options->accept, response->status))
        return;
    record->outcome = OUTCOME_STATUS;
    record->errormsg = tell(fetch, "the server answered %ld", response->status);
}

/* What the program did to it. */
static enum af_http_error judge_result(struct fetch *fetch)
{
    const char *cancelled_by = fetch->session->cancelled_by;
    if (fetch->entry_error) {
        tell_place(fetch, fetch->entry_error);
        return AF_HTTP_URL;
    }
    if (fetch->result == AF_TIMEOUT) {
        tell(fetch, "not done after %g s (%s)", fetch_time_limit(fetch),
             fetch->asked && !isnan(fetch->asked->timeout) ? "its timeout" : "--timeout");
        return AF_HTTP_TIMEOUT;
    }
    if (fetch->result == AF_CANCELLED) {
        tell(fetch, "%s", cancelled_by ? cancelled_by : "the run has ended");
        return AF_HTTP_CANCELLED;
    }
    tell(fetch, "%s", af_strerror(fetch->result));
    return AF_HTTP_OTHER;
}

/* What --dry-run has to say: what would be asked for. */
static void plan_record(struct fetch *fetch, struct record *record)
{
    int r = af_url_check(fetch->url);
    af_request request = {0};
    fetch_choose_request(fetch, &request);
    bool has_body = request.content || (fetch->asked && fetch->asked->has_body);
    const char *method = request.method ? request.method : has_body ? "POST" : "GET";
    fetch->session->planned = (af_response){.method = method};
    record->response = &fetch->session->planned;
    if (r >= 0)
        return;
    record->outcome = OUTCOME_URL;
    record->errormsg = tell_url(fetch, af_error_text(af_raised(r)));
    record->exitcode = af_http_curl_code(AF_HTTP_URL);
}

struct record fetch_record(struct fetch *fetch)
{
    struct record record = {
        .index = fetch->observed.index,
        .url = fetch->url,
        .retries = fetch->observed.retries,
        .filename = fetch->file ? body_file_name(fetch->file) : NULL,
        .time_start = NAN,
        .time_end = NAN,
    };
    if (fetch->asked)
        record.id = (struct record_id){fetch->asked->id, fetch->asked->id_is_number};
    const af_response *response = fetch->request ? af_request_response(fetch->request) : NULL;
    /* A request that waited for others and was never begun has nothing to tell. */
    if (response && response->started_at > 0) {
        record.response = response;
        record.time_start = response->start - fetch->session->began;
        record.time_end = response->end - fetch->session->began;
    }
    if (fetch->result >= 0 && fetch->session->options->dry_run) {
        plan_record(fetch, &record);
    } else if (fetch->result >= 0 && record.response) {
        judge_response(fetch, &record);
    } else {
        enum af_http_error error = judge_result(fetch);
        record.outcome = (enum outcome)error;
        record.errormsg = fetch->errormsg;
        record.exitcode = af_http_curl_code(error);
    }
    return record;
}
