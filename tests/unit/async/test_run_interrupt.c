/* run() and SIGINT. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <afetch/run.h>

#include "run_suite.h"

/* -------------------------------------------------------------- interrupts */

static int interrupt(void *arg)
{
    (void)arg;
    return -raise(SIGINT);
}

static int interrupt_soon(void)
{
    return af_loop_call_soon(af_running_loop(), interrupt, NULL, NULL);
}

static int be_interrupted(void *how, void **ret_result)
{
    (void)ret_result;
    interrupt_soon();
    int r = af_sleep(1000);
    trace("%s", word(r));
    return how ? *(int *)how : r;
}

static bool default_interrupt(void)
{
    struct sigaction action;
    sigaction(SIGINT, NULL, &action);
    return action.sa_handler == SIG_DFL;
}

Test(run, rule_68_the_first_interrupt_cancels_main)
{
    signal(SIGINT, SIG_DFL);
    expect_code(af_run(NULL, be_interrupted, NULL, NULL), AF_INTERRUPTED);
    expect_trace("cancelled");
    cr_assert(default_interrupt());
}

Test(run, rule_68_a_main_that_swallows_it_keeps_its_outcome)
{
    signal(SIGINT, SIG_DFL);
    expect_code(af_run(NULL, be_interrupted, &(int){0}, NULL), 0);
    expect_code(af_run(NULL, be_interrupted, &(int){-EIO}, NULL), -EIO);
    expect_trace("cancelled cancelled");
}

static int compute_and_return(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return -raise(SIGINT);
}

static int return_after_sleep(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_sleep(0.01);
}

Test(run, rule_68_an_interrupt_while_main_computes_is_not_lost)
{
    signal(SIGINT, SIG_DFL);
    af_runner *runner;
    expect_code(af_runner_new(NULL, &runner), 0);
    expect_code(af_runner_run(runner, compute_and_return, NULL, NULL), AF_INTERRUPTED);
    expect_code(af_runner_run(runner, return_after_sleep, NULL, NULL), 0);
    af_runner_close(runner);
}

static int compute_in_turns(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    raise(SIGINT);
    int turns = 0, r = 0;
    for (; r >= 0 && turns < 1000; turns++)
        r = af_sleep(0);
    trace("%d", turns);
    return r;
}

Test(run, rule_68_a_busy_loop_handles_an_interrupt_at_once)
{
    signal(SIGINT, SIG_DFL);
    expect_code(af_run(NULL, compute_in_turns, NULL, NULL), AF_INTERRUPTED);
    expect_trace("2");
}

static int be_interrupted_and_cancelled(void *arg, void **ret_result)
{
    af_future_cancel(af_current_task());
    af_sleep(0);
    return be_interrupted(arg, ret_result);
}

Test(run, rule_68_an_interrupt_with_another_cancel_is_a_cancel)
{
    signal(SIGINT, SIG_DFL);
    expect_code(af_run(NULL, be_interrupted_and_cancelled, NULL, NULL), AF_CANCELLED);
}

static int leave_a_task_and_be_interrupted(void *arg, void **ret_result)
{
    listen_to(af_running_loop());
    create(stubborn, NULL);
    return be_interrupted(arg, ret_result);
}

Test(run, rule_68_after_an_interrupt_remaining_tasks_are_cancelled)
{
    signal(SIGINT, SIG_DFL);
    expect_code(af_run(NULL, leave_a_task_and_be_interrupted, NULL, NULL), AF_INTERRUPTED);
    expect_trace("cancelled goes on");
}

static int ignore_interrupts(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    for (int i = 0; i < 10; i++) {
        interrupt_soon();
        af_sleep(0.01);
    }
    return 0;
}

static void expect_death_by_interrupt(af_coroutine *main)
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGINT, SIG_DFL);
        af_run(NULL, main, NULL, NULL);
        _exit(0);
    }
    int status;
    cr_assert(eq(int, waitpid(child, &status, 0), child));
    bool killed = WIFSIGNALED(status);
    cr_assert(killed);
    expect_code(WTERMSIG(status), SIGINT);
}

Test(run, rule_68_the_second_interrupt_ends_the_process)
{
    expect_death_by_interrupt(ignore_interrupts);
}

static int compute_through_interrupts(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    raise(SIGINT);
    raise(SIGINT);
    return 0;
}

Test(run, rule_68_the_second_interrupt_ends_the_process_while_main_computes)
{
    expect_death_by_interrupt(compute_through_interrupts);
}

static int be_interrupted_when_cancelled(void *arg, void **ret_result)
{
    af_sleep(1000);
    return ignore_interrupts(arg, ret_result);
}

static int leave_the_interrupted(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    create(be_interrupted_when_cancelled, NULL);
    return af_sleep(0);
}

Test(run, rule_68_an_interrupt_after_main_ends_the_process)
{
    expect_death_by_interrupt(leave_the_interrupted);
}

static int interrupts;

static int on_interrupt(void *text)
{
    trace("%s", (char *)text);
    interrupts++;
    return 0;
}

static int handle_interrupts(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_loop_add_signal_handler(af_running_loop(), SIGINT, on_interrupt, "handled");
    for (int i = 1; i <= 2; i++) {
        interrupt_soon();
        while (interrupts < i) {
            int r = af_sleep(0);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

Test(run, a_main_may_handle_interrupts_itself)
{
    signal(SIGINT, SIG_DFL);
    expect_code(af_run(NULL, handle_interrupts, NULL, NULL), 0);
    expect_trace("handled handled");
    cr_assert(default_interrupt());
}

static int take_interrupts_and_leave(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_loop_add_signal_handler(af_running_loop(), SIGINT, on_interrupt, "handled");
}

static int wait_for_an_interrupt(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    interrupt_soon();
    while (interrupts == 0) {
        int r = af_sleep(0);
        if (r < 0)
            return r;
    }
    return 0;
}

Test(run, a_signal_handler_of_main_is_kept)
{
    signal(SIGINT, SIG_DFL);
    af_runner *runner;
    expect_code(af_runner_new(NULL, &runner), 0);
    expect_code(af_runner_run(runner, take_interrupts_and_leave, NULL, NULL), 0);
    expect_code(af_runner_run(runner, wait_for_an_interrupt, NULL, NULL), 0);
    expect_trace("handled");
    cr_assert(af_loop_remove_signal_handler(af_runner_loop(runner), SIGINT));
    expect_code(af_runner_run(runner, be_interrupted, NULL, NULL), AF_INTERRUPTED);
    expect_code(af_runner_close(runner), 0);
    cr_assert(default_interrupt());
}

static int interrupt_and_sleep(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    interrupt_soon();
    return af_sleep(0.001);
}

Test(run, ignored_interrupts_remain_ignored)
{
    signal(SIGINT, SIG_IGN);
    expect_code(af_run(NULL, interrupt_and_sleep, NULL, NULL), 0);
    struct sigaction action;
    sigaction(SIGINT, NULL, &action);
    cr_assert_eq(action.sa_handler, SIG_IGN);
}
