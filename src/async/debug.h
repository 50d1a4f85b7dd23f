/* Debug mode: the loop looks at itself, slowly. */
#ifndef ASYNC_DEBUG_H
#define ASYNC_DEBUG_H

#include "async/loop.h"

/* Runs the handle, and reports it where it took long. */
int debug_run(af_loop *loop, struct handle *handle);

/* Around a run of the loop: an overflown stack is then named before the process ends of it. */
void debug_begin(af_loop *loop);
void debug_end(af_loop *loop);

#endif
