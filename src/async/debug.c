#include "async/debug.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/symbol.h"

void af_loop_set_debug(af_loop *loop, bool on)
{
    loop->debug = on;
    if (on && loop == loop_running && !loop->signal_stack)
        debug_begin(loop);
}

bool af_loop_debug(const af_loop *loop)
{
    return loop->debug;
}

void af_loop_set_slow_callback_duration(af_loop *loop, double seconds)
{
    loop->slow_callback_duration = seconds;
}

/* ------------------------------------------------------------ slow callbacks */

static void report_slow(af_loop *loop, const struct subject *subject, double seconds)
{
    char function[100] = "a callback of the library", message[224];
    if (subject->function)
        symbol_name(subject->function, function, sizeof function);
    if (subject->task[0])
        snprintf(message, sizeof message, "executing %s (%s) took %.3f seconds", subject->task,
                 function, seconds);
    else
        snprintf(message, sizeof message, "executing %s took %.3f seconds", function, seconds);
    loop_report(loop, message, (af_error){0}, NULL);
}

/* Gets the name before the call, which may free the handle. */
int debug_run(af_loop *loop, struct handle *handle)
{
    struct subject subject = {0};
    if (handle->type->subject)
        subject = handle->type->subject(handle);
    double begun = af_loop_time(loop);
    int r = handle->type->run(handle);
    double seconds = af_loop_time(loop) - begun;
    if (seconds >= loop->slow_callback_duration)
        report_slow(loop, &subject, seconds);
    return r;
}

/* ---------------------------------------------------------- stack overflows */

static const size_t SIGNAL_STACK_SIZE = 64 * 1024;

static struct sigaction previous_action;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void write_line(const char *text)
{
    /* The process ends here, so a failure cannot be handled. */
    ssize_t written = write(STDERR_FILENO, text, strlen(text));
    (void)written;
}

/* Runs on an alternate stack, since the task's stack is full. It restores the previous action and
 * returns, and the instruction faults again. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    const af_loop *loop = loop_running;
    const af_future *task = loop ? loop->current_task : NULL;
    if (task && loop->task_hooks->overflowed(task, info->si_addr)) {
        char name[160], line[224];
        loop->task_hooks->describe(task, name, sizeof name);
        snprintf(line, sizeof line, "libafetch: stack overflow in %s\n", name);
        write_line(line);
    }
    sigaction(signal, &previous_action, NULL);
}

static void handle_faults(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, &previous_action);
}

/* If there is no memory, stack overflows are not reported. */
void debug_begin(af_loop *loop)
{
    stack_t present;
    if (sigaltstack(NULL, &present) < 0)
        return;
    if (present.ss_flags & SS_DISABLE) {
        loop->signal_stack = malloc(SIGNAL_STACK_SIZE);
        if (!loop->signal_stack)
            return;
        sigaltstack(&(stack_t){.ss_sp = loop->signal_stack, .ss_size = SIGNAL_STACK_SIZE}, NULL);
    }
    pthread_once(&once, handle_faults);
}

void debug_end(af_loop *loop)
{
    if (!loop->signal_stack)
        return;
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    free(loop->signal_stack);
    loop->signal_stack = NULL;
}
