/* Helpers of the tests of gather(). */
#ifndef TESTS_GATHER_SUITE_H
#define TESTS_GATHER_SUITE_H

#include <afetch/gather.h>

#include "failing_allocation.h"
#include "virtual_clock.h"

static inline af_future *gather(af_future *const *children, size_t count, bool return_exceptions)
{
    af_future *made;
    expect_code(af_gather(children, count, return_exceptions, &made), 0);
    return keep(made);
}

#endif
