/* Looking up the addresses of a name. */
#ifndef ASYNC_LOOKUP_H
#define ASYNC_LOOKUP_H

#include <netdb.h>
#include <stdint.h>

#include <afetch/future.h>

/* Asks the system's resolver, which blocks, in the running loop's executor; "localhost" always has
 * the loopback addresses. The future's result is
 * a list of at least one address (struct addrinfo *), in the order in which they are to be tried;
 * its exception is AF_RESOLVE_ERROR, or an error of the system, with a text. The errors of
 * af_run_in_executor(). The future is the caller's. */
int lookup_host(const char *host, uint16_t port, af_future **ret_lookup);

#endif
