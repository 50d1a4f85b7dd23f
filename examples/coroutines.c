/* Coroutines: calling a coroutine awaits it, so an await cannot be forgotten. Only as a task does
 * it run concurrently with its caller. */
#include <stdio.h>

#include <afetch/afetch.h>

static int add(int a, int b, int *ret_sum)
{
    printf("adding %d and %d\n", a, b);
    int r = af_sleep(0.01);
    if (r < 0)
        return r;
    *ret_sum = a + b;
    return 0;
}

static int add_all(const int *numbers, int count, int *ret_sum)
{
    int sum = 0, r = 0;
    for (int i = 0; r >= 0 && i < count; i++)
        r = add(sum, numbers[i], &sum);
    if (r >= 0)
        *ret_sum = sum;
    return r;
}

static int main_task(void *arg, void **ret_result)
{
    int sum;
    int r = add_all((int[]){1, 2, 3}, 3, &sum);
    if (r < 0)
        return r;
    printf("the sum is %d\n", sum);
    return 0;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
