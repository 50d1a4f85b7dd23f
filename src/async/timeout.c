#include <afetch/timeout.h>

static int on_timeout(void *arg)
{
    af_timeout *timeout = arg;
    af_future_cancel(timeout->task);
    timeout->state = AF_TIMEOUT_EXPIRING;
    return 0;
}

static void drop_handle(af_timeout *timeout)
{
    if (!timeout->handle)
        return;
    af_handle_cancel(timeout->handle);
    af_handle_unref(timeout->handle);
    timeout->handle = NULL;
}

static int arm(af_timeout *timeout, double when)
{
    if (isnan(when))
        return af_raise(AF_VALUE_ERROR, "the time of a timeout is not a number");
    af_loop *loop = af_future_loop(timeout->task);
    af_handle *handle = NULL;
    int r = 0;
    if (when <= af_loop_time(loop))
        r = af_loop_call_soon(loop, on_timeout, timeout, &handle);
    else if (when < AF_FOREVER)
        r = af_loop_call_at(loop, when, on_timeout, timeout, &handle);
    if (r < 0)
        return r;
    drop_handle(timeout);
    timeout->handle = handle;
    timeout->when = when;
    return 0;
}

int af_timeout_enter_at(af_timeout *timeout, double when)
{
    af_task *task = af_current_task();
    if (!task)
        return af_raise(AF_RUNTIME_ERROR, "no task is running: a timeout cancels a task");
    *timeout = (af_timeout){
        .task = task, .cancelling = af_task_cancelling(task), .state = AF_TIMEOUT_ENTERED};
    return arm(timeout, when);
}

int af_timeout_enter(af_timeout *timeout, double delay)
{
    af_task *task = af_current_task();
    double now = task ? af_loop_time(af_future_loop(task)) : 0;
    return af_timeout_enter_at(timeout, now + delay);
}

int af_timeout_exit(af_timeout *timeout, int r)
{
    drop_handle(timeout);
    if (timeout->state != AF_TIMEOUT_EXPIRING) {
        timeout->state = AF_TIMEOUT_EXITED;
        return r;
    }
    timeout->state = AF_TIMEOUT_EXPIRED;
    /* A timeout only if no other cancellation was requested (rules 46, 47). */
    if (af_task_uncancel(timeout->task) <= timeout->cancelling && r == AF_CANCELLED)
        return af_raise(AF_TIMEOUT, NULL);
    return r;
}

int af_timeout_reschedule(af_timeout *timeout, double when)
{
    if (timeout->state != AF_TIMEOUT_ENTERED)
        return af_raise(AF_RUNTIME_ERROR, "the timeout was not entered, or has expired or exited");
    return arm(timeout, when);
}

bool af_timeout_expired(const af_timeout *timeout)
{
    return timeout->state == AF_TIMEOUT_EXPIRING || timeout->state == AF_TIMEOUT_EXPIRED;
}

double af_timeout_when(const af_timeout *timeout)
{
    return timeout->when;
}
