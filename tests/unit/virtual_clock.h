/* A loop with a virtual clock, which only the poll advances, so that no test waits for real time.
 * Events are recorded in two strings that tests compare: the trace, which tests write, and the
 * reports of the exception handler. */
#ifndef TESTS_VIRTUAL_CLOCK_H
#define TESTS_VIRTUAL_CLOCK_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <afetch/loop.h>
#include <afetch/task.h>

extern af_loop *loop;
extern unsigned iteration; /* number of polls */
extern double polled;      /* timeout of the last poll */

/* The fixtures of a suite. With the virtual clock, a poll that would wait forever ends the run with
 * -EDEADLK. close_loop() unreferences the kept futures first. */
void open_loop(void);
void open_real_loop(void);
void close_loop(void);

/* For loops created by the test: the options of the virtual clock, and a function that sets the
 * exception handler and the loop of spawn(). */
extern const af_loop_options virtual_clock;
void listen_to(af_loop *running);

/* Makes close_loop() unreference the future, and returns it. */
af_future *keep(af_future *future);

/* Create a future, and a task, of the loop, both kept until close_loop(). */
af_future *new_future(void);
af_task *spawn(af_coroutine *coroutine, void *arg);

/* Runs a coroutine as a task until it is done, and returns its return value. */
int run(af_coroutine *coroutine, void *arg);

/* Number of tasks for tests of many: 20,000, but fewer for valgrind, which has room for 15,000
 * stacks. */
int many(void);

/* Run COUNT iterations, whether or not there is anything to do; or until nothing is left to do. */
void tick(unsigned iterations);
void settle(void);

/* Advances the clock without a poll, as a slow callback does. */
void advance(double seconds);

void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Compare the trace, separated by blanks, and the reports, separated by semicolons, since the last
 * call. */
char *take_trace(void);
char *take_reports(void);

#define expect_trace(expected) cr_assert(eq(str, take_trace(), (char *)(expected)))
#define expect_reports(expected) cr_assert(eq(str, take_reports(), (char *)(expected)))
#define expect_code(actual, expected) cr_assert(eq(int, (actual), (expected)))

/* Returns "ok", "cancelled", "timeout" ..., or the text of the error that was just returned. */
const char *word(int r);

/* Callbacks that await, cancel or release a future. */
int cancel_later(void *future);
int set_later(void *future);
int fail_later(void *future);

/* Callbacks that trace their argument; the second also fails. */
int trace_callback(void *word);
int failing_callback(void *word);

/* The argument of the two coroutines that most tests use. Those with a name trace "name:word". */
struct actor {
    const char *name;
    double delay;
    af_future *future;
    int code; /* error of the sleeper, or 0 */
};

/* Sleeps for the delay, then fails with "<name> failed" or returns its name. */
int sleeper(void *actor, void **ret_result);

/* Awaits the future and returns its outcome. */
int awaiter(void *actor, void **ret_result);

#endif
