#include "http/callbacks.h"

#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/body.h"
#include "http/content_length.h"
#include "http/easy_state.h"
#include "http/headers.h"
#include "http/libcurl_notes.h"
#include "http/pump.h"
#include "http/time_limits.h"
#include "http/transfer.h"
#include "http/transfer_owner.h"

#ifndef CURL_WRITEFUNC_ERROR /* before libcurl 7.87 */
#define CURL_WRITEFUNC_ERROR 0xFFFFFFFF
#endif

static struct transfer *transfer_of(void *arg)
{
    return ((struct easy *)arg)->transfer;
}

/* libcurl is to end the transfer. */
static size_t fail(struct transfer *transfer, struct failure failure)
{
    transfer->failure = failure;
    return CURL_WRITEFUNC_ERROR;
}

static void tell(const struct transfer *transfer, const af_request_news *news)
{
    transfer->request.listener(news, transfer->request.listener_arg);
}

/* The body of a redirect is read, so that its connection can be used again, but not to any length.
 */
static size_t pass_over(struct transfer *transfer, size_t size)
{
    static const uint64_t MAXIMUM = 1 << 20;
    transfer->passed_over += size;
    transfer->is_enough = transfer->passed_over > MAXIMUM;
    return transfer->is_enough ? CURL_WRITEFUNC_ERROR : size;
}

size_t transfer_write(char *data, size_t size, size_t count, void *arg)
{
    struct transfer *transfer = transfer_of(arg);
    size *= count;
    watchdog_progress(transfer->easy->sockets->watchdog);
    transfer->moved = af_loop_time(transfer->future.loop);
    if (transfer->redirects)
        return pass_over(transfer, size);
    return body_write(transfer, data, size) < 0 ? CURL_WRITEFUNC_ERROR : size;
}

/* ------------------------------------------------------------------ headers */

/* A status line: libcurl gives every line of headers whole. */
static void tell_answer(const struct transfer *transfer, const char *line, size_t size)
{
    long status;
    char start[32];
    snprintf(start, sizeof start, "%.*s", (int)(size < sizeof start ? size : sizeof start), line);
    if (sscanf(start, "HTTP/%*s %ld", &status) == 1)
        tell(transfer, &(af_request_news){.event = AF_REQUEST_ANSWERED, .status = status});
}

/* The value of a header line if its name is NAME, in lower case and with a colon; NULL otherwise.
 */
static const char *value_of(const char *line, size_t size, const char *name)
{
    if (tolower((unsigned char)*line) != *name) /* most are another */
        return NULL;
    size_t length = strlen(name);
    if (size <= length || strncasecmp(line, name, length) != 0)
        return NULL;
    const char *value = line + length;
    while (*value == ' ' || *value == '\t')
        value++;
    return value;
}

/* The value of a Content-Length line; NULL where the line is another. libcurl passes over one with
 * a blank before its colon (RFC 9112, 5.1), which others on the way do not. */
static const char *length_value(const char *line, size_t size)
{
    static const char name[] = "content-length";
    size_t length = strlen(name);
    if (tolower((unsigned char)*line) != *name || size <= length ||
        strncasecmp(line, name, length) != 0)
        return NULL;
    line += length;
    line += strspn(line, " \t");
    return *line == ':' ? line + 1 : NULL;
}

/* libcurl takes the last of several lengths; a proxy on the way may take another. */
static size_t read_length(struct transfer *transfer, const char *value, size_t size)
{
    int64_t length = content_length_parse(value, size);
    if (length < 0)
        return fail(transfer,
                    (struct failure){AF_HTTP_PROTOCOL, AF_HTTP_LIMIT_NONE, CURLE_WEIRD_SERVER_REPLY,
                                     "a Content-Length that is no single number"});
    if (transfer->length >= 0 && transfer->length != length)
        return fail(transfer,
                    (struct failure){AF_HTTP_PROTOCOL, AF_HTTP_LIMIT_NONE, CURLE_WEIRD_SERVER_REPLY,
                                     "different Content-Length headers"});
    transfer->length = length;
    return 0;
}

static size_t read_coding(struct transfer *transfer, const char *value, size_t size)
{
    if (!client_settings(transfer->client)->options.decompress)
        return 0;
    size_t length = strcspn(value, "\r\n");
    return body_add_coding(transfer, value, length < size ? length : size) < 0
               ? CURL_WRITEFUNC_ERROR
               : 0;
}

/* Reads the headers that matter before all are in. Returns 0, or what the callback returns. Every
 * line has a line end, at which reading stops. */
static size_t read_header(struct transfer *transfer, const char *line, size_t size)
{
    const char *value;
    if ((value = length_value(line, size)))
        return read_length(transfer, value, (size_t)(line + size - value));
    if ((value = value_of(line, size, "content-encoding:")))
        return read_coding(transfer, value, (size_t)(line + size - value));
    if ((value = value_of(line, size, "location:")))
        transfer->has_location |= *value && *value != '\r' && *value != '\n';
    transfer->is_chunked |= value_of(line, size, "transfer-encoding:") != NULL;
    return 0;
}

/* Headers of an interim response do not describe the final one. */
static void forget_headers(struct transfer *transfer)
{
    transfer->length = -1;
    transfer->is_chunked = transfer->has_location = false;
    free(transfer->codings);
    transfer->codings = NULL;
}

/* Over HTTP/2 a body without a length is whole only if the stream has ended, and libcurl has no
 * word for one that was reset without an error, as it may be after its end. */
static void watch_end(struct transfer *transfer)
{
    long version = 0;
    curl_easy_getinfo(transfer->easy->curl, CURLINFO_HTTP_VERSION, &version);
    if (!transfer->origin || version != CURL_HTTP_VERSION_2_0)
        return;
    transfer->origin->omits_lengths = true;
    client_watch_frames(transfer);
}

/* The headers of a response, which may be an interim one, are all in. */
static size_t end_headers(struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy->curl, CURLINFO_RESPONSE_CODE, &status);
    transfer->moved = af_loop_time(transfer->future.loop);
    if (status < 200) {
        forget_headers(transfer);
        return 0;
    }
    transfer->answered = true;
    if (transfer->length < 0 && body_is_expected(transfer, status))
        watch_end(transfer);
    transfer->redirects = transfer->has_location && status / 100 == 3 &&
                          client_settings(transfer->client)->options.follow_redirects;
    /* One byte is for the NUL behind the body. */
    bool is_too_long = transfer->length >= 0 && (size_t)transfer->length >= transfer->body.maximum;
    if (is_too_long && !transfer->redirects && body_is_expected(transfer, status))
        return fail(transfer, BODY_TOO_LARGE);
    return 0;
}

static size_t keep_line(struct transfer *transfer, const char *line, size_t size, bool is_trailer)
{
    int r = is_trailer ? headers_add_trailer(&transfer->header_lines, line, size)
                       : headers_add_line(&transfer->header_lines, line, size);
    return r < 0 ? fail(transfer, OUT_OF_MEMORY) : size;
}

size_t transfer_header(char *line, size_t size, size_t count, void *arg)
{
    struct transfer *transfer = transfer_of(arg);
    size *= count;
    watchdog_progress(transfer->easy->sockets->watchdog);
    transfer->unanswered = false;
    transfer->header_size += size;
    if (transfer->header_size >= transfer->header_lines.text.maximum)
        return fail(transfer, (struct failure){AF_HTTP_TOO_LARGE, AF_HTTP_LIMIT_HEADERS,
                                               CURLE_RECV_ERROR, "response headers exceed 4 MiB"});
    /* A trailer is no response, whatever it looks like. */
    bool is_trailer = transfer->answered;
    if (!is_trailer) {
        if (transfer->request.listener)
            tell_answer(transfer, line, size);
        size_t failed = *line == '\r' || *line == '\n' ? end_headers(transfer)
                                                       : read_header(transfer, line, size);
        if (failed)
            return failed;
    }
    return transfer->request.keep_headers ? keep_line(transfer, line, size, is_trailer) : size;
}

/* -------------------------------------------------------------- connections */

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
    struct transfer *transfer = transfer_of(arg);
    client_started(transfer);
    transfer->connecting = true;
    transfer->easy->error_text[0] = '\0'; /* of a connection before */
    if (transfer->request.listener)
        tell_connecting(transfer, address);
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    watchdog_add(transfer->easy->sockets->watchdog, fd);
    transfer->easy->socket = fd;
    return fd;
}

static int port_of(const struct sockaddr_storage *address)
{
    return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port);
}

/* The connection stands, from which on its socket is closed with the callback; libcurl 7.88 closes
 * others without. It may not be the last of several that were tried. */
static void note_connection(const struct transfer *transfer, int local_port)
{
    int fd = transfer->easy->socket;
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0 && port_of(&address) == local_port)
        idle_sockets_add(transfer->easy->sockets->idle, fd, transfer->origin);
}

int transfer_close_socket(void *arg, curl_socket_t socket)
{
    struct sockets *sockets = arg;
    idle_sockets_remove(sockets->idle, socket);
    return watchdog_close(sockets->watchdog, socket);
}

bool transfer_has_status(const struct transfer *transfer)
{
    struct curl_header *header;
    return transfer->sendings > 0 &&
           curl_easy_header(transfer->easy->curl, ":status", 0, CURLH_PSEUDO,
                            transfer->sendings - 1, &header) == CURLHE_OK;
}

/* libcurl sends a request again by itself where a kept connection ends before an answer, though the
 * server may have acted on it, and even where a part of the answer came. */
static bool may_send(const struct transfer *transfer)
{
    if (!transfer->unanswered)
        return true;
    return !transfer_has_status(transfer) &&
           (transfer->is_idempotent || transfer->notes.is_unprocessed);
}

/* Fails a repeat of libcurl's. */
static int refuse_to_send(struct transfer *transfer)
{
    bool has_begun = transfer_has_status(transfer);
    fail(transfer, (struct failure){AF_HTTP_RESET, AF_HTTP_LIMIT_NONE, CURLE_GOT_NOTHING,
                                    has_begun ? "the response ended early"
                                              : "connection closed before a response; not sent "
                                                "again, as the method is not idempotent"});
    return CURL_PREREQFUNC_ABORT;
}

int transfer_sending(void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    (void)local_ip;
    struct transfer *transfer = transfer_of(arg);
    client_started(transfer);
    if (transfer->connecting)
        note_connection(transfer, local_port);
    if (!may_send(transfer))
        return refuse_to_send(transfer);
    if (transfer->request.listener)
        tell(transfer, &(af_request_news){.event = AF_REQUEST_SENDING,
                                          .remote_ip = remote_ip,
                                          .remote_port = remote_port,
                                          .reused = !transfer->connecting});
    transfer->easy->error_text[0] = '\0';
    transfer->easy->altered |= transfer->sent; /* the connection before died */
    transfer->connecting = false;
    transfer->answered = false;
    transfer->unanswered = true;
    transfer->sendings++;
    transfer->local_port = local_port;
    transfer->has_end = transfer->is_cut = false;
    transfer->notes = (struct libcurl_notes){0};
    if (transfer->origin && transfer->origin->omits_lengths)
        easy_be_verbose(transfer->easy, true); /* it may read the frames of others */
    time_limits_send(transfer);
    return CURL_PREREQFUNC_OK;
}

int transfer_progress(void *arg, curl_off_t download_total, curl_off_t downloaded,
                      curl_off_t upload_total, curl_off_t uploaded)
{
    (void)download_total, (void)downloaded, (void)upload_total;
    struct transfer *transfer = transfer_of(arg);
    if (transfer->uploaded != uploaded)
        transfer->moved = af_loop_time(transfer->future.loop);
    transfer->uploaded = uploaded;
    transfer->read_turn = pump_turn(transfer->pump);
    return 0;
}

/* A frame may be another transfer's: it is told of in whichever turn it was read. That it closed a
 * stream is told of to the stream's own transfer, next. */
static void note_frame(struct transfer *transfer, const char *message, size_t size)
{
    unsigned long stream = 0;
    struct origin *origin = transfer->origin;
    switch (libcurl_read_frame(message, size, &stream)) {
    case LIBCURL_FRAME_NONE:
        break;
    case LIBCURL_FRAME_END:
        client_ended_stream(transfer, stream);
        origin->reset_stream = 0;
        break;
    case LIBCURL_FRAME_RESET:
        origin->reset_stream = stream;
        break;
    case LIBCURL_FRAME_OTHER:
        origin->reset_stream = 0;
        break;
    case LIBCURL_FRAME_CLOSED:
        transfer->is_cut = origin->reset_stream == stream && !transfer->has_end;
        break;
    }
}

int transfer_debug(CURL *curl, curl_infotype type, char *data, size_t size, void *arg)
{
    (void)curl;
    struct transfer *transfer = transfer_of(arg);
    struct origin *origin = transfer ? transfer->origin : NULL;
    /* An HTTP/1.1 server may have processed the request whatever libcurl says. */
    if (!origin || origin->protocol == ORIGIN_HTTP1 || type != CURLINFO_TEXT || !transfer->pump)
        return 0;
    note_frame(transfer, data, size);
    struct libcurl_moment moment = {
        .error_text = transfer->easy->error_text,
        .has_response = !transfer->unanswered || transfer_has_status(transfer),
        .has_read = transfer->read_turn == pump_turn(transfer->pump),
    };
    if (libcurl_read_note(&transfer->notes, data, size, &moment))
        transfer->read_turn = 0;
    if (transfer->notes.has_goaway)
        client_gone_away(transfer, transfer->notes.last);
    return 0;
}
