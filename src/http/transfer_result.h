/* The result of a transfer: its response, filled with what libcurl and the transfer know at the
 * end. */
#ifndef HTTP_TRANSFER_RESULT_H
#define HTTP_TRANSFER_RESULT_H

#include <curl/curl.h>

struct transfer;

/* Fills the response with how it ended. */
void transfer_finish(struct transfer *transfer, CURLcode result);

#endif
