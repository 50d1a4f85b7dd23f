#include <errno.h>
#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <afetch/run.h>

#include "async/debug.h"
#include "base/symbol.h"
#include "failing_allocation.h"
#include "virtual_clock.h"

static void open_debugged_loop(void)
{
    open_loop();
    af_loop_set_debug(loop, true);
}

TestSuite(debug, .init = open_debugged_loop, .fini = close_loop, .timeout = 30);

/* ---------------------------------------------------------- slow callbacks */

static int block(void *seconds)
{
    advance(*(double *)seconds);
    return 0;
}

static int block_in_a_task(void *seconds, void **ret_result)
{
    (void)ret_result;
    af_sleep(0);
    return block(seconds);
}

static int block_when_done(af_future *future, void *seconds)
{
    (void)future;
    return block(seconds);
}

static double tenth = 0.125, less = 0.0625;

Test(debug, rule_69_a_callback_of_100_ms_is_reported_by_name)
{
    af_loop_call_soon(loop, block, &tenth, NULL);
    af_loop_call_later(loop, 1, block, &tenth, NULL);
    settle();
    expect_reports("executing block took 0.125 seconds: no error; "
                   "executing block took 0.125 seconds: no error");
}

Test(debug, rule_69_a_slow_step_is_reported_with_task_and_function)
{
    af_task_set_name(spawn(block_in_a_task, &tenth), "Slow");
    settle();
    expect_reports("executing Slow (block_in_a_task) took 0.125 seconds: no error");
}

Test(debug, a_slow_done_callback_is_reported_by_name)
{
    af_future *future = new_future();
    af_future_add_done_callback(future, block_when_done, &tenth);
    af_future_set_result(future, NULL, NULL);
    settle();
    expect_reports("executing block_when_done took 0.125 seconds: no error");
}

Test(debug, fast_callbacks_are_not_reported)
{
    af_loop_call_soon(loop, block, &less, NULL);
    settle();
    expect_reports("");
}

Test(debug, slow_callback_duration_can_be_set)
{
    af_loop_set_slow_callback_duration(loop, 0.03);
    af_loop_call_soon(loop, block, &less, NULL);
    settle();
    expect_reports("executing block took 0.062 seconds: no error");
}

Test(debug, without_debug_mode_slow_callbacks_are_not_reported)
{
    af_loop_set_debug(loop, false);
    cr_assert(not(af_loop_debug(loop)));
    af_loop_call_soon(loop, block, &tenth, NULL);
    settle();
    expect_reports("");
}

/* ---------------------------------------------------------- foreign threads */

struct foreign {
    int soon, later, at, task, result;
    af_future *future;
};

static int nothing(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return 0;
}

static int no_callback(void *arg)
{
    (void)arg;
    return 0;
}

static void *use_the_loop(void *arg)
{
    struct foreign *foreign = arg;
    foreign->soon = af_loop_call_soon(loop, no_callback, NULL, NULL);
    foreign->later = af_loop_call_later(loop, 1, no_callback, NULL, NULL);
    foreign->at = af_loop_call_at(loop, 1, no_callback, NULL, NULL);
    foreign->task = af_loop_create_task(loop, nothing, NULL, NULL, NULL);
    foreign->result = af_future_set_result(foreign->future, NULL, NULL);
    return NULL;
}

static int wait_for_the_thread(void *foreign, void **ret_result)
{
    (void)ret_result;
    pthread_t thread;
    cr_assert(zero(int, pthread_create(&thread, NULL, use_the_loop, foreign)));
    pthread_join(thread, NULL);
    return 0;
}

Test(debug, rule_69_call_soon_from_another_thread_is_an_error)
{
    struct foreign foreign = {.future = new_future()};
    run(wait_for_the_thread, &foreign);
    expect_code(foreign.soon, AF_RUNTIME_ERROR);
    expect_code(foreign.later, AF_RUNTIME_ERROR);
    expect_code(foreign.at, AF_RUNTIME_ERROR);
    expect_code(foreign.task, AF_RUNTIME_ERROR);
    expect_code(foreign.result, AF_RUNTIME_ERROR);
    cr_assert(not(af_future_done(foreign.future)));
}

Test(debug, a_stopped_loop_may_be_used_from_another_thread)
{
    struct foreign foreign = {.future = new_future()};
    pthread_t thread;
    cr_assert(zero(int, pthread_create(&thread, NULL, use_the_loop, &foreign)));
    pthread_join(thread, NULL);
    expect_code(foreign.soon, 0);
    expect_code(foreign.task, 0);
    expect_code(foreign.result, 0);
    settle();
}

/* ------------------------------------------------------------ what is printed */

/* Writes what gcov has counted, if this is a build for it. */
void __gcov_dump(void) __attribute__((weak));

static void end_process(int status)
{
    if (__gcov_dump)
        __gcov_dump();
    _exit(status);
}

/* Runs the function in a child process and returns its stderr and its exit status. */
static char *stderr_of(void (*function)(void), int *ret_status)
{
    static char text[4096];
    int ends[2];
    cr_assert(zero(int, pipe(ends)));
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        signal(SIGSEGV, SIG_DFL);
        function();
        end_process(0);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t n;
    while ((n = read(ends[0], text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(ends[0]);
    waitpid(child, ret_status, 0);
    return text;
}

static int fail_unseen(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return af_raise(-EIO, "a \033[31mred\n text");
}

static int leave_traces(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_create_task(fail_unseen, NULL, NULL, NULL);
    af_loop_call_soon(af_running_loop(), failing_callback, "failing", NULL);
    int r = af_sleep(0);
    af_loop_call_soon(af_running_loop(), block, &tenth, NULL);
    return r < 0 ? r : af_sleep(0);
}

static void run_with_debug(void)
{
    af_loop_options options = virtual_clock;
    options.debug = true;
    af_run(&options, leave_traces, NULL, NULL);
}

static void run_with_variable(void)
{
    setenv("AFETCH_DEBUG", "1", 1);
    af_run(&virtual_clock, leave_traces, NULL, NULL);
}

static void run_without_variable(void)
{
    setenv("AFETCH_DEBUG", "0", 1);
    af_run(&virtual_clock, leave_traces, NULL, NULL);
}

static const char *const printed =
    "libafetch: exception was never retrieved: Task-2 (fail_unseen): a ?[31mred? text\n"
    "libafetch: exception in a callback: failing failed\n"
    "libafetch: executing block took 0.125 seconds\n";

Test(debug, reports_are_printed_without_an_exception_handler)
{
    int status;
    cr_assert(eq(str, stderr_of(run_with_debug, &status), (char *)printed));
    cr_assert(zero(int, status));
}

Test(debug, the_environment_turns_it_on)
{
    int status;
    cr_assert(eq(str, stderr_of(run_with_variable, &status), (char *)printed));
    cr_assert(eq(str, stderr_of(run_without_variable, &status), ""));
}

/* ---------------------------------------------------------- stack overflows */

static volatile bool endless = true;

static unsigned overflow(unsigned depth)
{
    volatile char frame[256];
    frame[0] = (char)depth;
    return (endless ? overflow(depth + 1) : 0) + frame[0];
}

static int recurse(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    return (int)overflow(0);
}

static void overflow_a_stack(void)
{
    af_loop_options options = virtual_clock;
    options.debug = true;
    af_run(&options, recurse, NULL, NULL);
}

Test(debug, a_stack_overflow_names_the_task)
{
    int status;
    char *text = stderr_of(overflow_a_stack, &status);
    char *expected = "libafetch: stack overflow in Task-1 (recurse)\n";
    cr_assert(zero(int, strncmp(text, expected, strlen(expected))), "%s", text);
    cr_assert(not(zero(int, status)));
}

static void take_the_fault(int number)
{
    end_process(number == SIGSEGV ? 42 : 1);
}

/* The handler has a stack of its own: that of the task has no room. */
static void overflow_with_a_handler(void)
{
    static char stack[64 * 1024];
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    sigaction(SIGSEGV, &(struct sigaction){.sa_handler = take_the_fault, .sa_flags = SA_ONSTACK},
              NULL);
    overflow_a_stack();
}

Test(debug, a_fault_is_left_to_the_handler_that_was_there)
{
    int status;
    char *text = stderr_of(overflow_with_a_handler, &status);
    cr_assert(eq(str, text, "libafetch: stack overflow in Task-1 (recurse)\n"));
    cr_assert(not(zero(int, WIFEXITED(status))));
    cr_assert(eq(int, WEXITSTATUS(status), 42));
}

static int fault(void *arg)
{
    (void)arg;
    return raise(SIGSEGV);
}

static void fault_in_a_callback(void)
{
    signal(SIGSEGV, take_the_fault);
    af_loop_set_debug(loop, true);
    af_loop_call_soon(loop, fault, NULL, NULL);
    settle();
    /* A signal that was raised is not raised again by a return. */
    raise(SIGSEGV);
}

Test(debug, a_fault_that_is_no_overflow_is_not_reported_as_one)
{
    int status;
    cr_assert(eq(str, stderr_of(fault_in_a_callback, &status), ""));
    cr_assert(not(zero(int, WIFEXITED(status))));
    cr_assert(eq(int, WEXITSTATUS(status), 42));
}

static int turn_debug_on(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_loop_set_debug(af_running_loop(), true);
    af_loop_set_debug(af_running_loop(), true);
    return (int)overflow(0);
}

static void overflow_with_debug_from_within(void)
{
    af_run(&virtual_clock, turn_debug_on, NULL, NULL);
}

Test(debug, it_can_be_turned_on_while_the_loop_runs)
{
    int status;
    char *text = stderr_of(overflow_with_debug_from_within, &status);
    char *expected = "libafetch: stack overflow in Task-1 (turn_debug_on)\n";
    cr_assert(zero(int, strncmp(text, expected, strlen(expected))), "%s", text);
    cr_assert(not(zero(int, status)));
}

Test(debug, without_memory_for_a_signal_stack_the_loop_runs_all_the_same)
{
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    fail_allocation(1, false);
    debug_begin(loop);
    cr_assert(stop_failing());
    cr_expect_null(loop->signal_stack);
    debug_begin(loop);
    cr_expect_not_null(loop->signal_stack);
    debug_end(loop);
    cr_expect_null(loop->signal_stack);
    debug_end(loop);
}

/* ------------------------------------------------------------------- names */

Test(debug, a_function_without_a_symbol_is_named_by_its_address)
{
    char name[100];
    static char data;
    symbol_name(&data, name, sizeof name);
    cr_assert(strstr(name, "+0x") != NULL, "%s", name);
    symbol_name((void *)16, name, sizeof name);
    cr_assert(eq(str, name, "0x10"));
}

Test(debug, names_of_shared_libraries_are_found)
{
    char name[100];
    symbol_name((void *)ev_version_major, name, sizeof name);
    cr_assert(eq(str, name, "ev_version_major"));
}
