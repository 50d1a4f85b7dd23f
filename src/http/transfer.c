#include "http/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/body.h"
#include "http/decoder.h"
#include "http/headers.h"
#include "http/redirect.h"
#include "http/response.h"
#include "http/time_limits.h"
#include "http/transfer_owner.h"
#include "http/url.h"

/* Bytes of headers, of all responses to a request. libcurl takes 300 KiB of each, and of trailers
 * any number. */
static const size_t HEADERS_MAXIMUM = 4 << 20;

/* -------------------------------------------------------------- the future */

static bool cancel_transfer(af_future *future)
{
    struct transfer *transfer = container_of(future, struct transfer, future);
    if (af_future_done(future))
        return false;
    af_future_ref(future); /* the client lets go of its reference */
    client_abandon(transfer);
    future_cancelled(future);
    af_future_unref(future);
    return true;
}

static void destroy_transfer(af_future *future)
{
    struct transfer *transfer = container_of(future, struct transfer, future);
    if (transfer->first)
        af_future_unref(&transfer->first->future);
    curl_slist_free_all(transfer->request_headers);
    free(transfer->cookies);
    free(transfer->referer);
    free(transfer->redirect);
    free(transfer->codings);
    decoder_free(transfer->decoder);
    free(transfer->failure_text);
    free(transfer->strings);
    buffer_free(&transfer->body);
    headers_free(&transfer->header_lines);
    free(transfer->headers);
    free(transfer);
}

static const struct future_type transfer_type = {.cancel = cancel_transfer,
                                                 .destroy = destroy_transfer};
static const struct handle_type timer_type = {.run = time_limits_run};

bool future_is_transfer(const af_future *future)
{
    return future->type == &transfer_type;
}

/* True if repeating the request has no other effect than sending it once (RFC 9110, 9.2.2). */
static bool is_idempotent(const af_request *request)
{
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
    if (!request->method)
        return !request->content;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i], request->method) == 0)
            return true;
    return false;
}

/* The headers are the caller's, for which the transfer has its own list. */
static void copy_request(struct transfer *transfer, const af_request *request, size_t url_size)
{
    transfer->request = *request;
    transfer->request.headers = NULL;
    transfer->request.url = memcpy(transfer->text, request->url, url_size);
    if (request->method)
        transfer->request.method = strcpy(transfer->text + url_size, request->method);
}

int transfer_new(af_client *client, af_loop *loop, const af_request *request, int64_t max_body,
                 struct transfer **ret_transfer)
{
    size_t url_size = strlen(request->url) + 1;
    size_t method_size = request->method ? strlen(request->method) + 1 : 0;
    struct transfer *transfer = malloc(sizeof *transfer + url_size + method_size);
    if (!transfer)
        return -ENOMEM;
    *transfer =
        (struct transfer){.client = client, .length = -1, .is_idempotent = is_idempotent(request)};
    copy_request(transfer, request, url_size);
    future_init(&transfer->future, &transfer_type, loop);
    list_init(&transfer->link);
    timer_init(&transfer->timer, &timer_type);
    /* One byte more for the NUL behind the body. */
    buffer_init(&transfer->body, max_body > 0 ? (size_t)max_body + 1 : SIZE_MAX);
    headers_init(&transfer->header_lines, HEADERS_MAXIMUM);
    *ret_transfer = transfer;
    return 0;
}

/* ------------------------------------------------------------ how it ended */

static int finish_body(struct transfer *transfer)
{
    af_response *response = &transfer->response;
    if (transfer->request.body != AF_BODY_MEMORY || response->status == 0)
        return 0;
    size_t size = transfer->body.length;
    int r = buffer_append_char(&transfer->body, '\0');
    if (r < 0)
        return r;
    response->body = transfer->body.data;
    response->body_size = size;
    return 0;
}

static int finish_headers(struct transfer *transfer)
{
    af_response *response = &transfer->response;
    if (!transfer->request.keep_headers || response->status == 0)
        return 0;
    struct parsed_headers parsed;
    int r = headers_parse(&transfer->header_lines, &parsed);
    if (r < 0)
        return r;
    response->headers = transfer->headers = parsed.list;
    response->header_count = parsed.header_count;
    response->trailers = parsed.list + parsed.header_count;
    response->trailer_count = parsed.trailer_count;
    return 0;
}

/* Sets the error of the response, if there is one. */
static void explain(struct transfer *transfer, CURLcode result)
{
    af_response *response = &transfer->response;
    const struct failure *failure = &transfer->failure;
    if (failure->error == AF_HTTP_OK) {
        response_explain(response, transfer->easy->curl, result,
                         &client_settings(transfer->client)->options);
        if (transfer->first && response->error == AF_HTTP_URL)
            response->error = AF_HTTP_REDIRECT; /* the server's URL, not the caller's */
        return;
    }
    response->error = failure->error;
    response->limit = failure->limit;
    response->curl_code = (int)failure->code;
    response->error_text = failure->text;
}

/* Adds the time that passed before libcurl got the transfer. */
static void add_wait(struct transfer *transfer)
{
    af_response *response = &transfer->response;
    int64_t *const times[] = {&response->time_namelookup,    &response->time_connect,
                              &response->time_appconnect,    &response->time_pretransfer,
                              &response->time_starttransfer, &response->time_total};
    int64_t wait = (int64_t)((transfer->given - transfer->began) * 1e6);
    for (size_t i = 0; i < sizeof times / sizeof times[0] && wait > 0; i++)
        *times[i] += *times[i] > 0 ? wait : 0;
}

static void finish_times(struct transfer *transfer, CURLcode result)
{
    af_response *response = &transfer->response;
    add_wait(transfer);
    /* libcurl keeps its total up to date only as long as the transfer moves. */
    if (result == CURLE_ABORTED_BY_CALLBACK || transfer->failure.limit == AF_HTTP_LIMIT_IDLE ||
        !transfer->easy)
        response->time_total = (int64_t)((response->end - transfer->began) * 1e6);
    redirect_add_totals(&transfer->before, response);
    if (response->time_total > 0)
        response->speed_download =
            (int64_t)((double)response->size_download * 1e6 / (double)response->time_total);
}

void transfer_note_failure(struct transfer *transfer, struct failure failure, int r)
{
    free(transfer->failure_text);
    transfer->failure_text = strdup(af_error_text(af_raised(r)));
    transfer->failure = failure;
    transfer->failure.text =
        transfer->failure_text ? transfer->failure_text : curl_easy_strerror(failure.code);
}

/* Fills the response of a transfer that libcurl never had. */
static int fill_unsent(struct transfer *transfer)
{
    af_response *response = &transfer->response;
    const af_request *request = &transfer->request;
    response->method = request->method ? request->method : request->content ? "POST" : "GET";
    response->scheme = transfer->origin && transfer->origin->is_secure ? "https" : "http";
    int r = url_complete(request->url, &transfer->strings);
    response->url = transfer->strings;
    return r;
}

static int fill(struct transfer *transfer, CURLcode result)
{
    af_response *response = &transfer->response;
    struct easy *easy = transfer->easy;
    if (result == CURLE_OK)
        easy->error_text[0] = '\0'; /* libcurl may leave a note of something it got over */
    const char *error = ca_store_error(easy->settings->ca_store, result);
    if (error)
        snprintf(easy->error_text, sizeof easy->error_text, "%s", error);
    int r = response_fill(response, easy->curl, &easy->endpoints, easy->error_text,
                          transfer->string_room, sizeof transfer->string_room, &transfer->strings);
    if (transfer->request.content)
        curl_easy_getinfo(easy->curl, CURLINFO_SIZE_UPLOAD_T, &response->size_upload);
    return r;
}

/* libcurl has all that came. Headers that end with the connection are fine for it. */
static void finish_message(struct transfer *transfer)
{
    if (transfer->is_cut && transfer->length < 0)
        transfer->failure =
            (struct failure){AF_HTTP_RESET, AF_HTTP_LIMIT_NONE, CURLE_PARTIAL_FILE,
                             "the HTTP/2 stream was reset before the end of the body"};
    else if (transfer->answered)
        body_finish(transfer);
    else
        transfer->failure = (struct failure){AF_HTTP_RESET, AF_HTTP_LIMIT_NONE, CURLE_RECV_ERROR,
                                             "connection closed within the response headers"};
}

void transfer_finish(struct transfer *transfer, CURLcode result)
{
    af_response *response = &transfer->response;
    if (result == CURLE_OK)
        finish_message(transfer);
    if (transfer->failure.error != AF_HTTP_OK)
        result = transfer->failure.code;
    int r = transfer->easy ? fill(transfer, result) : fill_unsent(transfer);
    if (r >= 0)
        r = finish_headers(transfer);
    if (r >= 0)
        r = finish_body(transfer);
    if (r < 0)
        transfer->failure = OUT_OF_MEMORY;
    if (transfer->redirects)
        response->size_download = 0;
    response->end = af_loop_time(transfer->future.loop);
    finish_times(transfer, result);
    explain(transfer, result); /* the limit shows in the times */
    if (transfer->redirects && response->error == AF_HTTP_OK)
        redirect_find(transfer);
}

void transfer_reset(struct transfer *transfer)
{
    transfer->connecting = transfer->sent = transfer->unanswered = false;
    transfer->sendings = 0;
    transfer->failure = (struct failure){0};
}

/* ----------------------------------------------------------------- the face */

long af_request_status(const af_future *future)
{
    const struct transfer *transfer = container_of(future, struct transfer, future);
    long status = 0;
    if (future_is_transfer(future) && transfer->easy)
        curl_easy_getinfo(transfer->easy->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

const af_response *af_request_response(const af_future *future)
{
    return future_is_transfer(future) ? &container_of(future, struct transfer, future)->response
                                      : NULL;
}

const char *af_request_redirect(const af_future *future)
{
    const struct transfer *transfer = container_of(future, struct transfer, future);
    bool leads_on = future_is_transfer(future) && af_future_done(future) &&
                    transfer->response.error == AF_HTTP_OK;
    return leads_on ? transfer->redirect : NULL;
}

void af_request_discard(af_future *future)
{
    if (!future_is_transfer(future) || !af_future_done(future))
        return;
    struct transfer *transfer = container_of(future, struct transfer, future);
    af_response *response = &transfer->response;
    buffer_free(&transfer->body);
    headers_free(&transfer->header_lines);
    free(transfer->headers);
    transfer->headers = NULL;
    response->headers = NULL;
    response->header_count = 0;
    response->trailers = NULL;
    response->trailer_count = 0;
    response->body = NULL;
    response->body_size = 0;
}
