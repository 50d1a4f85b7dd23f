/* Helpers of the tests of tasks. */
#ifndef TESTS_TASK_SUITE_H
#define TESTS_TASK_SUITE_H

#include "virtual_clock.h"

static inline int count(void *name, void **ret_result)
{
    (void)ret_result;
    for (int i = 0; i < 3; i++) {
        trace("%s%d", (char *)name, i);
        int r = af_sleep(0);
        if (r < 0)
            return r;
    }
    return 0;
}

static inline void trace_destroyed(void *arg)
{
    trace("%s", (char *)arg);
}

static inline int sleep_long(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(100);
}

#endif
