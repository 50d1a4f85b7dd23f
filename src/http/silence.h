/* Measures silence on a connection by the kernel's counters: libcurl reports bytes only once
 * they make a line of headers or a part of a body. */
#ifndef HTTP_SILENCE_H
#define HTTP_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds since bytes last came in on SOCKET or, if it SENDS, were taken by the peer; *acked has
 * how many of them were at the last call, and is updated. Negative where SOCKET is no TCP socket.
 */
double silence_of_socket(int socket, bool sends, uint64_t *acked);

/* Gets the number of bytes that the peer of SOCKET has acknowledged, and the number written to it.
 * False if it is no TCP socket. */
bool silence_count_sent(int socket, uint64_t *ret_acked, uint64_t *ret_written);

#endif
