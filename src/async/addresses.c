#include "async/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int addresses_new(const char *text, struct addresses **ret_addresses)
{
    size_t size = strlen(text) + 1;
    struct addresses *addresses = malloc(sizeof *addresses + size);
    if (!addresses)
        return -ENOMEM;
    addresses->references = 1;
    memcpy(addresses->text, text, size);
    *ret_addresses = addresses;
    return 0;
}

struct addresses *addresses_ref(struct addresses *addresses)
{
    addresses->references++;
    return addresses;
}

void addresses_unref(struct addresses *addresses)
{
    if (addresses && --addresses->references == 0)
        free(addresses);
}

/* Writes an address, in brackets if it is IPv6. False if it is to be skipped. */
static bool format_address(const struct sockaddr *address, char text[INET6_ADDRSTRLEN + 2])
{
    if (address->sa_family == AF_INET)
        return inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text,
                         INET6_ADDRSTRLEN);
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)address;
    if (address->sa_family != AF_INET6 || IN6_IS_ADDR_LINKLOCAL(&ipv6->sin6_addr))
        return false;
    text[0] = '[';
    if (!inet_ntop(AF_INET6, &ipv6->sin6_addr, text + 1, INET6_ADDRSTRLEN))
        return false;
    strcat(text, "]");
    return true;
}

void address_text_add(struct address_text *text, const struct sockaddr *address)
{
    char formatted[INET6_ADDRSTRLEN + 2];
    if (text->count == MOST_ADDRESSES || !format_address(address, formatted))
        return;
    const char *separator = text->count > 0 ? "," : "";
    size_t room = sizeof text->text - text->length;
    text->length += (size_t)snprintf(text->text + text->length, room, "%s%s", separator, formatted);
    text->count++;
}
