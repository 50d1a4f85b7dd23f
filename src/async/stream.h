/* What the public header hides of a stream, for the server that makes one of an accepted socket. */
#ifndef ASYNC_STREAM_H
#define ASYNC_STREAM_H

#include <afetch/stream.h>

#include "async/loop.h"

/* A stream on a connected socket that does not block, which it takes. -ENOMEM, and then the socket
 * is still the caller's. */
int stream_new(af_loop *loop, int fd, af_stream **ret_stream);

#endif
