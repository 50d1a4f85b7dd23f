/* The addresses of a host. */
#ifndef ASYNC_ADDRESSES_H
#define ASYNC_ADDRESSES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Addresses in the order to try, as CURLOPT_RESOLVE takes them: "192.0.2.1,[2001:db8::1]". Counted,
 * and never changed once made. The references belong to one thread at a time. */
struct addresses {
    size_t references;
    char text[]; /* at least one address */
};

/* Copies TEXT. -ENOMEM. The caller owns the addresses. */
int addresses_new(const char *text, struct addresses **ret_addresses);

struct addresses *addresses_ref(struct addresses *addresses);

/* NULL is fine. */
void addresses_unref(struct addresses *addresses);

/* A DNS answer over TCP may have thousands; libcurl tries a few. */
enum { MOST_ADDRESSES = 32 };

/* Collects addresses. All zero: none yet. */
struct address_text {
    size_t count;
    size_t length;
    char text[MOST_ADDRESSES * (INET6_ADDRSTRLEN + 3)];
};

/* Appends an address. Leaves out link-local addresses, which need a scope that CURLOPT_RESOLVE does
 * not take, other families, and what exceeds MOST_ADDRESSES. */
void address_text_add(struct address_text *text, const struct sockaddr *address);

#endif
