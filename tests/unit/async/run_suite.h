/* Helpers of the tests of run(). */
#ifndef TESTS_RUN_SUITE_H
#define TESTS_RUN_SUITE_H

#include "virtual_clock.h"

/* Creates a task on the running loop, which holds the only reference. */
static inline void create(af_coroutine *coroutine, void *arg)
{
    expect_code(af_create_task(coroutine, arg, NULL, NULL), 0);
}

static inline int stubborn(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_sleep(1000);
    trace("goes on");
    return 0;
}

#endif
