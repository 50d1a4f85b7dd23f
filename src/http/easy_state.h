/* An easy handle, and what is noted of it while it works. */
#ifndef HTTP_EASY_STATE_H
#define HTTP_EASY_STATE_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/list.h"
#include "http/endpoints.h"
#include "http/sockets.h"

struct settings;
struct transfer;

struct easy {
    struct list link; /* among the idle ones of its client */
    CURL *curl;
    const struct settings *settings;
    struct sockets *sockets;   /* of its connections */
    struct transfer *transfer; /* NULL while idle */
    curl_socket_t socket;      /* its connection's, as far as it is known; CURL_SOCKET_BAD */
    struct endpoints
        endpoints;   /* of a connection within its handshakes, and of one that failed there */
    bool is_secure;  /* has the options of https:// */
    bool waits;      /* for a connection that may take more requests */
    bool is_verbose; /* tells of its work */
    bool altered;    /* is not used again: has options of its request alone, or counts a
                        connection that died */
    char error_text[CURL_ERROR_SIZE];
};

/* Has libcurl tell of its work on the transfer, or not. Within its callbacks too. */
CURLcode easy_be_verbose(struct easy *easy, bool is_verbose);

/* libcurl wants SOCKET watched for the transfer of CURL, or no more. */
void easy_note_socket(CURL *curl, curl_socket_t socket, bool is_watched);

/* The connection that is made for the transfer of CURL begins its TLS handshake. */
void easy_note_handshake(CURL *curl);

/* True if the transfer of CURL may be one of several on its connection. */
bool easy_shares_connection(CURL *curl);

#endif
