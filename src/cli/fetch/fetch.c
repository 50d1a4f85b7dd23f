#include "cli/fetch/fetch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/header_line.h"

/* The result of an attempt that is to be retried. */
enum { TRY_AGAIN = AF_USER_ERROR };

/* -------------------------------------------------------------------- life */

static int open_body_file(struct fetch *fetch)
{
    const struct json_request *json = fetch->json;
    if (!fetch->session->directory || fetch->entry_error)
        return 0;
    struct file_name name =
        json && json->filename ? file_name_of_text(json->filename) : file_name_of_url(fetch->url);
    return body_file_new(fetch->session->directory, &name, &fetch->file);
}

/* Bytes that are kept until the record is written. The URL is in the response too. */
static size_t kept_size(const struct fetch *fetch)
{
    size_t size = 2 * strlen(fetch->url);
    const struct json_request *json = fetch->json;
    for (size_t i = 0; json && i < json->headers.count; i++)
        size += strlen(json->headers.strings[i]);
    return size;
}

int fetch_new(struct session *session, const struct entry *entry, const struct ticket *ticket,
              struct fetch **ret_fetch)
{
    size_t size = strlen(entry->url) + 1;
    struct fetch *fetch = malloc(sizeof *fetch + size);
    if (!fetch)
        return -ENOMEM;
    fetch->session = session;
    fetch->ticket = *ticket;
    fetch->observed = (struct observed){
        .observers = session->observers, .index = entry->index, .url = fetch->url};
    fetch->list_name = entry->list_name;
    fetch->line = entry->line;
    fetch->entry_error = entry->error;
    fetch->json = json_request_ref(entry->request);
    if (header_lines_have(session->options->headers.strings, "Content-Type"))
        json_request_drop_default_type(fetch->json);
    fetch->request = effective_request_make(session->options, fetch->json);
    fetch->file = NULL;
    fetch->response = NULL;
    fetch->result = AF_CANCELLED;
    fetch->end = INFINITY;
    fetch->finished = false;
    memcpy(fetch->url, entry->url, size);
    int r = open_body_file(fetch);
    if (r < 0) {
        json_request_unref(fetch->json);
        free(fetch);
        return r;
    }
    memory_budget_charge(&session->budget, &fetch->charge, kept_size(fetch),
                         fetch->json ? fetch->json->body.length : 0);
    observers_queued(&fetch->observed);
    *ret_fetch = fetch;
    return 0;
}

void fetch_free(void *arg)
{
    struct fetch *fetch = arg;
    ticket_end(&fetch->ticket); /* of a fetch that never ran */
    memory_budget_release(&fetch->session->budget, &fetch->charge);
    body_file_free(fetch->file);
    af_future_unref(fetch->response);
    json_request_unref(fetch->json);
    free(fetch);
}

/* -------------------------------------------------------------- the record */

static const af_response *response_of(const struct fetch *fetch)
{
    return fetch->response ? af_request_response(fetch->response) : NULL;
}

/* Sets what the record says of the response. A request that waited and was never sent has none. */
static void add_response(const struct fetch *fetch, int result, struct record *record)
{
    static const af_response not_sent;
    const af_response *response = response_of(fetch);
    if (fetch->session->options->dry_run && result >= 0) {
        record->method = effective_request_method(&fetch->request);
        record->response = &not_sent;
    } else if (response && response->started_at > 0) {
        record->method = response->method;
        record->response = response;
        record->time_start = response->start - fetch->session->began;
        record->time_end = response->end - fetch->session->began;
    }
}

/* Makes the record of a fetch whose attempts have ended with RESULT. */
static struct record make_record(struct fetch *fetch, int result)
{
    struct record record = {
        .index = fetch->observed.index,
        .url = fetch->url,
        .retries = fetch->observed.retries,
        .filename = fetch->file ? body_file_name(fetch->file) : NULL,
        .time_start = NAN,
        .time_end = NAN,
    };
    if (fetch->json)
        record.id = (struct record_id){fetch->json->id, fetch->json->id_is_number};
    add_response(fetch, result, &record);
    const struct outcome_input input = {
        .options = fetch->session->options,
        .list_name = fetch->list_name,
        .line = fetch->line,
        .entry_error = fetch->entry_error,
        .request = &fetch->request,
        .result = result,
        .file_error = fetch->file ? body_file_error(fetch->file) : 0,
        .cancelled_by = fetch->session->cancelled_by,
    };
    outcome_judge(&input, &fetch->text, &record);
    return record;
}

const struct record *fetch_record(struct fetch *fetch)
{
    if (!fetch->finished)
        fetch->record = make_record(fetch, fetch->result);
    fetch->finished = true;
    return &fetch->record;
}

static void finish(struct fetch *fetch)
{
    struct session *session = fetch->session;
    const struct record *record = fetch_record(fetch);
    json_request_drop_body(fetch->json);
    memory_budget_finish(&session->budget, &fetch->charge, response_of(fetch));
    observers_finished(&fetch->observed, record);
    if (session->on_finished)
        session->on_finished(record, session->on_finished_arg);
}

/* ------------------------------------------------------------- one attempt */

/* Writes a part of the body to its file, if the response is accepted. */
static int save_body(const void *data, size_t size, void *arg)
{
    struct fetch *fetch = arg;
    long status = af_request_status(fetch->response);
    if (!status_set_has(&fetch->session->options->accept, status))
        return 0;
    return body_file_write(fetch->file, data, size);
}

static enum af_body choose_body(const struct fetch *fetch)
{
    if (fetch->session->options->include_body)
        return AF_BODY_MEMORY;
    return fetch->file ? AF_BODY_CALLBACK : AF_BODY_DISCARD;
}

/* Follows each redirect as a request of its own, to which every limit applies. */
static int follow_redirects(struct fetch *fetch)
{
    const char *url;
    int r;
    while ((r = af_await(fetch->response, NULL)) >= 0 &&
           (url = af_request_redirect(fetch->response))) {
        af_future *next;
        r = ticket_redirect(&fetch->ticket, url);
        if (r >= 0)
            r = af_client_follow(fetch->session->client, fetch->response, &next);
        if (r < 0)
            break;
        af_future_unref(fetch->response);
        fetch->response = next;
    }
    return r;
}

static int send_request(struct fetch *fetch)
{
    af_request request = {
        .url = fetch->url,
        .body = choose_body(fetch),
        .on_body = fetch->file ? save_body : NULL,
        .on_body_arg = fetch,
        .keep_headers = fetch->session->options->keep_headers,
        .listener = observers_listener(&fetch->observed),
        .listener_arg = &fetch->observed,
    };
    effective_request_apply(&fetch->request, &request);
    if (fetch->file)
        body_file_discard(fetch->file);
    af_future_unref(fetch->response);
    fetch->response = NULL;
    return af_client_request(fetch->session->client, &request, &fetch->response);
}

/* The delay that Retry-After asks for, up to --retry-max-delay; 0 without it. */
static double retry_after(const struct fetch *fetch)
{
    int64_t delay = response_of(fetch)->retry_after;
    return delay > 0 ? fmin((double)delay, fetch->session->options->retry_max_delay) : 0;
}

/* Makes an attempt. Returns 0 even if the request failed, unless it is to be retried. */
static int make_attempt(void *arg, void **ret_result)
{
    (void)ret_result;
    struct fetch *fetch = arg;
    const struct options *options = fetch->session->options;
    int r = send_request(fetch);
    if (r >= 0)
        r = follow_redirects(fetch);
    if (r < 0 || options->retries == 0 ||
        !retry_conditions_match(&options->retry_on, response_of(fetch)))
        return r < 0 ? r : 0;
    double delay = retry_after(fetch);
    if (delay > 0)
        ticket_hold_host(&fetch->ticket, delay);
    return TRY_AGAIN;
}

/* ----------------------------------------------------------------- retries */

/* Reports an attempt that is retried as if it were the last. */
static void report_retry(struct fetch *fetch, double delay)
{
    if (!fetch->observed.observers)
        return;
    struct record record = make_record(fetch, 0);
    observers_retry(&fetch->observed, &record, delay);
}

static bool choose_retry(int code, unsigned attempts, double *delay, void *arg)
{
    (void)attempts;
    struct fetch *fetch = arg;
    if (code != TRY_AGAIN)
        return false;
    double asked = retry_after(fetch);
    if (asked > 0)
        *delay = asked;
    /* If the time does not suffice, report the response now, not a time-out later. */
    if (asked > 0 && af_loop_time(af_running_loop()) + asked >= fetch->end)
        return false;
    report_retry(fetch, *delay);
    return true;
}

/* Waits until an attempt may start. */
static int enter(struct fetch *fetch)
{
    struct memory_budget *budget = &fetch->session->budget;
    int r;
    while ((r = ticket_enter(&fetch->ticket, fetch->url)) >= 0 &&
           memory_budget_blocks(budget, &fetch->charge)) {
        ticket_leave(&fetch->ticket);
        r = memory_charge_wait(&fetch->charge);
        if (r < 0)
            break;
    }
    return r;
}

/* While backing off, releases the slots and the response. */
static int back_off(double delay, void *arg)
{
    struct fetch *fetch = arg;
    ticket_leave(&fetch->ticket);
    af_request_discard(fetch->response);
    if (fetch->file && body_file_error(fetch->file) >= 0)
        body_file_discard(fetch->file);
    int r = af_sleep(delay);
    if (r >= 0)
        r = enter(fetch);
    if (r < 0)
        return r;
    fetch->observed.retries++;
    observers_admitted(&fetch->observed);
    return 0;
}

static int run_attempts(struct fetch *fetch)
{
    const struct options *options = fetch->session->options;
    af_retry_options retry = {
        .retries = (unsigned)options->retries,
        .delay = options->retry_delay,
        .max_delay = options->retry_max_delay,
        .should_retry = choose_retry,
        .wait = back_off,
        .arg = fetch,
    };
    int r = af_retry(&retry, make_attempt, fetch, NULL);
    return r == TRY_AGAIN ? 0 : r;
}

static void set_end(struct fetch *fetch)
{
    const struct session *session = fetch->session;
    double limit = fetch->request.timeout, deadline = session->options->deadline;
    if (limit > 0)
        fetch->end = af_loop_time(af_running_loop()) + limit;
    if (deadline > 0)
        fetch->end = fmin(fetch->end, session->began + deadline);
}

/* Starts the time limit with the first attempt: the time in the queue does not count. */
static int fetch_in_time(struct fetch *fetch)
{
    double limit = fetch->request.timeout;
    int r = enter(fetch);
    if (r < 0)
        return r;
    observers_admitted(&fetch->observed);
    set_end(fetch);
    if (limit == 0)
        return run_attempts(fetch);
    af_timeout timeout;
    r = af_timeout_enter(&timeout, limit);
    return r < 0 ? r : af_timeout_exit(&timeout, run_attempts(fetch));
}

/* True if there is a body, even an empty one, which becomes an empty file. A 205 must not have a
 * body (RFC 9110), but libcurl reads one, which is kept. */
static bool has_body(const af_response *response)
{
    bool head = response->method && strcmp(response->method, "HEAD") == 0;
    bool never = response->status < 200 || response->status == 204 || response->status == 304;
    return !head && !never && !(response->status == 205 && response->size_download == 0);
}

/* Names the file of the body if the response is complete and accepted, and otherwise removes it,
 * before the record is made. */
static void keep_body(struct fetch *fetch)
{
    const af_response *response = response_of(fetch);
    bool complete = fetch->result >= 0 && response && response->error == AF_HTTP_OK;
    if (complete && has_body(response) &&
        status_set_has(&fetch->session->options->accept, response->status))
        body_file_commit(fetch->file, response->content_type);
    else if (body_file_error(fetch->file) >= 0)
        body_file_discard(fetch->file);
}

int fetch_run(void *arg, void **ret_result)
{
    (void)ret_result;
    struct fetch *fetch = arg;
    if (fetch->entry_error)
        fetch->result = -EINVAL;
    else
        fetch->result = fetch->session->options->dry_run ? 0 : fetch_in_time(fetch);
    if (fetch->file)
        keep_body(fetch);
    finish(fetch);
    ticket_end(&fetch->ticket);
    return fetch->result == AF_CANCELLED ? AF_CANCELLED : 0;
}
