/* The names of hosts: looked up by the client's resolver, and their addresses given to libcurl. */
#ifndef HTTP_NAMES_H
#define HTTP_NAMES_H

#include "http/client_state.h"

struct transfer;

/* 1: the addresses are known, or libcurl finds them; 0: FOUND will be called with the transfer.
 * AF_RESOLVE_ERROR with a text, -ENOMEM. */
int names_look_up(af_client *client, struct transfer *transfer, resolver_done *found);

/* Tells a proxy's name from a host's in the text of R, an AF_RESOLVE_ERROR of the transfer's lookup
 * that was raised. Returns libcurl's code for it. */
CURLcode names_explain(const struct transfer *transfer, int r);

/* Lists what libcurl is told with a transfer that has its pump: the names to forget, and its own
 * addresses where libcurl does not have them yet. -ENOMEM. */
int names_list(af_client *client, struct transfer *transfer);

/* The transfer has left libcurl, which has read the list if it came to connect. */
void names_unlist(struct transfer *transfer);

/* An origin is forgotten: libcurl is to forget its addresses, unless the client is being freed. ARG
 * is the client. */
void names_forget(const struct origin *origin, void *arg);

#endif
