/* libcurl's callbacks for a transfer. Their argument is the struct easy, but for closing a socket,
 * which has the struct sockets: a connection may outlive the handle. */
#ifndef HTTP_CALLBACKS_H
#define HTTP_CALLBACKS_H

#include <curl/curl.h>
#include <stdbool.h>

struct transfer;

size_t transfer_write(char *data, size_t size, size_t count, void *arg);
size_t transfer_header(char *line, size_t size, size_t count, void *arg);
curl_socket_t transfer_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address);
int transfer_sending(void *arg, char *remote_ip, char *local_ip, int remote_port, int local_port);
int transfer_close_socket(void *arg, curl_socket_t socket);

/* True if the headers of a response to the last sending have begun to come over HTTP/2, of which
 * libcurl may drop all that it has not handed on. */
bool transfer_has_status(const struct transfer *transfer);

/* For a request with a body, or that must not be sent twice: that libcurl has read or sent. */
int transfer_progress(void *arg, curl_off_t download_total, curl_off_t downloaded,
                      curl_off_t upload_total, curl_off_t uploaded);

/* For a request that must not be sent twice: what libcurl tells of its work. */
int transfer_debug(CURL *curl, curl_infotype type, char *data, size_t size, void *arg);

#endif
