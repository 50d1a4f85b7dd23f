#include "async/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

_Static_assert(sizeof((af_address){0}.host) >= INET6_ADDRSTRLEN, "an address has room");
_Static_assert(sizeof((af_address){0}.host) >= sizeof((struct sockaddr_un){0}.sun_path),
               "a path has room");

void address_from_info(const struct addrinfo *info, struct address *ret_address)
{
    *ret_address = (struct address){.length = info->ai_addrlen};
    memcpy(&ret_address->any, info->ai_addr, info->ai_addrlen);
}

int address_from_host(const char *host, uint16_t port, struct address *ret_address)
{
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found;
    int r = getaddrinfo(host, service, &hints, &found);
    if (r == EAI_MEMORY)
        return -ENOMEM;
    if (r != 0)
        return af_raise(AF_VALUE_ERROR, "%s: not a numeric address", host);
    address_from_info(found, ret_address);
    freeaddrinfo(found);
    return 0;
}

int address_from_path(const char *path, struct address *ret_address)
{
    struct address address = {.local.sun_family = AF_UNIX, .length = sizeof address.local};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.local.sun_path)
        return af_raise(AF_VALUE_ERROR, "%s: path of a Unix socket is empty or too long", path);
    memcpy(address.local.sun_path, path, length);
    *ret_address = address;
    return 0;
}

static void write_address(const struct address *address, af_address *ret_address)
{
    *ret_address = (af_address){0};
    switch (address->any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &address->ipv4.sin_addr, ret_address->host, sizeof ret_address->host);
        ret_address->port = ntohs(address->ipv4.sin_port);
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &address->ipv6.sin6_addr, ret_address->host, sizeof ret_address->host);
        ret_address->port = ntohs(address->ipv6.sin6_port);
        break;
    default:
        memcpy(ret_address->host, address->local.sun_path, sizeof ret_address->host - 1);
    }
}

int address_raise(const struct address *address, int error)
{
    af_address text;
    write_address(address, &text);
    switch (address->any.sa_family) {
    case AF_INET:
        return af_raise(-error, "%s:%u: %s", text.host, text.port, strerror(error));
    case AF_INET6:
        return af_raise(-error, "[%s]:%u: %s", text.host, text.port, strerror(error));
    default:
        return af_raise(-error, "%s: %s", text.host, strerror(error));
    }
}

int address_of_socket(int fd, af_address *ret_address)
{
    struct address address = {.local = {0}, .length = sizeof address.local};
    if (getsockname(fd, &address.any, &address.length) < 0)
        return error_raise_code(-errno);
    write_address(&address, ret_address);
    return 0;
}

int address_of_peer(int fd, af_address *ret_address)
{
    struct address address = {.local = {0}, .length = sizeof address.local};
    if (getpeername(fd, &address.any, &address.length) < 0)
        return error_raise_code(-errno);
    write_address(&address, ret_address);
    return 0;
}
