/* Gives transfers to libcurl, and takes them back: which pump and which easy handle they get, when
 * they are begun again, and how they end. */
#ifndef HTTP_DISPATCH_H
#define HTTP_DISPATCH_H

#include "http/client_state.h"

struct transfer;

void dispatch_init(af_client *client);

/* Begins a transfer of CLIENT in the next iteration of the loop, or when others have their
 * connections. */
void dispatch_begin(af_client *client, struct transfer *transfer);

/* Cancels all transfers and frees all handles. */
void dispatch_close(af_client *client);

/* Returns the number of transfers that may be looking for an address at once, each with two
 * descriptors, in a process with so many. */
size_t dispatch_starting_maximum(size_t descriptors);

#endif
