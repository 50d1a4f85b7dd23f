/* What is told of errors that nobody awaits. */
#include <stdio.h>
#include <string.h>

#include "async/loop.h"

void af_loop_set_exception_handler(af_loop *loop, af_exception_handler *handler, void *arg)
{
    loop->exception_handler = handler;
    loop->exception_handler_arg = arg;
}

void loop_report(af_loop *loop, const char *message, af_error error, af_future *future)
{
    af_exception_context context = {.message = message, .error = error, .future = future};
    if (loop->exception_handler)
        loop->exception_handler(loop, &context, loop->exception_handler_arg);
    else if (loop->debug)
        af_print_exception(loop, &context, NULL);
}

/* An error's text may come from the network, and the line may go to a terminal. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

void af_print_exception(af_loop *loop, const af_exception_context *context, void *arg)
{
    (void)arg;
    char task[160] = "", text[512] = "";
    bool has_task = context->future && loop->task_hooks &&
                    loop->task_hooks->describe(context->future, task, sizeof task);
    if (context->error.code != 0)
        snprintf(text, sizeof text, "%s", af_error_text(context->error));
    make_printable(text);
    fprintf(stderr, "libafetch: %s%s%s%s%s\n", context->message, has_task ? ": " : "", task,
            text[0] ? ": " : "", text);
}
