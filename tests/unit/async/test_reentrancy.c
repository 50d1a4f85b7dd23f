/* Callbacks that change the loop, future or server that is calling them. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <afetch/afetch.h>

#include "virtual_clock.h"

TestSuite(reentrancy, .init = open_loop, .fini = close_loop, .timeout = 30);
TestSuite(reentrancy_of_watches, .init = open_real_loop, .fini = close_loop, .timeout = 30);

/* --------------------------------------------------------------------- of a future */

static int trace_done(af_future *future, void *text)
{
    (void)future;
    trace("%s", (char *)text);
    return 0;
}

static int change_its_callbacks(af_future *future, void *arg)
{
    trace("changes");
    cr_assert(not(af_future_cancel(future)));
    expect_code(af_future_set_result(future, NULL, NULL), AF_INVALID_STATE);
    expect_code((int)af_future_remove_done_callback(future, change_its_callbacks, arg), 0);
    expect_code(af_future_add_done_callback(future, trace_done, "late"), 0);
    af_future_unref(arg);
    return 0;
}

Test(reentrancy, a_done_callback_unrefs_its_future_and_adds_callbacks)
{
    for (int how = 0; how < 3; how++) {
        af_future *future;
        af_future_new(loop, &future);
        af_future_add_done_callback(future, change_its_callbacks, future);
        af_future_add_done_callback(future, trace_done, "second");
        if (how == 0)
            af_future_set_result(future, NULL, NULL);
        else if (how == 1)
            af_future_cancel(future);
        else
            set_later(future);
        tick(2);
        expect_trace("changes second late");
    }
}

struct destroyed {
    af_future *other;
    af_task *task;
};

/* A destroy function of a result or a task unrefs other futures and creates new ones. */
static void destroy_and_change(void *arg)
{
    struct destroyed *destroyed = arg;
    trace("destroyed");
    if (destroyed->other) {
        af_future_add_done_callback(destroyed->other, trace_done, "other");
        af_future_cancel(destroyed->other);
        af_future_unref(destroyed->other);
    }
    if (destroyed->task) {
        af_future_cancel(destroyed->task);
        af_future_unref(destroyed->task);
    }
    static const struct actor actor = {"new", .delay = 1};
    if (af_loop_create_task(loop, sleeper, (void *)&actor, NULL, NULL) < 0)
        trace("refused");
}

static int return_at_once(void *arg, void **ret_result)
{
    *ret_result = arg;
    return 0;
}

Test(reentrancy, a_destroy_function_changes_other_futures)
{
    struct destroyed one = {0}, two = {0};
    af_future *future;
    af_future_new(loop, &one.other);
    af_future_new(loop, &future);
    af_future_set_result(future, &one, destroy_and_change);
    af_future_unref(future);
    expect_trace("destroyed");
    af_future_new(loop, &two.other);
    af_loop_create_task(loop, sleeper, &(struct actor){"old", .delay = 9}, NULL, &two.task);
    af_loop_create_task(loop, return_at_once, &two, destroy_and_change, NULL);
    settle();
    expect_trace("other destroyed other old:cancelled new:ok new:ok");
}

Test(reentrancy, a_destroy_function_called_by_close_changes_other_futures)
{
    struct destroyed one = {0};
    af_future_new(loop, &one.other);
    af_loop_create_task(loop, sleeper, &(struct actor){.delay = 9}, NULL, &one.task);
    af_loop_create_task(loop, return_at_once, &one, destroy_and_change, NULL);
    close_loop();
    expect_trace("destroyed refused");
    open_loop();
}

/* ------------------------------------------------------------------ of the handler */

static af_future *kept_by_handler;

/* Keeps the reported future, and unrefs, cancels and adds others. */
static void keep_and_change(af_loop *from, const af_exception_context *context, void *arg)
{
    trace("%s", af_error_text(context->error));
    kept_by_handler = af_future_ref(context->future);
    af_future_cancel(arg);
    af_future_unref(arg);
    af_loop_call_soon(from, trace_callback, "soon", NULL);
    af_loop_set_exception_handler(from, NULL, NULL);
}

Test(reentrancy, an_exception_handler_keeps_its_future_and_unrefs_others)
{
    af_future *failed, *other;
    af_future_new(loop, &failed);
    af_future_new(loop, &other);
    af_future_add_done_callback(other, trace_done, "other");
    af_loop_set_exception_handler(loop, keep_and_change, other);
    fail_later(failed);
    af_future_unref(failed);
    expect_code(af_future_result(kept_by_handler, NULL), -EIO);
    af_future_unref(kept_by_handler);
    tick(1);
    expect_trace("broken other soon");
}

static void forget_tasks(af_loop *from, const af_exception_context *context, void *arg)
{
    (void)context, (void)arg;
    for (af_task *task = af_first_task(from); task; task = af_next_task(task))
        cr_assert(not(af_future_cancel(task)));
    expect_code(af_loop_create_task(from, return_at_once, NULL, NULL, NULL), AF_RUNTIME_ERROR);
    expect_code(af_loop_run_once(from), AF_RUNTIME_ERROR);
    trace("told");
}

Test(reentrancy, an_exception_handler_called_by_close_cannot_do_harm)
{
    static const struct actor actor = {.delay = 9};
    for (int i = 0; i < 3; i++)
        spawn(sleeper, (void *)&actor);
    af_loop_set_exception_handler(loop, forget_tasks, NULL);
    tick(1);
    close_loop();
    expect_trace("told told told");
    open_loop();
}

/* -------------------------------------------------------------------- of the batch */

static af_handle *handles[4];

static int cancel_handles(void *arg)
{
    (void)arg;
    trace("cancels");
    for (size_t i = 0; i < 4; i++) {
        af_handle_cancel(handles[i]);
        af_handle_unref(handles[i]);
    }
    return 0;
}

Test(reentrancy, a_callback_cancels_itself_and_the_rest_of_its_batch)
{
    for (int timers = 0; timers < 2; timers++) {
        for (size_t i = 0; i < 4; i++) {
            af_callback *callback = i == 1 ? cancel_handles : trace_callback;
            if (timers == 0)
                af_loop_call_soon(loop, callback, "runs", &handles[i]);
            else
                af_loop_call_later(loop, 1, callback, "runs", &handles[i]);
        }
        settle();
        expect_trace("runs cancels");
    }
}

static int stop_and_run(void *arg)
{
    af_loop_stop(loop);
    expect_code(af_loop_run_once(loop), AF_RUNTIME_ERROR);
    expect_code(af_loop_run_until_complete(loop, arg, NULL), AF_RUNTIME_ERROR);
    expect_code(af_run(&virtual_clock, return_at_once, NULL, NULL), AF_RUNTIME_ERROR);
    return 0;
}

Test(reentrancy, a_callback_that_stops_or_runs_the_loop_does_not_affect_its_batch)
{
    af_loop_call_soon(loop, stop_and_run, new_future(), NULL);
    af_loop_call_soon(loop, trace_callback, "rest", NULL);
    expect_code(af_loop_run_forever(loop), 0);
    expect_trace("rest");
}

/* --------------------------------------------------------------------- of the tasks */

static int cancel_everybody(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    size_t count = 0;
    for (af_task *task = af_first_task(loop); task; task = af_next_task(task)) {
        af_future_cancel(task);
        /* Tasks created meanwhile come at the end. */
        static const struct actor actor = {"late", .delay = 1};
        if (++count <= 3)
            spawn(sleeper, (void *)&actor);
    }
    trace("%zu", count);
    int r = af_sleep(1);
    trace("%s", word(r));
    return r;
}

Test(reentrancy, a_task_cancels_and_creates_tasks_while_iterating_over_them)
{
    spawn(sleeper, &(struct actor){"first", .delay = 9});
    spawn(cancel_everybody, NULL);
    spawn(sleeper, &(struct actor){"last", .delay = 9});
    settle();
    expect_trace("6 first:cancelled cancelled");
    cr_assert_null(af_first_task(loop));
}

/* ---------------------------------------------------------------------- of a group */

static int add_while_aborting(void *arg, void **ret_result)
{
    (void)ret_result;
    int r = af_sleep(9);
    int added = af_task_group_create_task(arg, return_at_once, NULL, NULL, NULL);
    trace("%s:%s", word(r), word(added));
    return r;
}

static int add_while_exiting(void *arg, void **ret_result)
{
    (void)ret_result;
    af_sleep(1);
    for (int i = 0; i < 2; i++)
        expect_code(af_task_group_create_task(arg, add_while_aborting, arg, NULL, NULL), 0);
    af_sleep(1);
    return af_raise(-EIO, "child failed");
}

static int exit_a_busy_group(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_task_group *group;
    expect_code(af_task_group_enter(&group), 0);
    expect_code(af_task_group_create_task(group, add_while_exiting, group, NULL, NULL), 0);
    return af_task_group_exit(group, 0);
}

Test(reentrancy, tasks_add_tasks_while_their_group_ends)
{
    expect_code(run(exit_a_busy_group, NULL), AF_GROUP);
    expect_trace("cancelled:runtime-error cancelled:runtime-error");
}

/* --------------------------------------------------------------- of the descriptors */

static int ends[2];

static void open_pair(void)
{
    cr_assert(zero(int, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends)));
    cr_assert(eq(int, (int)write(ends[0], "x", 1), 1));
    cr_assert(eq(int, (int)write(ends[1], "x", 1), 1));
}

static void close_pair(void)
{
    close(ends[0]);
    close(ends[1]);
}

static int remove_all(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        af_loop_remove_reader(loop, ends[i]);
        af_loop_remove_writer(loop, ends[i]);
    }
    af_loop_remove_signal_handler(loop, SIGUSR1);
    af_loop_remove_signal_handler(loop, SIGUSR2);
    trace("removed");
    return 0;
}

/* All are ready in one iteration; the first removes itself and the rest. */
Test(reentrancy_of_watches, a_callback_removes_itself_and_all_others_of_its_batch)
{
    open_pair();
    for (int i = 0; i < 2; i++) {
        expect_code(af_loop_add_reader(loop, ends[i], remove_all, NULL), 0);
        expect_code(af_loop_add_writer(loop, ends[i], remove_all, NULL), 0);
    }
    expect_code(af_loop_add_signal_handler(loop, SIGUSR1, remove_all, NULL), 0);
    expect_code(af_loop_add_signal_handler(loop, SIGUSR2, remove_all, NULL), 0);
    raise(SIGUSR1);
    raise(SIGUSR2);
    af_loop_call_soon(loop, trace_callback, "before", NULL);
    tick(1);
    expect_trace("before removed");
    af_loop_call_soon(loop, trace_callback, "after", NULL);
    tick(1);
    expect_trace("after");
    close_pair();
}

static int replace_reader(void *arg)
{
    (void)arg;
    trace("replaced");
    expect_code(af_loop_add_reader(loop, ends[0], trace_callback, "new"), 0);
    expect_code(af_loop_add_reader(loop, ends[1], trace_callback, "new"), 0);
    return 0;
}

Test(reentrancy_of_watches, a_callback_replaces_itself_and_another_of_its_batch)
{
    open_pair();
    for (int i = 0; i < 2; i++)
        expect_code(af_loop_add_reader(loop, ends[i], replace_reader, NULL), 0);
    tick(1);
    expect_trace("replaced");
    af_loop_call_soon(loop, trace_callback, "next", NULL);
    tick(1);
    expect_trace("next new new");
    remove_all(NULL);
    close_pair();
}

static int close_and_reopen(void *arg)
{
    (void)arg;
    int old = ends[0];
    remove_all(NULL);
    close_pair();
    open_pair(); /* with the same numbers */
    cr_assert(eq(int, ends[0], old));
    expect_code(af_loop_add_reader(loop, ends[0], trace_callback, "reopened"), 0);
    return 0;
}

Test(reentrancy_of_watches, a_callback_closes_its_descriptor_and_opens_another_with_its_number)
{
    open_pair();
    expect_code(af_loop_add_reader(loop, ends[0], close_and_reopen, NULL), 0);
    expect_code(af_loop_add_reader(loop, ends[1], close_and_reopen, NULL), 0);
    af_loop_call_soon(loop, trace_callback, "1", NULL);
    tick(1);
    af_loop_call_soon(loop, trace_callback, "2", NULL);
    tick(1);
    expect_trace("1 removed 2 reopened");
    remove_all(NULL);
    take_trace();
    close_pair();
}

/* ----------------------------------------------------------------- of a server, a stream */

static af_server *server;
static af_stream *streams[3];

static int free_server(af_stream *stream, void *arg)
{
    (void)arg;
    af_server_free(server);
    server = NULL;
    return af_stream_write(stream, "bye", 3);
}

static int be_served(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(af_start_server("127.0.0.1", 0, 8, free_server, NULL, &server), 0);
    af_stream *stream;
    expect_code(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
    char bytes[3];
    expect_code(af_stream_read_exactly(stream, bytes, 3), 0);
    expect_code((int)af_stream_read(stream, bytes, 3), 0);
    af_stream_free(stream);
    return 0;
}

Test(reentrancy_of_watches, a_connection_frees_its_server)
{
    expect_code(run(be_served, NULL), 0);
    cr_assert_null(server);
    while (af_first_task(loop))
        tick(1);
}

/* The handler closes all open streams, including the one that failed. */
static void close_all(af_loop *from, const af_exception_context *context, void *arg)
{
    (void)from, (void)arg;
    trace("%s", af_error_text(context->error));
    af_server_close(server);
    for (size_t i = 0; i < 3; i++)
        if (streams[i])
            i == 0 ? af_stream_abort(streams[i]) : af_stream_close(streams[i]);
}

static int fail_with_stream(af_stream *stream, void *arg)
{
    (void)arg;
    char byte;
    ssize_t r = af_stream_read(stream, &byte, 1);
    streams[2] = stream;
    return r < 0 ? (int)r : af_raise(-EIO, "connection failed");
}

static int be_closed(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    expect_code(af_start_server("127.0.0.1", 0, 8, fail_with_stream, NULL, &server), 0);
    af_loop_set_exception_handler(loop, close_all, NULL);
    for (int i = 0; i < 2; i++)
        expect_code(af_open_connection("127.0.0.1", af_server_port(server), &streams[i]), 0);
    expect_code(af_stream_write(streams[1], "x", 1), 0);
    char byte;
    for (int i = 0; i < 2; i++) {
        expect_code((int)af_stream_read(streams[i], &byte, 1), 0);
        expect_code(af_stream_wait_closed(streams[i]), 0);
    }
    return af_server_wait_closed(server);
}

Test(reentrancy_of_watches, a_handler_closes_streams_and_server)
{
    expect_code(run(be_closed, NULL), 0);
    expect_trace("connection failed");
    for (int i = 0; i < 2; i++)
        af_stream_free(streams[i]);
    af_server_free(server);
}

static int close_stream(void *stream)
{
    af_stream_close(stream);
    return 0;
}

static int abort_stream(void *stream)
{
    af_stream_abort(stream);
    return 0;
}

/* The stream is closed while one task reads from it and another drains it, and data arrives. */
static int read_while_closed(void *stream, void **ret_result)
{
    (void)ret_result;
    char bytes[8];
    trace("read:%d", (int)af_stream_read(stream, bytes, 8));
    return 0;
}

static int drain_while_closed(void *stream, void **ret_result)
{
    (void)ret_result;
    static const char bytes[1 << 22];
    expect_code(af_stream_write(stream, bytes, sizeof bytes), 0);
    trace("drain:%s", word(af_stream_drain(stream)));
    return 0;
}

static int close_while_busy(void *arg, void **ret_result)
{
    (void)ret_result;
    af_callback *how = arg;
    expect_code(af_start_server("127.0.0.1", 0, 8, fail_with_stream, NULL, &server), 0);
    af_stream *stream;
    expect_code(af_open_connection("127.0.0.1", af_server_port(server), &stream), 0);
    af_task *tasks[2];
    expect_code(af_create_task(read_while_closed, stream, NULL, &tasks[0]), 0);
    expect_code(af_create_task(drain_while_closed, stream, NULL, &tasks[1]), 0);
    af_loop_call_soon(loop, how, stream, NULL);
    expect_code(af_wait(tasks, 2, 5, AF_ALL_COMPLETED), 2);
    af_future_unref(tasks[0]);
    af_future_unref(tasks[1]);
    af_stream_free(stream);
    af_server_close(server);
    expect_code(af_server_wait_closed(server), 0);
    af_server_free(server);
    return 0;
}

Test(reentrancy_of_watches, a_stream_is_closed_while_one_task_reads_and_another_drains)
{
    expect_code(run(close_while_busy, close_stream), 0);
    expect_trace("read:0 drain:Connection reset by peer");
    expect_code(run(close_while_busy, abort_stream), 0);
    expect_trace("read:0 drain:ok");
}
