/* shield: the wait times out, but the shielded task is not cancelled. */
#include <stdio.h>

#include <afetch/afetch.h>

static int save(void *arg, void **ret_result)
{
    int r = af_sleep(0.5);
    puts(r < 0 ? "lost" : "saved");
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    af_task *saving = NULL;
    af_future *shielded = NULL;
    int r = af_create_task(save, NULL, NULL, &saving);
    if (r >= 0)
        r = af_shield(saving, &shielded);
    if (r >= 0)
        r = af_wait_for(shielded, 0.02, NULL);
    if (r == AF_TIMEOUT) {
        puts("timed out, saving continues");
        r = af_await(saving, NULL);
    }
    af_future_unref(shielded);
    af_future_unref(saving);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
