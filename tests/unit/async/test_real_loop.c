/* The loop on the real clock: threads, descriptors, signals. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop_suite.h"

/* ------------------------------------------------- the real clock and poll */

static int ends[2], other_ends[2];

static void open_pipes(void)
{
    open_real_loop();
    cr_assert(zero(int, pipe2(ends, O_NONBLOCK)));
    cr_assert(zero(int, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, other_ends)));
}

static void close_pipes(void)
{
    close_loop();
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(other_ends[i]);
    }
}

TestSuite(real_loop, .init = open_pipes, .fini = close_pipes, .timeout = 30);

static int stop_quietly(void *arg)
{
    (void)arg;
    af_loop_stop(loop);
    return 0;
}

static int trace_and_stop(void *text)
{
    trace("%s", (char *)text);
    return stop_quietly(NULL);
}

static pthread_t loop_thread;

/* True if the thread is blocked in the kernel, as in a poll. */
static bool asleep(pid_t thread)
{
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%*d %*s %c", &state) != 1)
        state = 0;
    if (file)
        fclose(file);
    return state == 'S';
}

static void *wake_once_asleep(void *thread)
{
    while (!asleep(*(pid_t *)thread))
        sched_yield();
    af_loop_call_soon_threadsafe(loop, trace_and_stop, "woken");
    return NULL;
}

static int start_waker(void *thread)
{
    return -pthread_create(&loop_thread, NULL, wake_once_asleep, thread);
}

Test(real_loop, rule_6_a_call_from_another_thread_wakes_the_poll)
{
    pid_t self = gettid();
    af_loop_call_soon(loop, start_waker, &self, NULL);
    expect_code(af_loop_run_forever(loop), 0);
    pthread_join(loop_thread, NULL);
    expect_trace("woken");
}

static unsigned arrived;

static int arrive(void *number)
{
    arrived++;
    if (number)
        af_loop_stop(loop);
    return 0;
}

static void *call_many(void *arg)
{
    for (int i = 0; i < 10000; i++)
        af_loop_call_soon_threadsafe(loop, arrive, i == 9999 ? arg : NULL);
    return NULL;
}

Test(real_loop, rule_6_no_call_from_another_thread_is_lost)
{
    pthread_create(&loop_thread, NULL, call_many, "last");
    expect_code(af_loop_run_forever(loop), 0);
    pthread_join(loop_thread, NULL);
    cr_assert(eq(uint, arrived, 10000));
}

Test(real_loop, rule_6_calls_from_a_thread_keep_their_order)
{
    af_loop_call_soon_threadsafe(loop, trace_callback, "a");
    af_loop_call_soon_threadsafe(loop, trace_callback, "b");
    af_loop_call_soon_threadsafe(loop, trace_and_stop, "c");
    af_loop_run_forever(loop);
    expect_trace("a b c");
}

Test(real_loop, a_timer_ends_the_poll)
{
    double before = af_loop_time(loop);
    af_loop_call_later(loop, 0.002, trace_and_stop, "timer", NULL);
    expect_code(af_loop_run_forever(loop), 0);
    cr_assert(af_loop_time(loop) - before >= 0.002);
    expect_trace("timer");
}

static int count_down(void *count)
{
    if (--*(int *)count == 0)
        return stop_quietly(NULL);
    return af_loop_call_soon(loop, count_down, count, NULL);
}

Test(real_loop, a_busy_loop_runs_timers)
{
    int count = 1000;
    af_loop_call_soon(loop, count_down, &count, NULL);
    af_loop_call_later(loop, 0, trace_callback, "timer", NULL);
    af_loop_run_forever(loop);
    expect_trace("timer");
}

/* ------------------------------------------------------------- descriptors */

static int read_one(void *fd)
{
    char byte;
    if (read(*(int *)fd, &byte, 1) != 1)
        return -errno;
    trace("%c", byte);
    if (byte == '.')
        af_loop_stop(loop);
    return 0;
}

Test(real_loop, a_reader_runs_as_long_as_there_is_input)
{
    expect_code(af_loop_add_reader(loop, ends[0], read_one, &ends[0]), 0);
    cr_assert(eq(int, write(ends[1], "abc.", 4), 4));
    expect_code(af_loop_run_forever(loop), 0);
    expect_trace("a b c .");
    cr_assert(af_loop_remove_reader(loop, ends[0]));
    cr_assert(not(af_loop_remove_reader(loop, ends[0])));
}

Test(real_loop, a_reader_runs_in_the_iteration_that_polled)
{
    af_loop_add_reader(loop, ends[0], read_one, &ends[0]);
    cr_assert(eq(int, write(ends[1], "ab", 2), 2));
    tick(1);
    expect_trace("a");
    tick(1);
    expect_trace("b");
}

Test(real_loop, a_removed_reader_does_not_run)
{
    af_loop_add_reader(loop, ends[0], read_one, &ends[0]);
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    af_loop_remove_reader(loop, ends[0]);
    int count = 200;
    af_loop_call_soon(loop, count_down, &count, NULL);
    af_loop_run_forever(loop);
    expect_trace("");
}

Test(real_loop, a_second_reader_replaces_the_first)
{
    af_loop_add_reader(loop, ends[0], trace_callback, "first");
    af_loop_add_reader(loop, ends[0], trace_and_stop, "second");
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    af_loop_run_forever(loop);
    expect_trace("second");
    cr_assert(af_loop_remove_reader(loop, ends[0]));
    cr_assert(not(af_loop_remove_reader(loop, ends[0])));
}

static int write_one(void *fd)
{
    trace("write");
    af_loop_remove_writer(loop, *(int *)fd);
    return write(*(int *)fd, ".", 1) == 1 ? 0 : -errno;
}

Test(real_loop, a_descriptor_may_have_a_reader_and_a_writer)
{
    af_loop_add_reader(loop, other_ends[0], read_one, &other_ends[0]);
    af_loop_add_writer(loop, other_ends[0], trace_callback, "writable");
    af_loop_add_writer(loop, other_ends[1], write_one, &other_ends[1]);
    tick(1);
    char *first = take_trace();
    cr_assert_not_null(strstr(first, "writable"));
    cr_assert_not_null(strstr(first, "write"));
    cr_assert(af_loop_remove_writer(loop, other_ends[0]));
    cr_assert(not(af_loop_remove_writer(loop, other_ends[1])), "it removed itself");
    af_loop_run_forever(loop);
    expect_trace(".");
}

static int remove_both(void *arg)
{
    (void)arg;
    trace("one of two");
    af_loop_remove_reader(loop, ends[0]);
    af_loop_remove_reader(loop, other_ends[0]);
    return 0;
}

static int trace_once(void *arg)
{
    int fd = *(int *)arg;
    trace("%d", fd - ends[0]);
    af_loop_remove_reader(loop, fd);
    return 0;
}

Test(real_loop, callbacks_run_in_the_order_in_which_descriptors_became_ready)
{
    static int pipes[5][2];
    char expected[64];
    size_t order[] = {3, 1, 4, 0, 2};
    for (size_t i = 0; i < 5; i++) {
        cr_assert(zero(int, pipe2(pipes[i], O_NONBLOCK)));
        af_loop_add_reader(loop, pipes[i][0], trace_once, &pipes[i][0]);
    }
    af_loop_stop(loop); /* does not wait, but starts to watch them */
    tick(1);
    for (size_t i = 0; i < 5; i++)
        cr_assert(eq(int, (int)write(pipes[order[i]][1], "x", 1), 1));
    tick(1);
    snprintf(expected, sizeof expected, "%d %d %d %d %d", pipes[3][0] - ends[0],
             pipes[1][0] - ends[0], pipes[4][0] - ends[0], pipes[0][0] - ends[0],
             pipes[2][0] - ends[0]);
    expect_trace(expected);
    for (size_t i = 0; i < 5; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

Test(real_loop, the_reader_of_a_descriptor_runs_before_its_writer)
{
    cr_assert(eq(int, (int)write(other_ends[1], "x", 1), 1));
    af_loop_add_reader(loop, other_ends[0], trace_callback, "r");
    af_loop_add_writer(loop, other_ends[0], trace_callback, "w");
    tick(1);
    expect_trace("r w");
    af_loop_remove_reader(loop, other_ends[0]);
    af_loop_remove_writer(loop, other_ends[0]);
    af_loop_add_writer(loop, other_ends[0], trace_callback, "w");
    af_loop_add_reader(loop, other_ends[0], trace_callback, "r");
    tick(1);
    expect_trace("r w");
}

static int call_in_turns(void *arg)
{
    (void)arg;
    af_loop_call_soon_threadsafe(loop, trace_callback, "1");
    soon("2");
    af_loop_call_soon_threadsafe(loop, trace_callback, "3");
    soon("4");
    return 0;
}

Test(real_loop, rule_6_calls_of_both_kinds_keep_their_order)
{
    call_in_turns(NULL);
    tick(1);
    expect_trace("1 2 3 4");
    af_loop_call_soon(loop, call_in_turns, NULL, NULL);
    tick(2);
    expect_trace("1 2 3 4");
}

static void *run_too(void *ret_code)
{
    *(int *)ret_code = af_loop_run_forever(loop);
    return NULL;
}

static int let_another_thread_run(void *ret_code)
{
    pthread_t thread;
    cr_assert(zero(int, pthread_create(&thread, NULL, run_too, ret_code)));
    return -pthread_join(thread, NULL);
}

Test(real_loop, a_loop_runs_in_one_thread)
{
    int code = 0;
    af_loop_call_soon(loop, let_another_thread_run, &code, NULL);
    tick(1);
    expect_code(code, AF_RUNTIME_ERROR);
}

Test(real_loop, a_reader_removed_in_its_own_batch_does_not_run)
{
    af_loop_add_reader(loop, ends[0], remove_both, NULL);
    af_loop_add_reader(loop, other_ends[0], remove_both, NULL);
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    cr_assert(eq(int, write(other_ends[1], "x", 1), 1));
    tick(1);
    expect_trace("one of two");
}

Test(real_loop, a_failed_reader_is_reported_and_stays)
{
    af_loop_add_reader(loop, ends[0], failing_callback, "reader");
    cr_assert(eq(int, write(ends[1], "x", 1), 1));
    tick(2);
    expect_trace("reader reader");
    expect_reports("exception in a callback: reader failed; "
                   "exception in a callback: reader failed");
}

Test(real_loop, large_descriptor_numbers_work)
{
    int high = fcntl(ends[0], F_DUPFD, 500);
    cr_assert(ge(int, high, 500));
    af_loop_add_reader(loop, ends[0], trace_callback, "never");
    af_loop_remove_reader(loop, ends[0]);
    expect_code(af_loop_add_reader(loop, high, read_one, &high), 0);
    cr_assert(eq(int, write(ends[1], ".", 1), 1));
    af_loop_run_forever(loop);
    expect_trace(".");
    cr_assert(af_loop_remove_reader(loop, high));
    cr_assert(not(af_loop_remove_reader(loop, 5000)));
    close(high);
}

Test(real_loop, a_negative_descriptor_is_an_error)
{
    expect_code(af_loop_add_reader(loop, -1, trace_callback, ""), -EBADF);
    expect_code(af_loop_add_writer(loop, -1, trace_callback, ""), -EBADF);
    cr_assert(not(af_loop_remove_reader(loop, -1)));
    cr_assert(not(af_loop_remove_writer(loop, -1)));
}

Test(real_loop, close_removes_readers_writers_and_signal_handlers)
{
    af_loop_add_reader(loop, ends[0], trace_callback, "");
    af_loop_add_writer(loop, ends[1], trace_callback, "");
    af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, "");
    af_loop_add_signal_handler(loop, SIGUSR2, trace_callback, "");
}

/* ----------------------------------------------------------------- signals */

static int raise_signal(void *number)
{
    return -raise(*(int *)number);
}

static void (*disposition(int number))(int)
{
    struct sigaction action;
    sigaction(number, NULL, &action);
    return action.sa_handler;
}

Test(real_loop, a_signal_runs_its_handler_in_the_loop)
{
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_and_stop, "first"), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_and_stop, "signal"), 0);
    raise(SIGUSR1);
    expect_trace("");
    af_loop_run_forever(loop);
    expect_trace("signal");
}

Test(real_loop, a_busy_loop_handles_signals)
{
    int number = SIGUSR1, endless = -1;
    af_loop_add_signal_handler(loop, SIGUSR1, trace_and_stop, "signal");
    af_loop_call_soon(loop, count_down, &endless, NULL);
    af_loop_call_soon(loop, raise_signal, &number, NULL);
    af_loop_run_forever(loop);
    expect_trace("signal");
}

static int remove_signal_handler(void *number)
{
    trace("signal");
    af_loop_remove_signal_handler(loop, *(int *)number);
    return stop_quietly(NULL);
}

Test(real_loop, a_signal_handler_may_remove_itself)
{
    int number = SIGUSR1;
    cr_assert(disposition(SIGUSR1) == SIG_DFL);
    af_loop_add_signal_handler(loop, SIGUSR1, remove_signal_handler, &number);
    cr_assert(disposition(SIGUSR1) != SIG_DFL);
    raise(SIGUSR1);
    af_loop_run_forever(loop);
    expect_trace("signal");
    cr_assert(disposition(SIGUSR1) == SIG_DFL, "it has its old meaning again");
    cr_assert(not(af_loop_remove_signal_handler(loop, SIGUSR1)));
}

Test(real_loop, some_signals_cannot_be_handled)
{
    static const int numbers[] = {SIGKILL, SIGSTOP, 0, -1, NSIG};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        expect_code(af_loop_add_signal_handler(loop, numbers[i], trace_callback, ""), -EINVAL);
}

Test(real_loop, a_signal_is_handled_by_one_loop)
{
    af_loop *other;
    cr_assert(zero(int, af_loop_new(NULL, &other)));
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), 0);
    expect_code(af_loop_add_signal_handler(other, SIGUSR1, trace_callback, ""), -EBUSY);
    cr_assert(af_loop_remove_signal_handler(loop, SIGUSR1));
    expect_code(af_loop_add_signal_handler(other, SIGUSR1, trace_callback, ""), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), -EBUSY);
    expect_code(af_loop_close(other), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, trace_callback, ""), 0);
}

Test(real_loop, a_closed_descriptor_is_an_error)
{
    int fd = dup(0);
    close(fd);
    expect_code(af_loop_add_reader(loop, fd, trace_callback, ""), -EBADF);
    expect_code(af_loop_add_writer(loop, 777, trace_callback, ""), -EBADF);
    expect_code(af_loop_add_reader(loop, -1, trace_callback, ""), -EBADF);
    cr_assert_str_eq(af_error_text(af_raised(-EBADF)), strerror(EBADF));
    cr_assert(not(af_loop_remove_reader(loop, 777)));
}

static int close_the_loop(void *arg)
{
    (void)arg;
    expect_code(af_loop_close(loop), AF_RUNTIME_ERROR);
    return stop_quietly(NULL);
}

Test(real_loop, a_running_loop_cannot_be_closed)
{
    af_loop_call_soon(loop, close_the_loop, NULL, NULL);
    expect_code(af_loop_run_forever(loop), 0);
    expect_code(af_loop_call_soon(loop, stop_quietly, NULL, NULL), 0);
    expect_code(af_loop_run_forever(loop), 0);
}

Test(real_loop, run_once_resets_stop)
{
    af_loop_stop(loop);
    expect_code(af_loop_run_once(loop), 0);
    af_loop_call_later(loop, 0.05, trace_callback, "later", NULL); /* the poll waits for them */
    expect_code(af_loop_run_once(loop), 0);
    expect_trace("later");
}
