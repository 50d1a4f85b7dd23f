/* Looks up the addresses of a name, for streams. */
#ifndef ASYNC_LOOKUP_H
#define ASYNC_LOOKUP_H

#include <netdb.h>
#include <stdint.h>

#include <afetch/future.h>

/* Calls getaddrinfo() in the running loop's executor. "localhost" always has the loopback
 * addresses. The result of the future is a list of at least one address (struct addrinfo *), in the
 * order to try them. Its exception is AF_RESOLVE_ERROR or a system error, with a text.
 * Errors: those of af_run_in_executor().
 * Ownership: the caller owns the future, which owns the list. */
int lookup_host(const char *host, uint16_t port, af_future **ret_lookup);

#endif
