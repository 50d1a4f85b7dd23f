/* Socket addresses. */
#ifndef ASYNC_ADDRESS_H
#define ASYNC_ADDRESS_H

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <afetch/stream.h>

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
        struct sockaddr_un local;
    };
    socklen_t length;
};

/* Parses a numeric host. Does not look up names.
 * Errors: AF_VALUE_ERROR with a text; -ENOMEM. */
int address_from_host(const char *host, uint16_t port, struct address *ret_address);

/* Copies an address found by getaddrinfo(). */
void address_from_info(const struct addrinfo *info, struct address *ret_address);

/* Makes the address of a Unix socket.
 * Errors: AF_VALUE_ERROR, with a text, if PATH is empty or too long. */
int address_from_path(const char *path, struct address *ret_address);

/* Raises -ERROR with a text that includes the address: "[::1]:80: Connection refused". */
int address_raise(const struct address *address, int error);

/* Get the local address of a socket, and the address of its peer, as text.
 * Errors: system errors. */
int address_of_socket(int fd, af_address *ret_address);
int address_of_peer(int fd, af_address *ret_address);

#endif
