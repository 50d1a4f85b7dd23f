/* The functions of a client that its transfers call. Transfers and libcurl's callbacks include
 * this, and nothing else of the client. */
#ifndef HTTP_TRANSFER_OWNER_H
#define HTTP_TRANSFER_OWNER_H

#include <curl/curl.h>
#include <stddef.h>

#include "http/settings.h"

struct transfer;

/* The options of all requests, borrowed. */
const struct settings *client_settings(const af_client *client);

/* The transfer has a connection, or needs none any more. May be called more than once. */
void client_started(struct transfer *transfer);

/* Counts SIZE decoded bytes. */
void client_received(struct transfer *transfer, size_t size);

/* Enables libcurl's messages about HTTP/2 frames for all transfers on the connection of TRANSFER,
 * since any of them may read a frame. */
void client_watch_frames(const struct transfer *transfer);

/* The end of STREAM came, on the connection of TRANSFER. */
void client_ended_stream(const struct transfer *transfer, unsigned long stream);

/* The server does not process the streams above LAST on the connection of TRANSFER. */
void client_gone_away(const struct transfer *transfer, unsigned long last);

/* Ends a transfer before libcurl does, with RESULT: its future is done. */
void client_finish(struct transfer *transfer, CURLcode result);

/* Lets a transfer go at whatever stage, since its future is cancelled: the response is filled, and
 * the client's reference to the future is given back. */
void client_abandon(struct transfer *transfer);

#endif
