/* The paths and what they do. */
#ifndef HTTP2_ROUTES_H
#define HTTP2_ROUTES_H

#include "stream.h"

struct route {
    const char *path; /* its beginning where it ends in a slash */
    void (*answer)(struct stream *stream);
    bool is_early; /* answers to the headers of the request, before its body */
    const char *help;
};

/* Sets the stream's route and the rest of its path. */
void routes_find(struct stream *stream);

/* All of them, a line each. */
void routes_print(void);

#endif
