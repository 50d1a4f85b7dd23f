/* A loop whose clock is a number that only the poll moves, so that no test waits for real time; and
 * two ears for what happens on it: the trace, which tests write, and the reports of the exception
 * handler. Both are compared as a string. */
#ifndef TESTS_VIRTUAL_CLOCK_H
#define TESTS_VIRTUAL_CLOCK_H

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <afetch/loop.h>
#include <afetch/task.h>

extern af_loop *loop;
extern unsigned iteration; /* how often it polled */
extern double polled;      /* the timeout it polled with last */

/* The fixtures of a suite. With the virtual clock, a poll that would wait for ever ends the run
 * with -EDEADLK. close_loop first drops what was kept. */
void open_loop(void);
void open_real_loop(void);
void close_loop(void);

/* For a loop that somebody else makes: the clock, and who hears its exceptions and is given its
 * tasks. */
extern const af_loop_options virtual_clock;
void listen_to(af_loop *running);

/* Has close_loop drop the future. Returns it. */
af_future *keep(af_future *future);

/* A new future and a new task of the loop, kept. */
af_future *new_future(void);
af_task *spawn(af_coroutine *coroutine, void *arg);

/* Runs a coroutine as a task until it is done, and returns what it returned. */
int run(af_coroutine *coroutine, void *arg);

/* How many tasks are many: 20,000, but fewer for Valgrind, which has room for 15,000 stacks. */
int many(void);

/* Runs so many iterations, be there something to do or not; or until nothing is left to do. */
void tick(unsigned iterations);
void settle(void);

/* Lets time go by while nobody polls, as in a callback that takes long. */
void advance(double seconds);

void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What was written since the last time, separated by blanks; reports by semicolons. */
char *take_trace(void);
char *take_reports(void);

#define expect_trace(expected) cr_assert(eq(str, take_trace(), (char *)(expected)))
#define expect_reports(expected) cr_assert(eq(str, take_reports(), (char *)(expected)))
#define expect_code(actual, expected) cr_assert(eq(int, (actual), (expected)))

/* "ok", "cancelled", "timeout" ..., or the text of the error that was just returned. */
const char *word(int r);

/* Awaits one future, cancels one, or releases one, as a callback does. */
int cancel_later(void *future);
int set_later(void *future);
int fail_later(void *future);

/* Callbacks that trace their argument; the second also fails. */
int trace_callback(void *word);
int failing_callback(void *word);

/* The argument of the two coroutines that do for most tests. Those with a name trace "name:word".
 */
struct actor {
    const char *name;
    double delay;
    af_future *future;
    int code; /* what the sleeper fails with, or 0 */
};

/* Sleeps for the delay, then fails with "<name> failed" or returns its name. */
int sleeper(void *actor, void **ret_result);

/* Awaits the future and returns what that returned. */
int awaiter(void *actor, void **ret_result);

#endif
