#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "async/coroutine.h"
#include "failing_allocation.h"
#include "virtual_clock.h"

static struct coroutine_pool pool;
static struct coroutine *coroutine;

static void setup(void)
{
    coroutine_pool_init(&pool);
}

static void teardown(void)
{
    coroutine_pool_free(&pool);
}

TestSuite(coroutine, .init = setup, .fini = teardown);

static struct coroutine *make(coroutine_function *function, void *arg)
{
    expect_code(coroutine_reserve(&pool), 0);
    return coroutine_new(&pool, function, arg);
}

static void count_to_three(void *arg)
{
    struct coroutine **self = arg;
    for (int i = 1; i < 3; i++) {
        trace("in%d", i);
        coroutine_yield(*self);
    }
    trace("in3");
}

Test(coroutine, alternates_with_its_caller)
{
    coroutine = make(count_to_three, &coroutine);
    for (bool ended = false; !ended; trace(ended ? "end" : "out"))
        ended = coroutine_resume(coroutine);
    expect_trace("in1 out in2 out in3 end");
    coroutine_free(coroutine);
}

Test(coroutine, does_not_run_before_the_first_resume)
{
    coroutine_free(make(count_to_three, &coroutine));
    expect_trace("");
}

Test(coroutine, many_suspended_coroutines_keep_their_locals)
{
    struct coroutine *many[100];
    for (int i = 0; i < 100; i++)
        many[i] = make(count_to_three, &many[i]);
    for (int round = 1; round <= 3; round++)
        for (int i = 0; i < 100; i++) {
            char expected[8];
            snprintf(expected, sizeof expected, "in%d", round);
            cr_assert(eq(int, coroutine_resume(many[i]), round == 3));
            expect_trace(expected);
        }
    for (int i = 0; i < 100; i++)
        coroutine_free(many[i]);
}

static void nothing(void *arg)
{
    (void)arg;
}

Test(coroutine, the_stack_of_an_ended_coroutine_is_reused)
{
    struct coroutine *first = make(nothing, NULL);
    cr_assert(coroutine_resume(first));
    coroutine_free(first);
    coroutine = make(count_to_three, &coroutine);
    cr_assert_eq(coroutine, first);
    while (!coroutine_resume(coroutine))
        ;
    expect_trace("in1 in2 in3");
    coroutine_free(coroutine);
}

Test(coroutine, the_stack_of_a_suspended_coroutine_is_not_reused)
{
    coroutine = make(count_to_three, &coroutine);
    cr_assert(not(coroutine_resume(coroutine)));
    coroutine_free(coroutine);
    struct coroutine *next = make(nothing, NULL);
    cr_assert(coroutine_resume(next));
    coroutine_free(next);
    expect_trace("in1");
}

static int yield_at(int depth)
{
    char frame[256];
    memset(frame, depth, sizeof frame);
    if (depth == 0)
        coroutine_yield(coroutine);
    else if (yield_at(depth - 1) != depth - 1)
        return -1;
    for (size_t i = 0; i < sizeof frame; i++)
        if (frame[i] != (char)depth)
            return -1;
    return depth;
}

static void yield_deeply(void *result)
{
    *(int *)result = yield_at(100);
}

Test(coroutine, may_yield_at_any_depth_of_calls)
{
    int result = 0;
    coroutine = make(yield_deeply, &result);
    cr_assert(not(coroutine_resume(coroutine)));
    cr_assert(coroutine_resume(coroutine));
    expect_code(result, 100);
    coroutine_free(coroutine);
}

static void use_the_floating_point_unit(void *arg)
{
    double *sum = arg;
    for (int i = 1; i <= 4; i++) {
        double part = 1.0 / i;
        coroutine_yield(coroutine);
        *sum += part;
    }
}

Test(coroutine, preserves_registers)
{
    double sum = 0, expected = 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4;
    coroutine = make(use_the_floating_point_unit, &sum);
    while (!coroutine_resume(coroutine))
        ;
    cr_assert_eq(sum, expected);
    coroutine_free(coroutine);
}

/* ---------------------------------------------------------- the guard page */

enum { NEIGHBOURS = 5, VICTIM = 2 };

static struct coroutine *neighbours[NEIGHBOURS];
static volatile unsigned char *frames[NEIGHBOURS];

static void fill_a_frame(void *arg)
{
    size_t i = (size_t)arg;
    unsigned char frame[16384];
    memset(frame, (int)i + 1, sizeof frame);
    frames[i] = frame;
    coroutine_yield(neighbours[i]);
}

static volatile bool endless = true;

static unsigned overflow_in_small_frames(unsigned depth)
{
    volatile char frame[256];
    frame[0] = (char)depth;
    return (endless ? overflow_in_small_frames(depth + 1) : 0) + frame[0];
}

/* Larger than a page, and mostly not touched. */
static unsigned overflow_in_large_frames(unsigned depth)
{
    volatile char frame[30000];
    frame[0] = (char)depth;
    return (endless ? overflow_in_large_frames(depth + 1) : 0) + frame[0];
}

static void overflow_the_stack(void *large)
{
    if (large)
        overflow_in_large_frames(0);
    else
        overflow_in_small_frames(0);
}

/* Runs on an alternate stack. Checks that the neighbouring stacks are unchanged, then lets the
 * fault happen again with the default action. */
static void on_fault(int signal_number)
{
    for (size_t i = 0; i < NEIGHBOURS; i++)
        for (size_t byte = 0; byte < 16384; byte++)
            if (frames[i] && frames[i][byte] != i + 1)
                _exit(1);
    signal(signal_number, SIG_DFL);
}

static void overflow_among_neighbours(bool large)
{
    static char alternate[64 * 1024];
    for (size_t i = 0; i < NEIGHBOURS; i++)
        neighbours[i] = i == VICTIM ? make(overflow_the_stack, large ? &pool : NULL)
                                    : make(fill_a_frame, (void *)i);
    for (size_t i = 0; i < NEIGHBOURS; i++)
        if (i != VICTIM)
            coroutine_resume(neighbours[i]);
    sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL);
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = on_fault, .sa_flags = SA_ONSTACK}, NULL);
    coroutine_resume(neighbours[VICTIM]);
    _exit(2);
}

static void expect_overflow_to_kill(bool large)
{
    pid_t child = fork();
    if (child == 0)
        overflow_among_neighbours(large);
    int status;
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    bool killed = WIFSIGNALED(status);
    cr_assert(killed, "it exited with %d", WEXITSTATUS(status));
    expect_code(WTERMSIG(status), SIGSEGV);
}

Test(coroutine, an_overflow_raises_sigsegv_and_damages_no_other_stack)
{
    expect_overflow_to_kill(false);
    expect_overflow_to_kill(true);
}

Test(coroutine, an_overflow_raises_sigsegv_without_guard_support_in_the_kernel)
{
    forget_guards(true);
    expect_overflow_to_kill(false);
    expect_overflow_to_kill(true);
    forget_guards(false);
}
