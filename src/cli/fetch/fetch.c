#include "cli/fetch/fetch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/text/http_syntax.h"

/* What an attempt returns that is to be made again. */
enum { TRY_AGAIN = AF_USER_ERROR };

/* Where bodies are saved, every URL has its file. */
static int choose_file(struct fetch *fetch)
{
    const struct json_request *asked = fetch->asked;
    if (!fetch->session->directory || fetch->entry_error)
        return 0;
    struct file_name name = asked && asked->filename ? file_name_of_text(asked->filename)
                                                     : file_name_of_url(fetch->url);
    return body_file_new(fetch->session->directory, &name, &fetch->file);
}

/* What it is made of, and keeps until its record is written: the URL is in its response too. */
static size_t kept_size(const struct fetch *fetch)
{
    size_t size = 2 * strlen(fetch->url);
    const struct json_request *asked = fetch->asked;
    for (size_t i = 0; asked && i < asked->headers.count; i++)
        size += strlen(asked->headers.strings[i]);
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
    fetch->origin = entry->origin;
    fetch->line = entry->line;
    fetch->entry_error = entry->error;
    fetch->asked = json_request_ref(entry->request);
    if (http_names_header(session->options->headers.strings, "Content-Type"))
        json_request_drop_default_type(fetch->asked);
    fetch->observed = (struct observed){
        .observers = session->observers, .index = entry->index, .url = fetch->url};
    fetch->file = NULL;
    fetch->request = NULL;
    fetch->result = AF_CANCELLED;
    fetch->end = INFINITY;
    memcpy(fetch->url, entry->url, size);
    int r = choose_file(fetch);
    if (r < 0) {
        json_request_unref(fetch->asked);
        free(fetch);
        return r;
    }
    memory_budget_charge(&session->budget, &fetch->charge, kept_size(fetch),
                         fetch->asked ? fetch->asked->body.length : 0);
    observers_queued(&fetch->observed);
    *ret_fetch = fetch;
    return 0;
}

void fetch_free(void *arg)
{
    struct fetch *fetch = arg;
    ticket_end(&fetch->ticket); /* of one that never ran */
    memory_budget_release(&fetch->session->budget, &fetch->charge);
    body_file_free(fetch->file);
    af_future_unref(fetch->request);
    json_request_unref(fetch->asked);
    free(fetch);
}

static void settle(struct fetch *fetch)
{
    struct session *session = fetch->session;
    json_request_drop_body(fetch->asked);
    memory_budget_finish(&session->budget, &fetch->charge,
                         fetch->request ? af_request_response(fetch->request) : NULL);
    if (!session->settled && !session->observers)
        return;
    struct record record = fetch_record(fetch);
    observers_finished(&fetch->observed, &record);
    if (session->settled)
        session->settled(&record, session->settled_arg);
}

/* ---------------------------------------------------------------- attempts */

/* How long the server asks to be left alone; 0: it does not. */
static double asked_delay(const struct fetch *fetch)
{
    int64_t asked = af_request_response(fetch->request)->retry_after;
    return asked > 0 ? fmin((double)asked, fetch->session->options->retry_max_delay) : 0;
}

/* The body as it comes. What will not be kept is not written. */
static int save_body(const void *data, size_t size, void *arg)
{
    struct fetch *fetch = arg;
    long status = af_request_status(fetch->request);
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

void fetch_choose_request(const struct fetch *fetch, af_request *request)
{
    const struct options *options = fetch->session->options;
    const struct json_request *asked = fetch->asked;
    request->method = options->method;
    request->keep_method = options->method;
    request->content = options->data.data;
    request->content_size = options->data.length;
    if (!asked)
        return;
    request->headers = asked->headers.strings;
    if (asked->has_body) {
        request->content = asked->body.data;
        request->content_size = asked->body.length;
    }
    request->keep_method = options->method && !asked->method;
    if (asked->method)
        request->method = asked->method;
    else if (asked->has_body && options->method && strcmp(options->method, "HEAD") == 0)
        request->method = NULL; /* it would not send the body */
}

/* A redirect is followed as another request: every limit holds for it. */
static int follow_redirects(struct fetch *fetch)
{
    const char *url;
    int r;
    while ((r = af_await(fetch->request, NULL)) >= 0 &&
           (url = af_request_redirect(fetch->request))) {
        af_future *next;
        r = ticket_redirect(&fetch->ticket, url);
        if (r >= 0)
            r = af_client_follow(fetch->session->client, fetch->request, &next);
        if (r < 0)
            break;
        af_future_unref(fetch->request);
        fetch->request = next;
    }
    return r;
}

/* One attempt. That the URL is none, or the server down, is no error here: the response says so. */
static int request_url(void *arg, void **ret_result)
{
    (void)ret_result;
    struct fetch *fetch = arg;
    const struct options *options = fetch->session->options;
    af_request request = {
        .url = fetch->url,
        .body = choose_body(fetch),
        .on_body = fetch->file ? save_body : NULL,
        .on_body_arg = fetch,
        .keep_headers = options->keep_headers,
        .listener = observers_listener(&fetch->observed),
        .listener_arg = &fetch->observed,
    };
    fetch_choose_request(fetch, &request);
    if (fetch->file)
        body_file_discard(fetch->file);
    af_future_unref(fetch->request);
    fetch->request = NULL;
    int r = af_client_request(fetch->session->client, &request, &fetch->request);
    if (r >= 0)
        r = follow_redirects(fetch);
    if (r < 0 || options->retries == 0)
        return r;
    if (!retry_conditions_match(&options->retry_on, af_request_response(fetch->request)))
        return 0;
    double asked = asked_delay(fetch);
    if (asked > 0)
        ticket_hold_host(&fetch->ticket, asked);
    return TRY_AGAIN;
}

/* What is to be made again is told of as if it had been the last. */
static void tell_retry(struct fetch *fetch, double delay)
{
    fetch->result = 0;
    struct record record = fetch_record(fetch);
    observers_retry(&fetch->observed, &record, delay);
    fetch->result = AF_CANCELLED;
}

static bool choose_retry(int code, unsigned attempts, double *delay, void *arg)
{
    (void)attempts;
    struct fetch *fetch = arg;
    if (code != TRY_AGAIN)
        return false;
    double asked = asked_delay(fetch);
    if (asked > 0)
        *delay = asked;
    /* To wait for what no time is left for would only hide what the server answered. */
    if (asked > 0 && af_loop_time(af_running_loop()) + asked >= fetch->end)
        return false;
    if (fetch->session->observers)
        tell_retry(fetch, *delay);
    return true;
}

/* Waits until it may make an attempt. */
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

/* Between two attempts others have its place, and what the answer took. */
static int wait_outside(double delay, void *arg)
{
    struct fetch *fetch = arg;
    ticket_leave(&fetch->ticket);
    af_request_discard(fetch->request);
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

static int request_until_settled(struct fetch *fetch)
{
    const struct options *options = fetch->session->options;
    af_retry_options retry = {
        .retries = (unsigned)options->retries,
        .delay = options->retry_delay,
        .max_delay = options->retry_max_delay,
        .should_retry = choose_retry,
        .wait = wait_outside,
        .arg = fetch,
    };
    int r = af_retry(&retry, request_url, fetch, NULL);
    return r == TRY_AGAIN ? 0 : r;
}

double fetch_time_limit(const struct fetch *fetch)
{
    const struct json_request *asked = fetch->asked;
    bool given = asked && !isnan(asked->timeout);
    return given ? asked->timeout : fetch->session->options->timeout;
}

/* LIMIT is that of the fetch in seconds; 0: none. */
static void set_end(struct fetch *fetch, double limit)
{
    const struct session *session = fetch->session;
    double deadline = session->options->deadline;
    if (limit > 0)
        fetch->end = af_loop_time(af_running_loop()) + limit;
    if (deadline > 0)
        fetch->end = fmin(fetch->end, session->began + deadline);
}

/* The time runs from the first attempt on: how long others were before it in line is not its own
 * time. */
static int fetch_in_time(struct fetch *fetch)
{
    double limit = fetch_time_limit(fetch);
    int r = enter(fetch);
    if (r < 0)
        return r;
    observers_admitted(&fetch->observed);
    set_end(fetch, limit);
    if (limit == 0)
        return request_until_settled(fetch);
    af_timeout timeout;
    r = af_timeout_enter(&timeout, limit);
    return r < 0 ? r : af_timeout_exit(&timeout, request_until_settled(fetch));
}

/* Tells an empty body, which is an empty file, from none, which is no file. A 205 must not have a
 * body (RFC 9110), but libcurl reads one, and it is not thrown away. */
static bool has_body(const af_response *response)
{
    bool head = response->method && strcmp(response->method, "HEAD") == 0;
    bool never = response->status < 200 || response->status == 204 || response->status == 304;
    return !head && !never && !(response->status == 205 && response->size_download == 0);
}

/* The body is kept where the response is whole and accepted, and otherwise removed: before anybody
 * is told of it. */
static void keep_body(struct fetch *fetch)
{
    const af_response *response = fetch->request ? af_request_response(fetch->request) : NULL;
    bool whole = fetch->result >= 0 && response && response->error == AF_HTTP_OK;
    if (whole && has_body(response) &&
        status_set_has(&fetch->session->options->accept, response->status))
        body_file_keep(fetch->file, response->content_type);
    else if (body_file_error(fetch->file) >= 0)
        body_file_discard(fetch->file);
}

int fetch_url(void *arg, void **ret_result)
{
    (void)ret_result;
    struct fetch *fetch = arg;
    if (fetch->entry_error)
        fetch->result = -EINVAL;
    else
        fetch->result = fetch->session->options->dry_run ? 0 : fetch_in_time(fetch);
    if (fetch->file)
        keep_body(fetch);
    settle(fetch);
    ticket_end(&fetch->ticket);
    return fetch->result == AF_CANCELLED ? AF_CANCELLED : 0;
}
