#include <errno.h>
#include <stdlib.h>

#include <afetch/rate_limiter.h>

#include "async/waiters.h"

/* Seconds that a token may be late without being lost: loops wait in milliseconds, and callbacks
 * take time. */
static const double CATCH_UP = 0.01;

/* A limiter has one timer, for the first waiter, which is armed while there are waiters. */
struct af_rate_limiter {
    af_loop *loop;
    double interval;
    double next; /* time of the next token */
    double held; /* no tokens before this time */
    struct waiters waiters;
    struct timer timer;
};

static int run_timer(struct handle *handle);
static const struct handle_type timer_type = {.run = run_timer};

int af_rate_limiter_new(double count, double period, af_rate_limiter **ret_limiter)
{
    if (!(count > 0) || !(period > 0) || period == AF_FOREVER)
        return af_raise(AF_VALUE_ERROR, "invalid rate: %g per %g seconds", count, period);
    af_loop *loop = af_running_loop();
    if (!loop)
        return af_raise(AF_RUNTIME_ERROR, "no event loop is running in this thread: see af_run()");
    af_rate_limiter *limiter = malloc(sizeof *limiter);
    if (!limiter)
        return -ENOMEM;
    *limiter = (af_rate_limiter){
        .loop = loop, .interval = period / count, .next = -AF_FOREVER, .held = -AF_FOREVER};
    waiters_init(&limiter->waiters);
    timer_init(&limiter->timer, &timer_type);
    *ret_limiter = limiter;
    return 0;
}

void af_rate_limiter_free(af_rate_limiter *limiter)
{
    if (!limiter)
        return;
    timer_stop(limiter->loop, &limiter->timer);
    free(limiter);
}

/* If there is no memory for the timer, checks in each iteration of the loop. */
static void arm(af_rate_limiter *limiter)
{
    timer_stop(limiter->loop, &limiter->timer);
    if (timers_add(&limiter->loop->timers, &limiter->timer, limiter->next) < 0)
        loop_ready(limiter->loop, &limiter->timer.handle);
}

static int run_timer(struct handle *handle)
{
    af_rate_limiter *limiter = container_of(handle, af_rate_limiter, timer.handle);
    double now = loop_due_until(limiter->loop);
    double oldest = now - fmax(limiter->interval, CATCH_UP);
    while (limiter->next <= now && waiters_wake(&limiter->waiters))
        limiter->next = fmax(limiter->next, oldest) + limiter->interval;
    if (!list_empty(&limiter->waiters.waiting))
        arm(limiter);
    return 0;
}

/* Returns a token that was granted but not used, for the next waiter or caller. */
static void return_token(af_rate_limiter *limiter)
{
    limiter->next = fmax(limiter->next - limiter->interval, limiter->held);
}

static int wait_for_token(af_rate_limiter *limiter)
{
    if (list_empty(&limiter->waiters.waiting))
        arm(limiter);
    bool granted;
    int r = waiters_wait(&limiter->waiters, &granted);
    if (r >= 0)
        return r;
    if (granted)
        return_token(limiter);
    if (list_empty(&limiter->waiters.waiting))
        timer_stop(limiter->loop, &limiter->timer);
    else if (granted)
        arm(limiter);
    return r;
}

int af_rate_limiter_acquire(af_rate_limiter *limiter)
{
    if (af_rate_limiter_locked(limiter))
        return wait_for_token(limiter);
    double now = af_loop_time(limiter->loop);
    bool idle = now - limiter->next > CATCH_UP;
    limiter->next = (idle ? now : limiter->next) + limiter->interval;
    return 0;
}

void af_rate_limiter_hold(af_rate_limiter *limiter, double seconds)
{
    /* The timer of the waiters takes it into account when it expires. */
    limiter->held = fmax(limiter->held, af_loop_time(limiter->loop) + seconds);
    limiter->next = fmax(limiter->next, limiter->held);
}

double af_rate_limiter_delay(const af_rate_limiter *limiter)
{
    return fmax(limiter->next - af_loop_time(limiter->loop), 0);
}

bool af_rate_limiter_locked(const af_rate_limiter *limiter)
{
    return !list_empty(&limiter->waiters.waiting) || af_rate_limiter_delay(limiter) > 0;
}
