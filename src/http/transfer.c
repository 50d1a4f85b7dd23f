#include "http/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/decoder.h"
#include "http/easy_state.h"
#include "http/transfer_owner.h"

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
    /* One byte more for the NUL behind the body. */
    buffer_init(&transfer->body, max_body > 0 ? (size_t)max_body + 1 : SIZE_MAX);
    headers_init(&transfer->header_lines, HEADERS_MAXIMUM);
    *ret_transfer = transfer;
    return 0;
}

/* ---------------------------------------------------- failures and repeats */

void transfer_note_failure(struct transfer *transfer, struct failure failure, int r)
{
    free(transfer->failure_text);
    transfer->failure_text = strdup(af_error_text(af_raised(r)));
    transfer->failure = failure;
    transfer->failure.text =
        transfer->failure_text ? transfer->failure_text : curl_easy_strerror(failure.code);
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
