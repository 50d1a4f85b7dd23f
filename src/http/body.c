#include "http/body.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/decoder.h"
#include "http/easy_state.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"

bool body_is_expected(const struct transfer *transfer, long status)
{
    const char *method = transfer->request.method;
    return status != 204 && status != 304 && (!method || strcmp(method, "HEAD") != 0);
}

int body_add_coding(struct transfer *transfer, const char *value, size_t size)
{
    const char *before = transfer->codings;
    char *codings;
    if (asprintf(&codings, "%s%s%.*s", before ? before : "", before ? "," : "", (int)size, value) <
        0)
        return -ENOMEM;
    free(transfer->codings);
    transfer->codings = codings;
    return 0;
}

/* True if the end of the connection alone ended the body, which may be a break. */
static bool ended_with_connection(const struct transfer *transfer)
{
    long version = 0;
    curl_easy_getinfo(transfer->easy->curl, CURLINFO_HTTP_VERSION, &version);
    return transfer->length < 0 && !transfer->is_chunked && version <= CURL_HTTP_VERSION_1_1;
}

/* The failure for a code of the decoder. */
static struct failure failure_of(const struct transfer *transfer, int r)
{
    bool has_maximum = client_settings(transfer->client)->options.max_body > 0;
    switch (r) {
    case AF_LIMIT_OVERRUN:
        return (struct failure){AF_HTTP_TOO_LARGE,
                                has_maximum ? AF_HTTP_LIMIT_BODY : AF_HTTP_LIMIT_DECOMPRESSION,
                                CURLE_FILESIZE_EXCEEDED, NULL};
    case AF_INCOMPLETE_READ:
        return (struct failure){ended_with_connection(transfer) ? AF_HTTP_RESET : AF_HTTP_PROTOCOL,
                                AF_HTTP_LIMIT_NONE, CURLE_BAD_CONTENT_ENCODING, NULL};
    case -ENOMEM:
        return OUT_OF_MEMORY;
    default:
        return (struct failure){AF_HTTP_PROTOCOL, AF_HTTP_LIMIT_NONE, CURLE_BAD_CONTENT_ENCODING,
                                NULL};
    }
}

static void note_failure(struct transfer *transfer, int r)
{
    transfer_note_failure(transfer, failure_of(transfer, r), r);
}

/* Takes decoded bytes. */
static int take(const void *data, size_t size, void *arg)
{
    struct transfer *transfer = arg;
    const af_request *request = &transfer->request;
    transfer->received += size;
    client_received(transfer, size);
    if (transfer->received >= transfer->body.maximum) {
        transfer->failure = BODY_TOO_LARGE;
        return AF_LIMIT_OVERRUN;
    }
    int r = 0;
    if (request->body == AF_BODY_MEMORY)
        r = buffer_append(&transfer->body, data, size);
    if (r >= 0 && request->on_body && (r = request->on_body(data, size, request->on_body_arg)) < 0)
        transfer->failure = (struct failure){AF_HTTP_IO, AF_HTTP_LIMIT_NONE, CURLE_WRITE_ERROR,
                                             "the body callback failed"};
    return r;
}

static int begin_decoding(struct transfer *transfer)
{
    int64_t maximum = client_settings(transfer->client)->options.max_body;
    int r = decoder_new(transfer->codings, maximum < 0 ? DECODER_UNLIMITED : (uint64_t)maximum,
                        &transfer->decoder);
    free(transfer->codings);
    transfer->codings = NULL;
    return r;
}

int body_write(struct transfer *transfer, const void *data, size_t size)
{
    int r = transfer->codings ? begin_decoding(transfer) : 0;
    if (r >= 0)
        r = decoder_write(transfer->decoder, data, size, take, transfer);
    if (r < 0 && transfer->failure.error == AF_HTTP_OK)
        note_failure(transfer, r);
    return r;
}

/* Checks a body of which nothing came. If a length or a last chunk says that it is empty, it may
 * name any coding, as servers do; but a coded one is never empty, so the end of the connection
 * alone is a break. */
static int finish_empty(struct transfer *transfer)
{
    if (!ended_with_connection(transfer))
        return 0;
    int r = begin_decoding(transfer);
    if (r < 0 || !transfer->decoder)
        return r;
    return af_raise(AF_INCOMPLETE_READ,
                    "Error while processing content unencoding: the body has no data");
}

/* libcurl holds a body against its length, but not if that is larger than it can count. */
static bool ends_before_length(const struct transfer *transfer)
{
    curl_off_t size = 0;
    curl_easy_getinfo(transfer->easy->curl, CURLINFO_SIZE_DOWNLOAD_T, &size);
    return !transfer->is_chunked && size < transfer->length;
}

void body_finish(struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy->curl, CURLINFO_RESPONSE_CODE, &status);
    if (transfer->redirects || !body_is_expected(transfer, status))
        return;
    if (ends_before_length(transfer)) {
        transfer->failure =
            (struct failure){AF_HTTP_RESET, AF_HTTP_LIMIT_NONE, CURLE_PARTIAL_FILE,
                             "connection closed before the end of the body's Content-Length"};
        return;
    }
    int r = transfer->codings ? finish_empty(transfer) : decoder_finish(transfer->decoder);
    if (r < 0)
        note_failure(transfer, r);
}
