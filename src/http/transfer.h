/* A transfer: the future of one request. */
#ifndef HTTP_TRANSFER_H
#define HTTP_TRANSFER_H

#include "async/future.h"
#include "base/buffer.h"
#include "http/easy.h"
#include "http/headers.h"
#include "http/pump.h"

/* A call of libcurl in which it had something to say of the transfer. */
struct turn {
    size_t number; /* of the pump's calls */
    double began;  /* on the clock of the thread */
};

/* Why a callback ended a transfer, for which libcurl has no words. */
struct failure {
    enum af_http_error error; /* AF_HTTP_OK: none did */
    enum af_http_limit limit;
    CURLcode code;
    const char *text;
};

struct transfer {
    af_future future;
    struct list link;  /* in the client's queue, or among those under way */
    af_client *client; /* NULL once done */
    struct easy *easy; /* NULL before it was begun and once done */
    struct pump *pump;
    bool starting;   /* counted by the client among those that have no connection yet */
    bool connecting; /* since the request was last sent */
    af_request request;
    char *url; /* these are copies, where it has to wait in the client's queue */
    char *method;
    struct curl_slist *request_headers; /* where it does not have the settings' alone */
    int64_t received;
    bool answered;      /* a final answer's headers are in: what comes behind them are trailers */
    size_t header_size; /* of all its responses, trailers included */
    bool unpacks;       /* what comes packed */
    struct turn turn;
    struct failure failure;
    struct buffer body;
    struct header_lines header_lines;
    af_header *headers; /* their strings are in the lines */
    char *strings;      /* of the response, where they are too long for the room */
    char string_room[192];
    af_response response;
};

/* A pending transfer of CLIENT. The request's url is borrowed. -ENOMEM. */
int transfer_new(af_client *client, af_loop *loop, const af_request *request, int64_t max_body,
                 struct transfer **ret_transfer);

/* Whether a future is a transfer. */
bool future_is_transfer(const af_future *future);

/* Fills the response with how it ended. */
void transfer_settle(struct transfer *transfer, CURLcode result);

/* Lets go of the headers and the body that the response has. */
void transfer_discard(struct transfer *transfer);

/* libcurl's callbacks. Their argument is the struct easy, but for the last, which has the watchdog.
 */
size_t transfer_write(char *data, size_t size, size_t count, void *arg);
size_t transfer_header(char *line, size_t size, size_t count, void *arg);
curl_socket_t transfer_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address);
int transfer_connected(void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port);
int transfer_close_socket(void *arg, curl_socket_t socket);

/* The client's part, for those callbacks and for cancelling: the transfer has a connection, or
 * needs none any more; it is to be let go at once, at whatever stage; it received so many bytes. */
void client_started(struct transfer *transfer);
void client_abandon(struct transfer *transfer);
void client_received(struct transfer *transfer, size_t size);

#endif
