/* Addresses of sockets. */
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

/* Reads a numeric host. AF_VALUE_ERROR with a text, -ENOMEM. Asks nobody. */
int address_from_host(const char *host, uint16_t port, struct address *ret_address);

/* Copies what the resolver found. */
void address_from_info(const struct addrinfo *info, struct address *ret_address);

/* AF_VALUE_ERROR with a text where the path is empty or too long. */
int address_from_path(const char *path, struct address *ret_address);

/* Raises -ERROR with a text that says what it was about: "[::1]:80: Connection refused". */
int address_raise(const struct address *address, int error);

/* The address of this end of a socket, and of the other, as text. The errors of the system. */
int address_of_socket(int fd, af_address *ret_address);
int address_of_peer(int fd, af_address *ret_address);

#endif
