/* Reports to the loop's exception handler: an exception that was never retrieved, a pending task
 * that was destroyed, and a task that was never awaited. */
#include <stdio.h>

#include <afetch/afetch.h>

static int fail(void *arg, void **ret_result)
{
    return af_raise(AF_VALUE_ERROR, "bad luck");
}

static int never_begin(void *arg, void **ret_result)
{
    puts("not reached");
    return 0;
}

static void report(af_loop *loop, const af_exception_context *context, void *arg)
{
    printf("%s", context->message);
    if (context->error.code < 0)
        printf(": %s", af_error_text(context->error));
    putchar('\n');
}

static int main_task(void *arg, void **ret_result)
{
    int r = af_create_task(fail, NULL, NULL, NULL);
    return r < 0 ? r : af_sleep(0);
}

int main(void)
{
    af_loop *loop;
    af_task *task;
    if (af_loop_new(&(af_loop_options){.debug = true}, &loop) < 0)
        return 1;
    af_loop_set_exception_handler(loop, report, NULL);
    /* No reports of slow callbacks: they depend on the machine. */
    af_loop_set_slow_callback_duration(loop, AF_FOREVER);
    int r = af_loop_create_task(loop, main_task, NULL, NULL, &task);
    if (r >= 0) {
        r = af_loop_run_until_complete(loop, task, NULL);
        af_future_unref(task);
    }
    if (r >= 0)
        r = af_loop_create_task(loop, never_begin, NULL, NULL, NULL);
    af_loop_close(loop);
    return r < 0;
}
