#include "http/transfer_result.h"

#include <stdio.h>

#include "http/body.h"
#include "http/easy_state.h"
#include "http/headers.h"
#include "http/redirect.h"
#include "http/response.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"
#include "http/url.h"

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
