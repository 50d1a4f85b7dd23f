#include <afetch/descriptor.h>

#include "async/task.h"

/* A wait for a descriptor, in the stack frame of the task. */
struct readiness {
    af_future future;
    struct watch watch;
};

static int run_ready(struct handle *handle)
{
    future_release(&container_of(handle, struct readiness, watch.handle)->future);
    return 0;
}

static const struct handle_type ready_type = {.run = run_ready};

static int wait_for_events(int fd, int events)
{
    af_task *task = task_running();
    if (!task)
        return AF_RUNTIME_ERROR;
    struct readiness readiness;
    future_init_local(&readiness.future, task->loop);
    watch_init(&readiness.watch, task->loop, fd, events, &ready_type);
    int r = watch_start(&readiness.watch);
    if (r < 0)
        return r;
    r = task_wait(&readiness.future);
    watch_stop(&readiness.watch);
    return r;
}

int af_wait_readable(int fd)
{
    return wait_for_events(fd, EV_READ);
}

int af_wait_writable(int fd)
{
    return wait_for_events(fd, EV_WRITE);
}
