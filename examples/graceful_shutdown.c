/* Graceful shutdown: a signal sets an event; then the tasks are cancelled and clean up before the
 * program ends. */
#include <signal.h>
#include <stdio.h>

#include <afetch/afetch.h>

static int work(void *name, void **ret_result)
{
    printf("%s works\n", (char *)name);
    int r = af_sleep(60);
    printf("%s cleans up\n", (char *)name);
    return r;
}

static int on_signal(void *event)
{
    puts("SIGTERM: shutting down");
    af_event_set(event);
    return 0;
}

static int send_signal(void *arg)
{
    return raise(SIGTERM) == 0 ? 0 : AF_RUNTIME_ERROR;
}

static int work_until(af_event *stop)
{
    char *names[] = {"one", "two"};
    af_task *tasks[2] = {NULL};
    int r = 0;
    for (int i = 0; r >= 0 && i < 2; i++)
        r = af_create_task(work, names[i], NULL, &tasks[i]);
    if (r >= 0)
        r = af_event_wait(stop);
    for (int i = 0; r >= 0 && i < 2; i++)
        af_future_cancel(tasks[i]);
    if (r >= 0)
        r = af_wait(tasks, 2, AF_FOREVER, AF_ALL_COMPLETED);
    for (int i = 0; i < 2; i++)
        af_future_unref(tasks[i]);
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_event *stop;
    int r = af_event_new(&stop);
    if (r < 0)
        return r;
    r = af_loop_add_signal_handler(af_running_loop(), SIGTERM, on_signal, stop);
    if (r >= 0)
        r = af_loop_call_later(af_running_loop(), 0.05, send_signal, NULL, NULL);
    if (r >= 0)
        r = work_until(stop);
    af_loop_remove_signal_handler(af_running_loop(), SIGTERM);
    af_event_free(stop);
    puts("bye");
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
