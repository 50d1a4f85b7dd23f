/* Streams and the end of a run with failing allocations, as in test_out_of_memory.c. */
#include <errno.h>
#include <stdlib.h>

#include <afetch/afetch.h>

#include "out_of_memory_suite.h"

/* ------------------------------------------------------------------------- streams */

/* Responds to a line with the number of bytes that it contains. */
static int answer(af_stream *stream, void *arg)
{
    (void)arg;
    const char *line;
    size_t length;
    int r = af_stream_read_line(stream, &line, &length);
    if (r < 0)
        return r;
    size_t size = length > 0 ? strtoul(line, NULL, 10) : 0;
    static const char bytes[4096];
    for (size_t sent = 0; r >= 0 && sent < size; sent += sizeof bytes) {
        r = af_stream_write(stream, bytes, sizeof bytes);
        if (r >= 0)
            r = af_stream_drain(stream);
    }
    return r < 0 ? r : af_stream_write(stream, "\r\n\r\nend", 7);
}

static int ask(af_stream *stream)
{
    enum { SIZE = 256 * 1024 };
    static char bytes[SIZE];
    const char *data;
    size_t length;
    int r = af_stream_write(stream, "262144\n", 7);
    if (r >= 0)
        r = af_stream_drain(stream);
    if (r >= 0)
        r = af_stream_read_exactly(stream, bytes, SIZE);
    if (r >= 0)
        r = af_stream_read_until(stream, "\r\n\r\n", &data, &length);
    if (r >= 0)
        r = (int)af_stream_read(stream, bytes, SIZE);
    return r < 0 ? r : expected(r, 3);
}

/* If the peer lacks memory, this side sees the end of the connection. */
static int ask_server(af_server *server)
{
    af_stream *stream;
    int r = af_open_connection("127.0.0.1", af_server_port(server), &stream);
    if (r < 0)
        return r;
    af_timeout scope;
    r = af_timeout_enter(&scope, 30);
    if (r >= 0)
        r = af_timeout_exit(&scope, ask(stream));
    af_stream_free(stream);
    return r == -ECONNRESET || r == -EPIPE || r == AF_INCOMPLETE_READ ? -ENOMEM : r;
}

static int converse(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    af_server *server;
    int r = af_start_server("127.0.0.1", 0, 8, answer, NULL, &server);
    if (r < 0)
        return r;
    r = ask_server(server);
    af_server_close(server);
    int waited = af_server_wait_closed(server);
    af_server_free(server);
    return r < 0 ? r : waited;
}

Test(out_of_memory, streams)
{
    survive(NULL, converse);
}

/* ----------------------------------------------------------------------------- run */

/* Holds a resource known only to its stack, and frees it after a delay. */
static int tidy(void *delay, void **ret_result)
{
    (void)ret_result;
    void *held = malloc(100);
    if (!held)
        return -ENOMEM;
    int r = af_sleep(100);
    if (r == AF_CANCELLED)
        af_sleep(*(const double *)delay);
    free(held);
    return *(const double *)delay < 3 ? r : af_raise(-EIO, "failed as it ended");
}

static int leave_tasks_behind(void *arg, void **ret_result)
{
    (void)arg, (void)ret_result;
    listen_to(af_running_loop());
    int r = 0;
    for (size_t i = 0; r >= 0 && i < 5; i++)
        r = af_create_task(tidy, (void *)&delays[i], NULL, NULL);
    return r < 0 ? r : af_sleep(1);
}

static bool survives_to_the_end(size_t number, bool and_all_after)
{
    forget_errors();
    long live = live_allocations();
    fail_allocation(number, and_all_after);
    int r = af_run(&virtual_clock, leave_tasks_behind, NULL, NULL);
    bool failed = stop_failing();
    bool allowed = r == 0 || (failed && is_want(af_raised(r)));
    cr_assert(allowed, "allocation %zu: %s", number, word(r));
    forget_errors();
    cr_assert(eq(long, live_allocations(), live), "allocation %zu: a leak", number);
    take_reports();
    return failed;
}

Test(out_of_memory, a_run_that_leaves_tasks_behind)
{
    for (int and_all_after = 0; and_all_after < 2; and_all_after++) {
        size_t number = 1;
        while (survives_to_the_end(number, and_all_after))
            number++;
        cr_assert(gt(sz, number, 10));
    }
}
