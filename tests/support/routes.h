/* The origin's responses, by path. */
#ifndef SUPPORT_ROUTES_H
#define SUPPORT_ROUTES_H

#include "exchange.h"

/* Answers; may suspend. REST is what the path has after the route's own. Returns 0, or the error of
 * the stream, which ends the connection; so does an exchange whose keep_alive was cleared. */
typedef int handler(struct exchange *exchange, const char *rest);

/* A path that ends in a slash stands for all that begin with it. */
struct route {
    const char *path;
    handler *handle;
};

/* Ended by a route without a path. */
extern const struct route httpbin_routes[];
extern const struct route hostile_routes[];

/* Frees what /flaky has counted. */
void forget_flakes(struct origin *origin);

#endif
