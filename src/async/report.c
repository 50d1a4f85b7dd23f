/* Reports of errors that no task awaits. */
#include <stdio.h>
#include <string.h>

#include "async/loop.h"
#include "base/error.h"

void af_loop_set_exception_handler(af_loop *loop, af_exception_handler *handler, void *arg)
{
    loop->exception_handler = handler;
    loop->exception_handler_arg = arg;
}

void loop_report(af_loop *loop, const char *message, af_error error, af_future *future)
{
    af_exception_context context = {.message = message, .error = error, .future = future};
    af_error raised = {0}, *slot = error_swap_slot(&raised);
    if (loop->exception_handler)
        loop->exception_handler(loop, &context, loop->exception_handler_arg);
    else if (loop->debug)
        af_print_exception(loop, &context, NULL);
    error_swap_slot(slot);
    af_error_unref(raised);
}

/* Replaces control characters: an error text may come from the network, and stderr may be a
 * terminal. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

/* Writes an error, and the members of a group: "several errors (first; second)". */
static void write_error(char *to, size_t size, af_error error)
{
    size_t count = af_error_count(error);
    size_t length = (size_t)snprintf(to, size, "%s", af_error_text(error));
    for (size_t i = 0; i < count && length < size; i++)
        length +=
            (size_t)snprintf(to + length, size - length, "%s%s%s", i == 0 ? " (" : "; ",
                             af_error_text(af_error_member(error, i)), i == count - 1 ? ")" : "");
}

void af_print_exception(af_loop *loop, const af_exception_context *context, void *arg)
{
    (void)arg;
    char task[160] = "", text[512] = "";
    bool has_task = context->future && loop->task_hooks &&
                    loop->task_hooks->describe(context->future, task, sizeof task);
    if (context->error.code != 0)
        write_error(text, sizeof text, context->error);
    make_printable(text);
    fprintf(stderr, "libafetch: %s%s%s%s%s\n", context->message, has_task ? ": " : "", task,
            text[0] ? ": " : "", text);
}
