#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <afetch/descriptor.h>

#include "virtual_clock.h"

static int ends[2];

static void setup(void)
{
    open_real_loop();
    cr_assert(zero(int, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends)));
}

static void teardown(void)
{
    close_loop();
    close(ends[0]);
    close(ends[1]);
}

TestSuite(descriptor, .init = setup, .fini = teardown, .timeout = 30);

static int read_word(void *fd, void **ret_result)
{
    char bytes[16];
    ssize_t size;
    (void)ret_result;
    while ((size = read(*(int *)fd, bytes, sizeof bytes)) < 0) {
        if (errno != EAGAIN)
            return -errno;
        int r = af_wait_readable(*(int *)fd);
        if (r < 0) {
            trace("%s", word(r));
            return r;
        }
        trace("readable");
    }
    trace("%.*s", (int)size, bytes);
    return 0;
}

static int write_word(void *fd, void **ret_result)
{
    (void)ret_result;
    int r = af_wait_writable(*(int *)fd);
    if (r < 0)
        return r;
    trace("writable");
    return write(*(int *)fd, "word", 4) == 4 ? 0 : -errno;
}

Test(descriptor, waits_until_readable)
{
    af_task *reader = spawn(read_word, &ends[0]);
    spawn(write_word, &ends[1]);
    expect_code(af_loop_run_until_complete(loop, reader, NULL), 0);
    expect_trace("writable readable word");
}

static int write_until_full(void *fd, void **ret_result)
{
    static const char bytes[4096];
    (void)ret_result;
    while (write(*(int *)fd, bytes, sizeof bytes) > 0)
        ;
    trace("full");
    int r = af_wait_writable(*(int *)fd);
    trace("%s", r < 0 ? word(r) : "writable");
    return r;
}

static int drain(void *fd, void **ret_result)
{
    char bytes[4096];
    (void)ret_result;
    trace("drain");
    while (read(*(int *)fd, bytes, sizeof bytes) > 0)
        ;
    return 0;
}

Test(descriptor, waits_until_writable)
{
    af_task *writer = spawn(write_until_full, &ends[0]);
    tick(1);
    spawn(drain, &ends[1]);
    expect_code(af_loop_run_until_complete(loop, writer, NULL), 0);
    expect_trace("full drain writable");
}

Test(descriptor, a_reader_and_a_writer_wait_at_the_same_time)
{
    af_task *reader = spawn(read_word, &ends[0]);
    af_task *writer = spawn(write_word, &ends[0]);
    expect_code(af_loop_run_until_complete(loop, writer, NULL), 0);
    expect_trace("writable");
    spawn(write_word, &ends[1]);
    expect_code(af_loop_run_until_complete(loop, reader, NULL), 0);
    expect_trace("writable readable word");
}

Test(descriptor, is_readable_after_the_peer_closes)
{
    af_task *reader = spawn(read_word, &ends[0]);
    tick(1);
    close(ends[1]);
    expect_code(af_loop_run_until_complete(loop, reader, NULL), 0);
    ends[1] = dup(ends[0]);
    expect_trace("readable ");
}

Test(descriptor, a_cancelled_wait_stops_watching)
{
    af_task *reader = spawn(read_word, &ends[0]);
    tick(1);
    af_future_cancel(reader);
    expect_code(af_loop_run_until_complete(loop, reader, NULL), AF_CANCELLED);
    expect_trace("cancelled");
    expect_code(run(write_word, &ends[1]), 0);
    expect_code(run(read_word, &ends[0]), 0);
    expect_trace("writable word");
}

static int wait_for_file(void *fd, void **ret_result)
{
    (void)ret_result;
    int r = af_wait_readable(*(int *)fd);
    return r < 0 ? r : af_wait_writable(*(int *)fd);
}

Test(descriptor, a_regular_file_is_always_ready)
{
    char path[] = "/tmp/afetch-test-XXXXXX";
    int fd = mkstemp(path);
    cr_assert(ge(int, fd, 0));
    unlink(path);
    expect_code(run(wait_for_file, &fd), 0);
    close(fd);
}

Test(descriptor, a_negative_descriptor_is_an_error)
{
    expect_code(run(wait_for_file, &(int){-1}), -EBADF);
}

Test(descriptor, waiting_outside_a_task_is_an_error)
{
    expect_code(af_wait_readable(ends[0]), AF_RUNTIME_ERROR);
    expect_code(af_wait_writable(ends[0]), AF_RUNTIME_ERROR);
}

Test(descriptor, a_loop_with_its_own_poll_does_not_support_descriptors)
{
    close_loop();
    open_loop();
    expect_code(run(wait_for_file, &ends[0]), -ENOTSUP);
}

/* The watch of the task is on its stack, but in a list of the loop. */
Test(descriptor, a_loop_may_be_closed_while_a_task_waits)
{
    af_loop_add_writer(loop, ends[0], trace_callback, "");
    spawn(read_word, &ends[0]);
    spawn(read_word, &ends[1]);
    tick(1);
    close_loop();
    expect_reports("a pending task was destroyed: Task-1; a pending task was destroyed: Task-2");
    open_real_loop();
}
