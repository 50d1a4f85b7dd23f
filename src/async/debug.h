/* Debug mode: reports of slow callbacks and stack overflows. */
#ifndef ASYNC_DEBUG_H
#define ASYNC_DEBUG_H

#include "async/loop.h"

/* Runs the handle, and reports it if it took too long. */
int debug_run(af_loop *loop, struct handle *handle);

/* Begin and end a run of the loop in debug mode, which reports stack overflows of tasks. */
void debug_begin(af_loop *loop);
void debug_end(af_loop *loop);

#endif
