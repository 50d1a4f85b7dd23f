#include "virtual_clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

af_loop *loop;
unsigned iteration;
double polled;

static double now;
static af_future **kept;
static size_t kept_count;

struct text {
    char bytes[8192];
    size_t length;
};

static struct text traced, reported;

static double read_clock(void *arg)
{
    (void)arg;
    return now;
}

static int poll_clock(void *arg, double timeout)
{
    (void)arg;
    iteration++;
    polled = timeout;
    if (timeout >= AF_FOREVER)
        return -EDEADLK;
    now += timeout;
    return 0;
}

static void append(struct text *text, const char *separator, const char *format, va_list arguments)
{
    size_t room = sizeof text->bytes - text->length;
    int length = snprintf(text->bytes + text->length, room, "%s", text->length ? separator : "");
    length += vsnprintf(text->bytes + text->length + length, room - length, format, arguments);
    cr_assert(lt(sz, (size_t)length, room), "the trace is full");
    text->length += length;
}

static char *take(struct text *text)
{
    static char taken[sizeof text->bytes];
    text->bytes[text->length] = 0;
    memcpy(taken, text->bytes, text->length + 1);
    text->length = 0;
    return taken;
}

void trace(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(&traced, " ", format, arguments);
    va_end(arguments);
}

static void report(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(&reported, "; ", format, arguments);
    va_end(arguments);
}

char *take_trace(void)
{
    return take(&traced);
}

char *take_reports(void)
{
    return take(&reported);
}

static void hear(af_loop *from, const af_exception_context *context, void *arg)
{
    (void)arg;
    cr_assert(eq(ptr, from, loop));
    bool pending = context->future && !af_future_done(context->future);
    report("%s: %s", context->message,
           pending ? af_task_name(context->future) : af_error_text(context->error));
}

const af_loop_options virtual_clock = {.time = read_clock, .poll = poll_clock};

void listen_to(af_loop *running)
{
    loop = running;
    af_loop_set_exception_handler(loop, hear, NULL);
}

static void open_with(const af_loop_options *options)
{
    af_loop *made;
    expect_code(af_loop_new(options, &made), 0);
    listen_to(made);
}

void open_loop(void)
{
    open_with(&virtual_clock);
}

void open_real_loop(void)
{
    open_with(NULL);
}

void close_loop(void)
{
    for (size_t i = 0; i < kept_count; i++)
        af_future_unref(kept[i]);
    free(kept);
    kept = NULL;
    kept_count = 0;
    af_loop_close(loop);
    loop = NULL;
}

af_future *keep(af_future *future)
{
    if ((kept_count & (kept_count - 1)) == 0) {
        kept = realloc(kept, (kept_count ? kept_count * 2 : 1) * sizeof *kept);
        cr_assert_not_null(kept);
    }
    return kept[kept_count++] = future;
}

af_future *new_future(void)
{
    af_future *future;
    expect_code(af_future_new(loop, &future), 0);
    return keep(future);
}

af_task *spawn(af_coroutine *coroutine, void *arg)
{
    af_task *task;
    expect_code(af_loop_create_task(loop, coroutine, arg, NULL, &task), 0);
    return keep(task);
}

int many(void)
{
    return RUNNING_ON_VALGRIND ? 2000 : 20000;
}

int run(af_coroutine *coroutine, void *arg)
{
    return af_loop_run_until_complete(loop, spawn(coroutine, arg), NULL);
}

void tick(unsigned iterations)
{
    while (iterations-- > 0) {
        int r = af_loop_run_once(loop);
        cr_assert(r == 0 || r == -EDEADLK, "the loop failed: %s", af_strerror(r));
    }
}

void settle(void)
{
    expect_code(af_loop_run_forever(loop), -EDEADLK);
}

void advance(double seconds)
{
    now += seconds;
}

const char *word(int r)
{
    switch (r) {
    case AF_CANCELLED:
        return "cancelled";
    case AF_TIMEOUT:
        return "timeout";
    case AF_INVALID_STATE:
        return "invalid-state";
    case AF_RUNTIME_ERROR:
        return "runtime-error";
    case AF_VALUE_ERROR:
        return "value-error";
    default:
        return r >= 0 ? "ok" : af_error_text(af_raised(r));
    }
}

int cancel_later(void *future)
{
    af_future_cancel(future);
    return 0;
}

int set_later(void *future)
{
    return af_future_set_result(future, NULL, NULL);
}

int fail_later(void *future)
{
    return af_future_set_exception(future, af_raise(-EIO, "broken"));
}

int trace_callback(void *text)
{
    trace("%s", (const char *)text);
    return 0;
}

int failing_callback(void *text)
{
    trace_callback(text);
    return af_raise(-EIO, "%s failed", (const char *)text);
}

int sleeper(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    int r = af_sleep(actor->delay);
    if (actor->name)
        trace("%s:%s", actor->name, word(r));
    if (r < 0)
        return r;
    if (actor->code < 0)
        return af_raise(actor->code, "%s failed", actor->name);
    *ret_result = (void *)actor->name;
    return 0;
}

int awaiter(void *arg, void **ret_result)
{
    const struct actor *actor = arg;
    int r = af_await(actor->future, ret_result);
    if (actor->name)
        trace("%s:%s", actor->name, word(r));
    return r;
}
