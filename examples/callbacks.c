/* The loop without coroutines: callbacks at once, after a delay, at a time, and for a readable
 * descriptor. */
#include <stdio.h>
#include <unistd.h>

#include <afetch/afetch.h>

static int print_text(void *text)
{
    puts(text);
    return 0;
}

static int write_byte(void *pipe_end)
{
    return write(*(int *)pipe_end, "x", 1) == 1 ? 0 : AF_RUNTIME_ERROR;
}

static int on_readable(void *pipe_end)
{
    char byte;
    if (read(*(int *)pipe_end, &byte, 1) != 1)
        return AF_RUNTIME_ERROR;
    printf("read %c, stop\n", byte);
    af_loop_stop(af_running_loop());
    return 0;
}

static int schedule(af_loop *loop, int *pipe_ends)
{
    af_handle *handle = NULL;
    int r = af_loop_call_later(loop, 0.02, print_text, "never", &handle);
    if (r >= 0)
        r = af_loop_call_later(loop, 0.05, print_text, "later", NULL);
    if (r >= 0)
        r = af_loop_call_at(loop, af_loop_time(loop) + 0.1, print_text, "at a given time", NULL);
    if (r >= 0)
        r = af_loop_call_soon(loop, print_text, "soon", NULL);
    if (r >= 0)
        r = af_loop_add_reader(loop, pipe_ends[0], on_readable, &pipe_ends[0]);
    if (r >= 0)
        r = af_loop_call_later(loop, 0.15, write_byte, &pipe_ends[1], NULL);
    if (r >= 0)
        af_handle_cancel(handle);
    af_handle_unref(handle);
    return r < 0 ? r : af_loop_run_forever(loop);
}

int main(void)
{
    int pipe_ends[2];
    af_loop *loop;
    if (pipe(pipe_ends) < 0 || af_loop_new(NULL, &loop) < 0)
        return 1;
    int r = schedule(loop, pipe_ends);
    af_loop_remove_reader(loop, pipe_ends[0]);
    af_loop_close(loop);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return r < 0;
}
