/* Filling a response with what libcurl knows of a transfer. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <curl/curl.h>

#include <afetch/http.h>

#include "http/endpoints.h"

/* Reads all that the easy handle knows but headers and body; where it knows of no connection,
 * ENDPOINTS are those of the response, unless they are not known either. Strings are copied to
 * ROOM, and where it is too small to a block of their own, *ret_block, which the caller frees after
 * the response; otherwise that is NULL. ERROR_TEXT may be empty. -ENOMEM: the numbers are filled in
 * all the same, the strings are NULL. */
int response_fill(af_response *response, CURL *easy, const struct endpoints *endpoints,
                  const char *error_text, char *room, size_t room_size, char **ret_block);

/* Sets the error of a response that is filled from libcurl's CODE: its kind, its limit, and a text
 * that belongs to it. */
void response_explain(af_response *response, CURL *easy, CURLcode code,
                      const af_client_options *options);

/* The kind of error that a code of libcurl is, for a response that is filled. */
enum af_http_error response_error(CURLcode code, const af_response *response);

#endif
