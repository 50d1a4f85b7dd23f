/* The two ends of a connection, which libcurl 8 tells of only once its handshakes are done. */
#ifndef HTTP_ENDPOINTS_H
#define HTTP_ENDPOINTS_H

#include <netinet/in.h>

struct endpoint {
    char ip[INET6_ADDRSTRLEN];
    int port; /* 0: not known */
};

/* All zero where nothing is known. */
struct endpoints {
    struct endpoint remote;
    struct endpoint local;
};

/* Reads both ends of SOCKET; nothing is known of one that is not connected, or neither IPv4 nor
 * IPv6. */
struct endpoints endpoints_of_socket(int socket);

#endif
