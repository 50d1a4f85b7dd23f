/* Helpers of the tests of the loop. */
#ifndef TESTS_LOOP_SUITE_H
#define TESTS_LOOP_SUITE_H

#include "virtual_clock.h"

static inline int soon(void *text)
{
    return af_loop_call_soon(loop, trace_callback, text, NULL);
}

static inline int later(double delay, char *text)
{
    return af_loop_call_later(loop, delay, trace_callback, text, NULL);
}

#endif
