/* Redirects: where one leads, and what is requested there. The rules are libcurl's, those of
 * methods RFC 9110's. */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include <afetch/http.h>

struct redirect_totals;
struct transfer;

/* Finds where the redirect leads that TRANSFER has as its response: sets its redirect, or the error
 * of its response. Its handle must still have the response. */
void redirect_find(struct transfer *transfer);

/* Makes the transfer that follows PREVIOUS, which has a redirect. -ENOMEM. */
int redirect_follow(af_client *client, struct transfer *previous, struct transfer **ret_transfer);

/* Adds what the requests before took to a response that is filled. */
void redirect_add_totals(const struct redirect_totals *before, af_response *response);

#endif
