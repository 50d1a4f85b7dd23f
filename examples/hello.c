/* Hello world: a coroutine, and a loop that runs it until it is done. */
#include <stdio.h>

#include <afetch/afetch.h>

static int hello(void *name, void **ret_result)
{
    puts("Hello ...");
    int r = af_sleep(0.05);
    if (r < 0)
        return r;
    printf("... %s!\n", (char *)name);
    return 0;
}

int main(void)
{
    return af_run(NULL, hello, "world", NULL) < 0;
}
