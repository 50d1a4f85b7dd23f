/* Periodic job: the next time is computed from the previous one, so there is no drift. */
#include <stdio.h>

#include <afetch/afetch.h>

struct clock {
    double period;
    int ticks;
    af_event *stop;
};

static void tick(struct clock *clock)
{
    printf("tick %d\n", ++clock->ticks);
    if (clock->ticks == 3)
        af_event_set(clock->stop);
}

static int run_clock(void *arg, void **ret_result)
{
    struct clock *clock = arg;
    af_loop *loop = af_running_loop();
    double due = af_loop_time(loop);
    int r;
    do {
        tick(clock);
        due += clock->period;
        r = af_sleep(due - af_loop_time(loop));
    } while (r >= 0);
    puts("the clock is stopped");
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    static struct clock clock = {.period = 0.1};
    af_task *task;
    int r = af_event_new(&clock.stop);
    if (r < 0)
        return r;
    r = af_create_task(run_clock, &clock, NULL, &task);
    if (r >= 0) {
        r = af_event_wait(clock.stop);
        af_future_cancel(task);
        int done = af_wait(&task, 1, AF_FOREVER, AF_ALL_COMPLETED);
        r = r < 0 ? r : done;
        af_future_unref(task);
    }
    af_event_free(clock.stop);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
