/* Runs a scenario once for each of its allocations, which fails. */
#ifndef TESTS_OUT_OF_MEMORY_SUITE_H
#define TESTS_OUT_OF_MEMORY_SUITE_H

#include <errno.h>

#include <afetch/afetch.h>

#include "failing_allocation.h"
#include "virtual_clock.h"

/* True if R is a lack of memory: itself, or as a group with such an error. -EAGAIN is a lack of
 * stacks. */
static inline bool is_want(af_error error)
{
    for (size_t i = 0; i < af_error_count(error); i++)
        if (is_want(af_error_member(error, i)))
            return true;
    return error.code == -ENOMEM || error.code == -EAGAIN;
}

/* Returns 0 if R is the expected code, R if it is a lack of memory, and otherwise a code that fails
 * the test. */
static inline int expected(int r, int code)
{
    if (r == code)
        return 0;
    return is_want(af_raised(r)) ? r : af_raise(-EPROTO, "%s", word(r));
}

/* The last raised error is kept for the thread, and not a leak. */
static inline void forget_errors(void)
{
    af_raise_error((af_error){0});
}

static inline int take_a_turn(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(1e-6);
}

/* Runs MAIN with the allocation of this number failing. False if there were fewer allocations. */
static inline bool survives(const af_loop_options *options, af_coroutine *main, size_t number,
                            bool and_all_after)
{
    forget_errors();
    long live = live_allocations();
    fail_allocation(number, and_all_after);
    af_runner *runner = NULL;
    int r = af_runner_new(options, &runner);
    if (r >= 0)
        r = af_runner_run(runner, main, NULL, NULL);
    bool failed = stop_failing();
    bool allowed = r == 0 || (failed && is_want(af_raised(r)));
    cr_assert(allowed, "allocation %zu: %s", number, word(r));
    if (runner) {
        r = af_runner_run(runner, take_a_turn, NULL, NULL);
        cr_assert(eq(int, r, 0), "allocation %zu: the loop is of no use: %s", number, word(r));
        expect_code(af_runner_close(runner), 0);
    }
    forget_errors();
    cr_assert(eq(long, live_allocations(), live), "allocation %zu: a leak", number);
    return failed;
}

static inline void survive(const af_loop_options *options, af_coroutine *main)
{
    for (int and_all_after = 0; and_all_after < 2; and_all_after++) {
        size_t number = 1;
        while (survives(options, main, number, and_all_after))
            number++;
        cr_assert(gt(sz, number, 10));
    }
}

static const double delays[] = {1, 2, 3, 4, 5};

#endif
