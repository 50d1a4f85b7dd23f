#include "http/transfer.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "http/response.h"

#ifndef CURL_WRITEFUNC_ERROR /* before libcurl 7.87 */
#define CURL_WRITEFUNC_ERROR 0xFFFFFFFF
#endif

/* Seconds of work that libcurl may have with one transfer while others wait. */
static const double LONGEST_TURN = 2;

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
    free(transfer->url);
    free(transfer->method);
    curl_slist_free_all(transfer->request_headers);
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

int transfer_new(af_client *client, af_loop *loop, const af_request *request, int64_t max_body,
                 struct transfer **ret_transfer)
{
    struct transfer *transfer = malloc(sizeof *transfer);
    if (!transfer)
        return -ENOMEM;
    *transfer = (struct transfer){.client = client, .request = *request};
    future_init(&transfer->future, &transfer_type, loop);
    list_init(&transfer->link);
    /* One byte more for the NUL behind the body. */
    buffer_init(&transfer->body, max_body > 0 ? (size_t)max_body + 1 : SIZE_MAX);
    headers_init(&transfer->header_lines, HEADERS_MAXIMUM);
    *ret_transfer = transfer;
    return 0;
}

/* ------------------------------------------------------------ how it ended */

static int settle_body(struct transfer *transfer)
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

static int settle_headers(struct transfer *transfer)
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

static const struct failure no_memory = {AF_HTTP_OTHER, AF_HTTP_LIMIT_NONE, CURLE_OUT_OF_MEMORY,
                                         "out of memory"};

/* What went wrong, if anything did. */
static void explain(struct transfer *transfer, CURLcode result)
{
    af_response *response = &transfer->response;
    const struct failure *failure = &transfer->failure;
    if (failure->error == AF_HTTP_OK) {
        response_explain(response, transfer->easy->curl, result,
                         &transfer->easy->settings->options);
        return;
    }
    response->error = failure->error;
    response->limit = failure->limit;
    response->curl_code = (int)failure->code;
    response->error_text = failure->text;
}

void transfer_settle(struct transfer *transfer, CURLcode result)
{
    af_response *response = &transfer->response;
    struct easy *easy = transfer->easy;
    if (result == CURLE_OK)
        easy->error_text[0] = '\0'; /* libcurl may leave a note of something it got over */
    easy_explain(easy, result);
    int r = response_fill(response, easy->curl, easy->error_text, transfer->string_room,
                          sizeof transfer->string_room, &transfer->strings);
    if (transfer->request.content)
        curl_easy_getinfo(easy->curl, CURLINFO_SIZE_UPLOAD_T, &response->size_upload);
    if (r >= 0)
        r = settle_headers(transfer);
    if (r >= 0)
        r = settle_body(transfer);
    if (r < 0)
        transfer->failure = no_memory;
    explain(transfer, result);
    response->end = af_loop_time(transfer->future.loop);
    /* libcurl keeps its total up to date only as long as the transfer moves. */
    if (response->error == AF_HTTP_CANCELLED)
        response->time_total = (int64_t)((response->end - response->start) * 1e6);
}

void transfer_discard(struct transfer *transfer)
{
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

/* --------------------------------------------------------------- callbacks */

/* libcurl is to end the transfer. */
static size_t fail(struct transfer *transfer, struct failure failure)
{
    transfer->failure = failure;
    return CURL_WRITEFUNC_ERROR;
}

static size_t refuse(struct transfer *transfer, CURLcode code, enum af_http_limit limit,
                     const char *why)
{
    return fail(transfer, (struct failure){AF_HTTP_TOO_LARGE, limit, code, why});
}

/* Whether libcurl works on the transfer and does not come back to the loop: little of what is
 * packed may unpack to no end. */
static bool overstays(struct transfer *transfer)
{
    if (!transfer->unpacks)
        return false;
    double now = clock_of_thread();
    size_t number = pump_calls(transfer->pump);
    if (transfer->turn.number != number)
        transfer->turn = (struct turn){number, now};
    return now - transfer->turn.began > LONGEST_TURN;
}

size_t transfer_write(char *data, size_t size, size_t count, void *arg)
{
    struct transfer *transfer = ((struct easy *)arg)->transfer;
    const af_request *request = &transfer->request;
    size *= count;
    watchdog_progress(transfer->easy->watchdog);
    transfer->received += (int64_t)size;
    client_received(transfer, size);
    if ((size_t)transfer->received >= transfer->body.maximum)
        return refuse(transfer, CURLE_FILESIZE_EXCEEDED, AF_HTTP_LIMIT_BODY,
                      "the body is larger than allowed");
    if (overstays(transfer))
        return refuse(transfer, CURLE_WRITE_ERROR, AF_HTTP_LIMIT_DECOMPRESSION,
                      "a little of the body unpacks to no end");
    if (request->body == AF_BODY_MEMORY && buffer_append(&transfer->body, data, size) < 0)
        return fail(transfer, no_memory);
    if (request->on_body && request->on_body(data, size, request->on_body_arg) < 0)
        return fail(transfer, (struct failure){AF_HTTP_IO, AF_HTTP_LIMIT_NONE, CURLE_WRITE_ERROR,
                                               "the body callback failed"});
    return size;
}

static void tell(const struct transfer *transfer, const af_request_news *news)
{
    transfer->request.listener(news, transfer->request.listener_arg);
}

/* A status line: libcurl gives every line of headers whole. */
static void tell_answer(const struct transfer *transfer, const char *line, size_t size)
{
    long status;
    char start[32];
    snprintf(start, sizeof start, "%.*s", (int)(size < sizeof start ? size : sizeof start), line);
    if (sscanf(start, "HTTP/%*s %ld", &status) == 1)
        tell(transfer, &(af_request_news){.event = AF_REQUEST_ANSWERED, .status = status});
}

/* Whether the headers of a final answer have just ended with this line. */
static bool ends_answer(const struct transfer *transfer, const char *line)
{
    long status = 0;
    if (*line == '\r' || *line == '\n')
        curl_easy_getinfo(transfer->easy->curl, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200;
}

size_t transfer_header(char *line, size_t size, size_t count, void *arg)
{
    struct transfer *transfer = ((struct easy *)arg)->transfer;
    size *= count;
    watchdog_progress(transfer->easy->watchdog);
    transfer->header_size += size;
    if (transfer->header_size > HEADERS_MAXIMUM)
        return refuse(transfer, CURLE_RECV_ERROR, AF_HTTP_LIMIT_HEADERS,
                      "more headers than anybody needs");
    if (!transfer->request.listener && !transfer->request.keep_headers)
        return size;
    /* A trailer is no answer, whatever it looks like. */
    bool is_trailer = transfer->answered;
    if (transfer->request.listener && !is_trailer)
        tell_answer(transfer, line, size);
    transfer->answered = is_trailer || ends_answer(transfer, line);
    if (!transfer->request.keep_headers)
        return size;
    int r = is_trailer ? headers_add_trailer(&transfer->header_lines, line, size)
                       : headers_add_line(&transfer->header_lines, line, size);
    return r < 0 ? fail(transfer, no_memory) : size;
}

static void tell_connecting(const struct transfer *transfer, const struct curl_sockaddr *address)
{
    char ip[INET6_ADDRSTRLEN], port[8];
    if (getnameinfo(&address->addr, address->addrlen, ip, sizeof ip, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        tell(transfer, &(af_request_news){.event = AF_REQUEST_CONNECTING,
                                          .remote_ip = ip,
                                          .remote_port = strtol(port, NULL, 10)});
}

curl_socket_t transfer_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    struct transfer *transfer = ((struct easy *)arg)->transfer;
    client_started(transfer);
    transfer->connecting = true;
    transfer->easy->error_text[0] = '\0'; /* of a connection before */
    if (transfer->request.listener)
        tell_connecting(transfer, address);
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    watchdog_add(transfer->easy->watchdog, fd);
    return fd;
}

int transfer_close_socket(void *arg, curl_socket_t socket)
{
    return watchdog_close(arg, socket);
}

int transfer_connected(void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    (void)local_ip, (void)local_port;
    struct transfer *transfer = ((struct easy *)arg)->transfer;
    client_started(transfer);
    transfer->easy->error_text[0] = '\0';
    if (transfer->request.listener)
        tell(transfer, &(af_request_news){.event = AF_REQUEST_SENDING,
                                          .remote_ip = remote_ip,
                                          .remote_port = remote_port,
                                          .reused = !transfer->connecting});
    transfer->connecting = false;
    transfer->answered = false;
    return CURL_PREREQFUNC_OK;
}
