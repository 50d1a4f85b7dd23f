#include "http/endpoints.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <sys/socket.h>

/* The addresses of a socket. */
union address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

static bool read_endpoint(const union address *address, struct endpoint *ret_endpoint)
{
    bool is_ipv6 = address->any.sa_family == AF_INET6;
    const void *ip = is_ipv6 ? (const void *)&address->ipv6.sin6_addr : &address->ipv4.sin_addr;
    if (!is_ipv6 && address->any.sa_family != AF_INET)
        return false;
    if (!inet_ntop(address->any.sa_family, ip, ret_endpoint->ip, sizeof ret_endpoint->ip))
        return false;
    ret_endpoint->port = ntohs(is_ipv6 ? address->ipv6.sin6_port : address->ipv4.sin_port);
    return true;
}

struct endpoints endpoints_of_socket(int socket)
{
    union address remote, local;
    socklen_t remote_size = sizeof remote, local_size = sizeof local;
    struct endpoints endpoints = {0};
    if (getpeername(socket, &remote.any, &remote_size) < 0 ||
        getsockname(socket, &local.any, &local_size) < 0 ||
        !read_endpoint(&remote, &endpoints.remote) || !read_endpoint(&local, &endpoints.local))
        return (struct endpoints){0};
    return endpoints;
}
