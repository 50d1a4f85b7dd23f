/* Addresses of a host. */
#ifndef ASYNC_ADDRESSES_H
#define ASYNC_ADDRESSES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Addresses in the order to try, in the format of CURLOPT_RESOLVE: "192.0.2.1,[2001:db8::1]".
 * Reference-counted and immutable. The references belong to one thread at a time. */
struct addresses {
    size_t references;
    char text[]; /* at least one address */
};

/* Copies TEXT.
 * Errors: -ENOMEM.
 * Ownership: the caller owns the reference. */
int addresses_new(const char *text, struct addresses **ret_addresses);

struct addresses *addresses_ref(struct addresses *addresses);

/* Accepts NULL. */
void addresses_unref(struct addresses *addresses);

/* A DNS response over TCP may have thousands; libcurl tries a few. */
enum { MOST_ADDRESSES = 32 };

/* A buffer that collects addresses; initialized with 0. */
struct address_text {
    size_t count;
    size_t length;
    char text[MOST_ADDRESSES * (INET6_ADDRSTRLEN + 3)];
};

/* Appends an address. Skips link-local addresses, which need a scope that CURLOPT_RESOLVE does not
 * support, other address families, and addresses beyond MOST_ADDRESSES. */
void address_text_add(struct address_text *text, const struct sockaddr *address);

#endif
