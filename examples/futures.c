/* Futures: a result that is set once by other code, here a timer, and can be read by all who await
 * it. */
#include <stdio.h>

#include <afetch/afetch.h>

static int set_answer(void *future)
{
    return af_future_set_result(future, "an answer", NULL);
}

static int on_done(af_future *future, void *arg)
{
    void *result;
    int r = af_future_result(future, &result);
    if (r >= 0)
        printf("the callback got %s\n", (char *)result);
    return r;
}

static int await_and_print(af_future *future)
{
    void *result;
    int r = af_await(future, &result);
    if (r >= 0)
        printf("awaited %s\n", (char *)result);
    else if (r == AF_CANCELLED)
        puts("it was cancelled");
    else
        printf("it failed: %s\n", af_error_text(af_raised(r)));
    return 0;
}

static int main_task(void *arg, void **ret_result)
{
    af_future *answered = NULL, *failed = NULL, *cancelled = NULL;
    int r = af_create_future(&answered);
    if (r >= 0)
        r = af_create_future(&failed);
    if (r >= 0)
        r = af_create_future(&cancelled);
    if (r >= 0)
        r = af_future_add_done_callback(answered, on_done, NULL);
    if (r >= 0)
        r = af_loop_call_later(af_running_loop(), 0.05, set_answer, answered, NULL);
    if (r >= 0)
        r = await_and_print(answered);
    if (r >= 0 && af_future_set_result(answered, "another", NULL) == AF_INVALID_STATE)
        puts("a result is set only once");
    if (r >= 0)
        r = af_future_set_exception(failed, af_raise(AF_VALUE_ERROR, "no answer"));
    if (r >= 0)
        r = await_and_print(failed);
    if (r >= 0 && af_future_cancel(cancelled))
        r = await_and_print(cancelled);
    af_future_unref(answered);
    af_future_unref(failed);
    af_future_unref(cancelled);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
